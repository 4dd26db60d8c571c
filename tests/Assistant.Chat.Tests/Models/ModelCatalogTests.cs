using Assistant.Chat.Models;
using LlamaCpp.Tests;
using Microsoft.Extensions.AI;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Models;

public class ModelCatalogTests
{
    [Fact]
    public void List_DescribesModelsWithoutLoadingThem_TheDefaultFirst()
    {
        using var chat = new TinyChat();
        var models = chat.Catalog.List();

        Assert.Equal([Seer, Reader], models.Select(model => model.Name));
        Assert.Equal(Seer, chat.Catalog.DefaultModel);
        var seer = models[0];
        Assert.Null(seer.Problem);
        Assert.Equal("llama", seer.Family);
        Assert.Equal("F32", seer.Quantization);
        Assert.Equal(1024, seer.ContextLength);
        Assert.Equal(64, seer.EmbeddingLength);
        Assert.True(seer.Vision);
        Assert.False(models[1].Vision);
        Assert.Equal(new FileInfo(chat.TextPath).Length + new FileInfo(chat.ProjectorPath).Length, seer.Size);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(chat.TextPath))), seer.Digest);
        Assert.Equal("tiny", seer.Metadata["general.name"]);
        Assert.Null(seer.Metadata["tokenizer.ggml.tokens"]);
        Assert.Equal("clip", seer.ProjectorMetadata?["general.architecture"]);
        Assert.Contains(seer.Tensors, tensor => tensor is { Name: "blk.0.attn_k.weight", Type: "F32", Shape: [64, 32] });
        Assert.Empty(chat.Catalog.Loaded());
    }

    [Theory]
    [InlineData("seer")]
    [InlineData("SEER")]
    [InlineData("Seer:latest")]
    public void Names_AreCaseInsensitive_AndHaveATag(string name)
    {
        using var chat = new TinyChat();
        Assert.Equal(Seer, chat.Catalog.Find(name)?.Name);
        Assert.NotNull(chat.Catalog.GetClient(name));
    }

    [Fact]
    public void UnknownModel_NamesWhatThereIs()
    {
        using var chat = new TinyChat();
        Assert.Null(chat.Catalog.Find("llava"));
        Assert.Equal("model 'llava' not found; available: seer, reader", Assert.Throws<ModelNotFoundException>(() => chat.Catalog.GetClient("llava")).Message);
        Assert.Null(chat.Catalog.Find("seer:7b"));
    }

    public static TheoryData<string, string, Action<TinyChatFiles>> BadFiles => new()
    {
        { "missing text model", "there is no file", files => File.Delete(files.Text) },
        { "truncated text model", "text.gguf", files => File.WriteAllBytes(files.Text, File.ReadAllBytes(files.Text)[..20_000]) },
        { "text file", "text.gguf", files => File.WriteAllText(files.Text, "no model at all") },
        { "empty file", "text.gguf", files => File.WriteAllText(files.Text, "") },
        { "no layers", "block_count", files => new TinyModel { Layers = 0 }.Write(files.Text) },
        { "projector as text model", "mmproj", files => WriteProjector(files.Text, 64) },
        { "missing projector", "there is no file", files => File.Delete(files.Projector) },
        { "truncated projector", "mmproj.gguf", files => File.WriteAllBytes(files.Projector, File.ReadAllBytes(files.Projector)[..300]) },
        { "text model as projector", "not a vision projector", files => File.Copy(files.Text, files.Projector, overwrite: true) },
        { "projector of another model", "mmproj.gguf gives rows of width 96, the text model text.gguf takes rows of width 64", files => WriteProjector(files.Projector, 96) },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task BadFile_IsOneClearSentence_AndTheNextRequestWorksOnceItIsMended(string what, string message, Action<TinyChatFiles> spoil)
    {
        using var chat = new TinyChat();
        var files = new TinyChatFiles(chat.TextPath, chat.ProjectorPath);
        spoil(files);

        var e = await Assert.ThrowsAsync<ModelLoadException>(() => chat.Client.GetResponseAsync([User("what?")], Greedy()));

        Assert.StartsWith("The model 'seer' cannot be used: ", e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Contains(message, StringComparison.Ordinal), $"{what}: {e.Message}");
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, chat.Catalog.Find(Seer)?.Problem);

        File.Copy(TinyModel.DefaultPath, files.Text, overwrite: true);
        WriteProjector(files.Projector, 64);
        Assert.Null(chat.Catalog.Find(Seer)?.Problem);
        Assert.NotEqual("", (await chat.Client.GetResponseAsync([User("what?")], Greedy())).Text);
    }

    [Fact]
    public async Task EncoderOfAnotherWidth_IsRefused_AndFreed()
    {
        var encoder = new FakeImageEncoder(width: 32);
        using var chat = new TinyChat(encoder: encoder);

        var e = await Assert.ThrowsAsync<ModelLoadException>(() => chat.Client.GetResponseAsync([User("what?")], Greedy()));

        Assert.Contains("mmproj.gguf gives rows of width 32, the text model text.gguf takes rows of width 64", e.Message, StringComparison.Ordinal);
        Assert.True(encoder.Disposed);
    }

    [Theory]
    [InlineData("{{ '<|im_start|>' }}", "{{ '<|im_start|>' }}")]
    [InlineData(null, "phi3")] // by the special tokens of its vocabulary
    public void Template_ComesFromTheFile_WhereNoneIsConfigured(string? jinja, string expected)
    {
        using var chat = new TinyChat(settings => settings["Models:1:Template"] = null, new TinyModel { ChatTemplate = jinja });
        Assert.Equal(expected, chat.Catalog.Find(Seer)?.Template);
        Assert.Null(chat.Catalog.Find(Seer)?.Problem);
    }

    [Fact]
    public async Task UnknownTemplate_IsAProblemThatNamesTheKey()
    {
        using var chat = new TinyChat(settings => settings["Models:1:Template"] = null, new TinyModel { ChatTemplate = "{{ odd }}" });

        var e = await Assert.ThrowsAsync<ModelLoadException>(() => chat.Client.GetResponseAsync([User("what?")], Greedy()));

        Assert.Contains("Models:1:Template to one of phi3, vicuna", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAndUnload_MoveAModelInAndOutOfMemory()
    {
        using var chat = new TinyChat();
        await chat.Catalog.LoadAsync(Seer, Timeout.InfiniteTimeSpan, null, default);
        var loaded = Assert.Single(chat.Catalog.Loaded());
        Assert.Equal(Seer, loaded.Name);
        Assert.Equal(512, loaded.ContextLength);
        Assert.True(loaded.Memory > 100_000);
        Assert.Null(loaded.ExpiresAt);

        await chat.Catalog.UnloadAsync(Seer, default);

        Assert.Empty(chat.Catalog.Loaded());
        Assert.True(chat.Encoder.Disposed);
        await Assert.ThrowsAsync<ModelNotFoundException>(() => chat.Catalog.LoadAsync("none", null, null, default));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => chat.Catalog.UnloadAsync("none", default));
    }

    [Fact]
    public async Task KeepAlive_EndsByTheClock()
    {
        var clock = new ManualClock();
        using var chat = new TinyChat(time: clock);
        var options = Greedy();
        options.AdditionalProperties = new() { ["keep_alive"] = TimeSpan.FromMinutes(5) };
        await chat.Client.GetResponseAsync([User("what?")], options);
        Assert.Equal(clock.Now + TimeSpan.FromMinutes(5), Assert.Single(chat.Catalog.Loaded()).ExpiresAt);

        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Single(chat.Catalog.Loaded());
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(chat.Catalog.Loaded());

        options.AdditionalProperties["keep_alive"] = TimeSpan.Zero;
        Assert.NotEqual("", (await chat.Client.GetResponseAsync([User("what?")], options)).Text);
        Assert.Empty(chat.Catalog.Loaded());
    }

    [Fact]
    public async Task Unload_WhileAnswering_WaitsForTheAnswer()
    {
        using var chat = new TinyChat();
        var updates = 0;
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(60)))
        {
            if (++updates == 2)
                await chat.Catalog.UnloadAsync(Seer, default);
        }
        Assert.True(updates > 20);
        Assert.Empty(chat.Catalog.Loaded());
    }

    [Fact]
    public async Task ChangedConfiguration_SwapsTheModel_ForClientsInUse()
    {
        using var chat = new TinyChat();
        var client = chat.Client;
        var first = await client.GetResponseAsync([User("what is red?")], Greedy(30));
        var other = Path.Combine(chat.Folder, "other.gguf");
        new TinyModel { Seed = 99 }.Write(other);

        chat.Configuration["Models:1:TextModel"] = "other.gguf";
        chat.Configuration.Reload();
        var second = await client.GetResponseAsync([User("what is red?")], Greedy(30));

        Assert.NotEqual(first.Text, second.Text);
        Assert.Equal(0, Timings(second).CachedTokens);
        Assert.Single(chat.Catalog.Loaded());
    }

    [Fact]
    public async Task ChangedConfiguration_ThatIsNotValid_LeavesTheModelsAsTheyAre()
    {
        using var chat = new TinyChat();
        var first = await chat.Client.GetResponseAsync([User("what is red?")], Greedy());

        chat.Configuration["Models:1:TextModel"] = "";
        chat.Configuration["Models:1:Threads"] = "-1";
        chat.Configuration.Reload();

        var second = await chat.Client.GetResponseAsync([User("what is red?")], Greedy());
        Assert.Equal(first.Text, second.Text);
        Assert.True(Timings(second).CachedTokens > 0);
        Assert.Contains("Models:1:TextModel: ", chat.Catalog.ConfigurationProblem, StringComparison.Ordinal);
        Assert.Contains("Models:1:Threads: ", chat.Catalog.ConfigurationProblem, StringComparison.Ordinal);

        chat.Configuration["Models:1:Threads"] = "many"; // no number
        chat.Configuration.Reload();
        Assert.Contains("'many' at 'Models:1:Threads'", chat.Catalog.ConfigurationProblem, StringComparison.Ordinal);
        (chat.Configuration["Models:1:TextModel"], chat.Configuration["Models:1:Threads"]) = ("text.gguf", "1");
        chat.Configuration.Reload();
        Assert.Null(chat.Catalog.ConfigurationProblem);
        Assert.Single(chat.Catalog.Loaded()); // the same settings again: it stayed in memory

        chat.Configuration["Models:0:Treads"] = "1";
        chat.Configuration.Reload();
        Assert.Contains("Models:0:Treads: there is no such setting", chat.Catalog.ConfigurationProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedConfiguration_LetsRunningAnswersFinish_OnTheOldModel()
    {
        using var chat = new TinyChat();
        var expected = (await chat.Client.GetResponseAsync([User("what is red?")], Greedy(40))).Text;
        new TinyModel { Seed = 99 }.Write(Path.Combine(chat.Folder, "other.gguf"));
        var text = "";
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what is red?")], Greedy(40)))
        {
            if (text.Length == 0)
            {
                chat.Configuration["Models:1:TextModel"] = "other.gguf";
                chat.Configuration.Reload();
            }
            text += update.Text;
        }
        Assert.Equal(expected, text);
        Assert.Empty(chat.Catalog.Loaded());
        Assert.NotEqual(expected, (await chat.Client.GetResponseAsync([User("what is red?")], Greedy(40))).Text);
    }

    [Fact]
    public async Task Adapter_ChangesTheAnswer_ByItsScale()
    {
        using var chat = new TinyChat();
        var plain = await chat.Client.GetResponseAsync([User("what is red?")], Greedy(20));
        WriteAdapter(Path.Combine(chat.Folder, "adapter.gguf"), "llama");
        var answers = new List<string>();
        foreach (var scale in (string[])["0", "8"])
        {
            chat.Configuration["Models:1:Adapters:0:Path"] = "adapter.gguf";
            chat.Configuration["Models:1:Adapters:0:Scale"] = scale;
            chat.Configuration.Reload();
            answers.Add((await chat.Client.GetResponseAsync([User("what is red?")], Greedy(20))).Text);
        }
        Assert.Equal(plain.Text, answers[0]);
        Assert.NotEqual(plain.Text, answers[1]);
    }

    [Theory]
    [InlineData("gemma", "the adapter adapter.gguf (Models:1:Adapters:0) was made for a 'gemma' model, text.gguf is a 'llama' model")]
    [InlineData(null, "there is no file")]
    [InlineData("", "text.gguf (Models:1:Adapters:0) is not a LoRA adapter")]
    public async Task Adapter_ThatDoesNotFit_IsOneSentence(string? architecture, string message)
    {
        using var chat = new TinyChat(settings => settings["Models:1:Adapters:0:Path"] = architecture == "" ? "text.gguf" : "adapter.gguf");
        if (architecture is { Length: > 0 })
            WriteAdapter(Path.Combine(chat.Folder, "adapter.gguf"), architecture);

        var e = await Assert.ThrowsAsync<ModelLoadException>(() => chat.Client.GetResponseAsync([User("what?")], Greedy()));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedFile_IsLoadedAgain()
    {
        using var chat = new TinyChat();
        var first = await chat.Client.GetResponseAsync([User("what is red?")], Greedy(30));
        var next = Path.Combine(chat.Folder, "next.gguf");
        new TinyModel { Seed = 99 }.Write(next);
        File.Move(next, chat.TextPath, overwrite: true);

        Assert.NotEqual(first.Text, (await chat.Client.GetResponseAsync([User("what is red?")], Greedy(30))).Text);
    }

    /// <summary>The files that a test may spoil.</summary>
    public sealed record TinyChatFiles(string Text, string Projector);

    private sealed class ManualClock : TimeProvider
    {
        private readonly List<(DateTimeOffset Due, Action Run)> timers = [];

        public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public void Advance(TimeSpan by)
        {
            Now += by;
            foreach (var (due, run) in timers.Where(timer => timer.Due <= Now).ToList())
                run();
            timers.RemoveAll(timer => timer.Due <= Now);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timers.Add((Now + dueTime, () => callback(state)));
            return new Handle();
        }

        private sealed class Handle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
