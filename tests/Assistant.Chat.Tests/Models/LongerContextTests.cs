using System.Collections.Concurrent;
using System.Globalization;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Models;

/// <summary>Requests that ask for a context: "seer" is configured with 512 tokens, and was trained with 1024.</summary>
public class LongerContextTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALongerContext_LoadsTheModelOnceMore_AndStaysUntilItIsUnloaded()
    {
        using var log = new Log();
        using var chat = new TinyChat(log: log);
        foreach (var (asked, expected, loads) in ((int?, int, int)[])[(null, 512, 1), (512, 512, 1), (768, 768, 2), (null, 768, 2), (600, 768, 2), (-1, 768, 2), (1024, 1024, 3), (768, 1024, 3)])
        {
            await AskAsync(chat, asked);
            Assert.Equal((expected, loads), (Context(chat), chat.Loads));
        }
        Assert.Equal(
            ["A request asks for a longer context than 512 tokens: loading the model seer with 768", "A request asks for a longer context than 768 tokens: loading the model seer with 1024"],
            log.Lines.Where(line => line.Contains("longer", StringComparison.Ordinal)));

        await chat.Catalog.UnloadAsync(Seer, Cancel);
        await AskAsync(chat, null);
        Assert.Equal(512, Context(chat));
    }

    [Fact]
    public async Task APromptThatDidNotFit_FitsTheLongerContext()
    {
        using var chat = new TinyChat();
        const string Part = "what is red? ";
        var question = string.Concat(Enumerable.Repeat(Part, 700 / (await chat.Catalog.TokenizeAsync(Seer, Part, addSpecial: false, parseSpecial: false, Cancel)).Count));
        ChatOptions Options(int? contextLength) => WithContext(contextLength, ("truncate", false));
        var refused = await Assert.ThrowsAsync<ContextExceededException>(() => chat.Client.GetResponseAsync([User(question)], Options(null), Cancel));
        Assert.InRange(refused.PromptTokens ?? 0, 513, 1000);

        var answer = await chat.Client.GetResponseAsync([User(question)], Options(1024), Cancel);

        Assert.Equal(refused.PromptTokens, Timings(answer).PromptTokens);
        Assert.NotEqual("", answer.Text);
    }

    [Fact]
    public async Task AModelThatIsNotInMemory_IsLoadedWithTheLongerContextAtOnce()
    {
        using var chat = new TinyChat();
        await chat.Catalog.LoadAsync(Seer, null, 900, Cancel);
        Assert.Equal((900, 1), (Context(chat), chat.Loads));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(1e15)]
    public async Task MoreThanItWasTrainedWith_IsWhatItWasTrainedWith(double asked)
    {
        using var log = new Log();
        using var chat = new TinyChat(log: log);
        for (var i = 0; i < 2; i++)
        {
            await AskAsync(chat, asked);
            Assert.Equal((1024, 1), (Context(chat), chat.Loads));
        }
        Assert.Contains(log.Lines, line => line.EndsWith("tokens; seer was trained with 1024, and has as many.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MoreThanModelsMayTake_IsRefused_WithBothSizes_AndTheModelStays()
    {
        using var chat = new TinyChat();
        await AskAsync(chat, null);
        var bytes = Assert.Single(chat.Catalog.Loaded()).Memory;
        Limit(chat, bytes);

        var e = await Assert.ThrowsAsync<ChatRequestException>(() => AskAsync(chat, 1024));

        Assert.Matches(
            $@"^A context of 1024 tokens is too long for the model 'seer': it takes about [\d.]+ [KM]B of memory, models may take {System.Text.RegularExpressions.Regex.Escape(ByteSize.Format(bytes))} \(ModelMemoryLimit: {bytes}\)\.$",
            e.Message);
        await AskAsync(chat, null);
        Assert.Equal((512, 1), (Context(chat), chat.Loads));
    }

    [Fact]
    public async Task RequestsThatGrowItAtOnce_LoadItOnce()
    {
        using var chat = new TinyChat();
        await AskAsync(chat, null);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => AskAsync(chat, 1024))));
        Assert.Equal((1024, 2), (Context(chat), chat.Loads));
    }

    [Fact]
    public async Task ARunningAnswer_EndsOnTheOldContext_WhileOthersHaveTheLonger()
    {
        using var chat = new TinyChat();
        var expected = (await chat.Client.GetResponseAsync([User("what is red?")], Greedy(40), Cancel)).Text;
        var text = "";
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what is red?")], Greedy(40), Cancel))
        {
            if (text.Length == 0)
            {
                await AskAsync(chat, 1024);
                Assert.Equal((1024, 2), (Context(chat), chat.Loads));
            }
            text += update.Text;
        }
        Assert.Equal(expected, text);
        await AskAsync(chat, null);
        Assert.Equal((1024, 2), (Context(chat), chat.Loads));
    }

    [Fact]
    public async Task WhereBothDoNotFit_TheRunningAnswerIsWaitedFor()
    {
        using var chat = new TinyChat();
        await LimitToLongerAsync(chat);
        Task? other = null;
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(40), Cancel))
        {
            other ??= AskAsync(chat, 1024);
            Assert.False(other.IsCompleted);
        }
        await other!;
        Assert.Equal((1024, 3), (Context(chat), chat.Loads));
    }

    [Fact]
    public async Task WhoLeavesWhileItIsLoadedAgain_LeavesTheOldOne_ToThoseThatUseIt()
    {
        using var chat = new TinyChat();
        await LimitToLongerAsync(chat);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task? other = null;
        var written = 0;
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(40), Cancel))
        {
            written++;
            if (other is not null)
                continue;
            other = AskAsync(chat, 1024, leave.Token);
            Assert.Contains(chat.Catalog.Loading(), model => model.Name == Seer);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
            await AskAsync(chat, null); // beside the running answer
        }
        Assert.True(written > 20);
        Assert.Equal((512, 2), (Context(chat), chat.Loads)); // the first was for the limit
        await chat.Catalog.UnloadAsync(Seer, Cancel);
        Assert.Empty(chat.Catalog.Loaded());
        await AskAsync(chat, 1024); // the room of both was given back
        Assert.Equal(1024, Context(chat));
    }

    [Fact]
    public async Task ALongerContextThatCannotBeLoaded_LeavesTheOldOne_ToThoseThatUseIt()
    {
        using var chat = new TinyChat();
        var asked = false;
        await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(40), Cancel))
        {
            if (asked)
                continue;
            asked = true;
            var away = chat.ProjectorPath + ".away";
            File.Move(chat.ProjectorPath, away);
            await Assert.ThrowsAsync<ModelLoadException>(() => AskAsync(chat, 1024));
            File.Move(away, chat.ProjectorPath);
            await AskAsync(chat, null);
        }
        Assert.True(asked);
        Assert.Equal((512, 1), (Context(chat), chat.Loads));
    }

    /// <summary>Bounds the memory to what the model takes with the longer context, and unloads it.</summary>
    private static async Task LimitToLongerAsync(TinyChat chat)
    {
        await AskAsync(chat, 1024);
        Limit(chat, Assert.Single(chat.Catalog.Loaded()).Memory + 1000);
        await chat.Catalog.UnloadAsync(Seer, Cancel);
    }

    private static void Limit(TinyChat chat, long bytes)
    {
        chat.Configuration["ModelMemoryLimit"] = bytes.ToString(CultureInfo.InvariantCulture);
        chat.Configuration.Reload();
    }

    private static int Context(TinyChat chat) => Assert.Single(chat.Catalog.Loaded()).ContextLength;

    private static ChatOptions WithContext(object? contextLength, params (string Name, object Value)[] others)
    {
        var options = Greedy(2);
        options.AdditionalProperties = new() { ["num_ctx"] = contextLength };
        foreach (var (name, value) in others)
            options.AdditionalProperties[name] = value;
        return options;
    }

    private static async Task AskAsync(TinyChat chat, object? contextLength, CancellationToken? cancellationToken = null) =>
        Assert.Equal(2, Timings(await chat.Client.GetResponseAsync([User("what?")], WithContext(contextLength), cancellationToken ?? Cancel)).AnswerTokens);

    /// <summary>Keeps what is logged.</summary>
    private sealed class Log : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
