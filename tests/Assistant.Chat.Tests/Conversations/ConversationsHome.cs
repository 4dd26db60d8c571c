using Assistant.Chat.Conversations;
using Assistant.Chat.Models;
using Assistant.Chat.Tools.Vision;
using Assistant.Scripted;
using Assistant.Vision.Imaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Assistant.Chat.Tests.Conversations;

/// <summary>Conversations in a folder of their own, with a scripted model. Starting again over the same folder is what a restart of the program is.</summary>
internal sealed class ConversationsHome : IAsyncDisposable
{
    private readonly bool ownsFolder;

    private ConversationsHome(ScriptedChatModels models, string folder, bool ownsFolder, VisionTools? tools = null)
    {
        (Models, Folder, this.ownsFolder) = (models, folder, ownsFolder);
        Images = new ImageStore(Path.Combine(folder, "images"));
        Store = new ConversationStore(DatabaseFile, Images, TimeProvider.System);
        Answers = new AnswerService(Store, Images, models, TimeProvider.System, NullLogger<AnswerService>.Instance, tools);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ScriptedChatModels Models { get; }

    public string Folder { get; }

    public string DatabaseFile => Path.Combine(Folder, "conversations.db");

    public ImageStore Images { get; }

    public ConversationStore Store { get; }

    public AnswerService Answers { get; }

    public static Task<ConversationsHome> StartAsync(params ScriptedAnswer[] answers) => StartAsync(null, answers);

    public static async Task<ConversationsHome> StartAsync(string? folder, params ScriptedAnswer[] answers)
    {
        var home = new ConversationsHome(new ScriptedChatModels(answers), folder ?? Path.Combine(Path.GetTempPath(), $"conversations-{Guid.NewGuid():N}"), folder is null);
        await home.Answers.StartAsync(Cancel);
        return home;
    }

    /// <summary>With tools for the model.</summary>
    public static async Task<ConversationsHome> StartWithToolsAsync(VisionTools tools, params ScriptedAnswer[] answers)
    {
        var home = new ConversationsHome(new ScriptedChatModels(answers), Path.Combine(Path.GetTempPath(), $"conversations-{Guid.NewGuid():N}"), ownsFolder: true, tools);
        await home.Answers.StartAsync(Cancel);
        return home;
    }

    public ConversationSession Open() => new(Store, Answers, Models, TimeProvider.System);

    /// <summary>A session in which this has been asked.</summary>
    public async Task<ConversationSession> AskAsync(string question, params AttachedImage[] images)
    {
        var session = Open();
        await session.OpenAsync(null, Cancel);
        await session.AskAsync(question, images, Cancel);
        return session;
    }

    /// <summary>The stored answer once it has ended.</summary>
    public async Task<Message> EndOfAnswerAsync(ConversationSession session)
    {
        var id = session.Conversation!.Id;
        if (Answers.Find(id) is { } running)
            await running.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var conversation = await Store.FindAsync(id, Cancel);
        return (await Store.ReadBranchAsync(id, conversation!.TipId, Cancel))[^1];
    }

    public async Task<AttachedImage> AddImageAsync(byte grey = 0, string name = "grey.png")
    {
        var picture = new RgbImage(8, 6);
        Array.Fill(picture.Pixels, grey);
        return new AttachedImage((await Images.AddAsync(ImageEncoder.ToPng(picture), Cancel)).Hash, name);
    }

    public async ValueTask DisposeAsync()
    {
        await Answers.StopAsync(CancellationToken.None);
        Images.Dispose();
        if (ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
