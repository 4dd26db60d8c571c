using Assistant.Chat.Conversations;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Remote;
using Assistant.Chat.Tests.Tools.Vision;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Assistant.Scripted;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Chat.Tests.Conversations;

public sealed class AnswerServiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_IsStored_WithItsTimings()
    {
        var timings = new AnswerTimings { Total = TimeSpan.FromSeconds(1.5), Images = 1, TowerRuns = 1, PromptTokens = 90, AnswerTokens = 2 };
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Hel", "lo.") { Timings = timings });
        var answer = await home.EndOfAnswerAsync(await home.AskAsync("Say hello."));
        Assert.Equal(("Hello.", AnswerState.Finished, "scripted"), (answer.Text, answer.State, answer.Model));
        Assert.Equal(timings, ConversationSession.ReadTimings(answer));
    }

    [Fact]
    public async Task EveryTurn_SendsTheWholeHistory_PicturesBeforeText()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Grey."), new ScriptedAnswer("Six high."));
        var session = await home.AskAsync("What colour?", await home.AddImageAsync(7, "a.png"), await home.AddImageAsync(9, "b.png"));
        await home.EndOfAnswerAsync(session);
        await session.AskAsync("How high?", [], Cancel);
        await home.EndOfAnswerAsync(session);
        var history = home.Models.Requests.Last();
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.User], history.Select(m => m.Role));
        Assert.Collection(history[0].Contents,
            content => Assert.Equal(("a.png", "image/png"), (Assert.IsType<DataContent>(content).Name, ((DataContent)content).MediaType)),
            content => Assert.Equal("b.png", Assert.IsType<DataContent>(content).Name),
            content => Assert.Equal("What colour?", Assert.IsType<TextContent>(content).Text));
        Assert.Equal("Grey.", history[1].Text);
    }

    [Fact]
    public async Task Tools_LookAtThePicturesOfTheChat_AndTheModelAnswersWithWhatTheySay()
    {
        using var folder = new NetworkFolder();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Tools:Caption", folder.Caption())]).Build())
            .AddAssistantTools(folder.Root).BuildServiceProvider();
        var asks = new ScriptedAnswer("Let me look. ") { Calls = [new FunctionCallContent("call_1", "caption_picture", new Dictionary<string, object?> { ["picture"] = 1 })] };
        await using var home = await ConversationsHome.StartWithToolsAsync(services.GetRequiredService<VisionTools>(), asks, new ScriptedAnswer("It is grey."));
        var session = await home.AskAsync("What is it?", await home.AddImageAsync(90));
        var answer = await home.EndOfAnswerAsync(session);
        Assert.Equal(("Let me look. It is grey.", AnswerState.Finished), (answer.Text, answer.State));
        var result = Assert.Single(home.Models.Requests.Last().SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Contains("\"caption\":", result.Result?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrowingAnswer_IsInTheStoreBeforeItEnds()
    {
        var script = new ScriptedAnswer("Some", " words", " more.") { Gate = 2, Delay = AnswerService.StoreInterval * 1.2 };
        await using var home = await ConversationsHome.StartAsync(script);
        var session = await home.AskAsync("Speak.");
        var running = home.Answers.Find(session.Conversation!.Id)!;
        Message stored;
        do
        {
            await Task.Delay(20, Cancel);
            stored = (await home.Store.ReadBranchAsync(session.Conversation.Id, running.MessageId, Cancel))[^1];
        }
        while (stored.Text.Length == 0);
        Assert.Equal(AnswerState.Running, stored.State);
        Assert.StartsWith("Some", stored.Text, StringComparison.Ordinal);
        script.Open();
        Assert.Equal("Some words more.", (await home.EndOfAnswerAsync(session)).Text);
    }

    [Fact]
    public async Task Thoughts_AreKeptBesideTheAnswer_AndNotSentBack()
    {
        var script = new ScriptedAnswer("It is ", "blue.") { Thoughts = "The sea. Blue?", Gate = 1 };
        await using var home = await ConversationsHome.StartAsync(script);
        var session = await home.AskAsync("What colour?");
        var running = home.Answers.Find(session.Conversation!.Id)!;
        await UntilAsync(() => running.Current is { Text: "It is ", Thoughts: "The sea. Blue?" });
        script.Open();
        var answer = await home.EndOfAnswerAsync(session);
        Assert.Equal(("It is blue.", "The sea. Blue?", AnswerState.Finished), (answer.Text, answer.Thoughts, answer.State));
        var history = await ChatHistory.BuildAsync([answer], home.Images, Cancel);
        Assert.Equal("It is blue.", Assert.IsType<Microsoft.Extensions.AI.TextContent>(Assert.Single(Assert.Single(history).Contents)).Text);
    }

    [Fact]
    public async Task AnyNumberOfWatchers_SeeTheSameAnswer()
    {
        var script = new ScriptedAnswer("one ", "two ", "three") { Gate = 1 };
        await using var home = await ConversationsHome.StartAsync(script);
        var session = await home.AskAsync("Count.");
        var running = home.Answers.Find(session.Conversation!.Id)!;
        var watchers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => LastAsync(running), Cancel)).ToList();
        script.Open();
        var ends = await Task.WhenAll(watchers).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.All(ends, end => Assert.Equal(("one two three", AnswerState.Finished), (end.Text, end.State)));
        Assert.Equal("one two three", (await LastAsync(running)).Text); // whoever comes late sees the end
        Assert.Null(home.Answers.Find(session.Conversation.Id));

        static async Task<AnswerSnapshot> LastAsync(RunningAnswer answer)
        {
            var length = 0;
            AnswerSnapshot? last = null;
            await foreach (var snapshot in answer.WatchAsync(Cancel))
            {
                Assert.True(snapshot.Text.Length >= length, "a watcher saw an older text");
                (last, length) = (snapshot, snapshot.Text.Length);
            }
            return last!;
        }
    }

    [Fact]
    public async Task Stop_KeepsTheText_AndFreesTheChat()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Half", "never") { Gate = 1 }, new ScriptedAnswer("Whole."));
        var session = await home.AskAsync("Go on.");
        await UntilAsync(() => home.Answers.Find(session.Conversation!.Id)?.Current.Text == "Half");
        home.Answers.Stop(session.Conversation!.Id);
        var answer = await home.EndOfAnswerAsync(session);
        Assert.Equal(("Half", AnswerState.Stopped, null), (answer.Text, answer.State, answer.Error));
        await UntilAsync(() => session.Running is null);
        await session.AskAsync("Again.", [], Cancel);
        Assert.Equal("Whole.", (await home.EndOfAnswerAsync(session)).Text);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Failure_IsStoredAsASentenceForTheUser(Exception error, string sentence)
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("So far") { Error = error });
        var answer = await home.EndOfAnswerAsync(await home.AskAsync("Try."));
        Assert.Equal(("So far", AnswerState.Failed, sentence), (answer.Text, answer.State, answer.Error));
    }

    public static TheoryData<Exception, string> Errors => new()
    {
        { new ChatRequestException("the prompt has 5000 tokens; the context has 4096."), "The prompt has 5000 tokens; the context has 4096." },
        { new ModelLoadException("text.gguf is truncated."), "Text.gguf is truncated." },
        { new RemoteModelException("The server models.example of the model 'large' is busy (503)", busy: true), "The server models.example of the model 'large' is busy (503)" },
        { new EngineBusyException(), "Too many questions are waiting for this model; try again in a moment." },
        { new InvalidOperationException("secret internals"), "Answering failed unexpectedly; the server's log says why." },
        { new OperationCanceledException("nobody asked for this"), "Answering failed unexpectedly; the server's log says why." },
    };

    [Fact]
    public async Task UnknownModel_NamesWhatThereIs()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Hello."));
        var session = await home.AskAsync("Hello?");
        var question = session.Messages[0].Id;
        await home.EndOfAnswerAsync(session);
        await home.Answers.StartAsync(session.Conversation!.Id, question, "other", Cancel);
        Assert.Equal("Model 'other' not found; available: scripted", (await home.EndOfAnswerAsync(session)).Error);
    }

    [Fact]
    public async Task SecondAnswer_InOneChat_IsRefused_WhileOtherChatsAreAnswered()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Slow", "…") { Gate = 1 }, new ScriptedAnswer("Quick."));
        var slow = await home.AskAsync("Slow?");
        await Assert.ThrowsAsync<ChatRequestException>(() => home.Answers.StartAsync(slow.Conversation!.Id, slow.Messages[0].Id, "scripted", Cancel));
        await UntilAsync(() => home.Models.Requests.Count == 1);
        Assert.Equal("Quick.", (await home.EndOfAnswerAsync(await home.AskAsync("Quick?"))).Text);
    }

    [Fact]
    public async Task MissingPicture_IsNamed()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Never."));
        var image = await home.AddImageAsync(3, "holiday.jpg");
        home.Images.Delete(image.Hash);
        var answer = await home.EndOfAnswerAsync(await home.AskAsync("Where?", image));
        Assert.Equal("The picture holiday.jpg is no longer in the image store; begin a new chat and add it again.", answer.Error);
    }

    [Fact]
    public async Task EndOfTheProgram_InterruptsAnswers_AndKeepsTheirText()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Until here", "never") { Gate = 1 });
        var session = await home.AskAsync("Go on.");
        await UntilAsync(() => home.Answers.Find(session.Conversation!.Id)?.Current.Text == "Until here");
        await home.Answers.StopAsync(Cancel);
        var answer = await home.EndOfAnswerAsync(session);
        Assert.Equal(("Until here", AnswerState.Interrupted), (answer.Text, answer.State));
        await Assert.ThrowsAsync<ChatRequestException>(() => home.Answers.StartAsync(session.Conversation!.Id, session.Messages[0].Id, "scripted", Cancel));
    }

    [Fact]
    public async Task AnswerThatRanWhenTheProgramWasKilled_IsInterruptedAfterTheRestart()
    {
        await using var before = await ConversationsHome.StartAsync(new ScriptedAnswer("Done."));
        var session = await before.AskAsync("Hello?");
        var answer = await before.EndOfAnswerAsync(session);
        await before.Store.UpdateAnswerAsync(answer.Id, new AnswerSnapshot("Half of i", AnswerState.Running), Cancel); // as a killed process leaves it
        await using var after = await ConversationsHome.StartAsync(before.Folder);
        var reopened = after.Open();
        Assert.True(await reopened.OpenAsync(session.Conversation!.Id, Cancel));
        Assert.Equal(("Half of i", AnswerState.Interrupted), (reopened.Messages[^1].Text, reopened.Messages[^1].State));
        Assert.Null(reopened.Running);
    }

    [Fact]
    public async Task DeletingAChat_StopsItsAnswer()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Half", "never") { Gate = 1 });
        var session = await home.AskAsync("Go on.");
        var id = session.Conversation!.Id;
        Assert.True(await home.Answers.DeleteConversationAsync(id, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Null(home.Answers.Find(id));
        Assert.Empty(await home.Store.ListAsync(Cancel));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
