using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using LlamaCpp.Tests;
using Microsoft.Extensions.AI;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Engine;

public class LlavaChatClientTests
{
    [Fact]
    public async Task SecondTurn_NeitherEncodesThePictureAgain_NorReadsWhatIsKnown()
    {
        using var chat = new TinyChat();
        List<ChatMessage> messages = [User(Picture(255, 0, 0), new TextContent("what is the colour?"))];
        var first = await chat.Client.GetResponseAsync(messages, Greedy());
        messages.AddMessages(first);
        messages.Add(User("is the circle big?"));

        var second = await chat.Client.GetResponseAsync(messages, Greedy());

        Assert.Equal(1, Timings(first).TowerRuns);
        Assert.Equal(1, Timings(first).Images);
        Assert.Equal(0, Timings(first).CachedTokens);
        Assert.True(Timings(first).Vision > TimeSpan.Zero);
        Assert.Equal(0, Timings(second).TowerRuns);
        Assert.Equal(1, Timings(second).Images);
        Assert.True(Timings(second).CachedTokens >= Timings(first).PromptTokens - 2, $"{Timings(second)} after {Timings(first)}");
        Assert.Equal(1, chat.Encoder.Runs);
        Assert.Equal(Timings(second).CachedTokens, second.Usage?.CachedInputTokenCount);
    }

    [Fact]
    public async Task CachedPrefix_GivesTheSameAnswerAsAFreshOne()
    {
        using var chat = new TinyChat();
        using var fresh = new TinyChat();
        List<ChatMessage> messages = [User(Picture(255, 0, 0), new TextContent("what is the colour?"))];
        messages.AddMessages(await chat.Client.GetResponseAsync(messages, Greedy()));
        messages.Add(User("is the circle big?"));

        var cached = await chat.Client.GetResponseAsync(messages, Greedy(40));
        var uncached = await fresh.Client.GetResponseAsync(messages, Greedy(40));
        var again = await chat.Client.GetResponseAsync(messages, Greedy(40));

        Assert.True(Timings(cached).CachedTokens > 0);
        Assert.Equal(0, Timings(uncached).CachedTokens);
        Assert.Equal(Timings(again).PromptTokens - 1, Timings(again).CachedTokens);
        Assert.NotEqual("", cached.Text);
        Assert.Equal(uncached.Text, cached.Text);
        Assert.Equal(uncached.Text, again.Text);
    }

    [Fact]
    public async Task TwoPictures_InBothOrders_AreToldApart()
    {
        using var chat = new TinyChat();
        async Task<ChatResponse> Ask(params AIContent[] pictures) =>
            await chat.Client.GetResponseAsync([User([.. pictures, new TextContent("what is left of what?")])], Greedy(30));
        var (red, blue) = (Picture(255, 0, 0), Picture(0, 0, 255));

        var redBlue = await Ask(red, blue);
        var blueRed = await Ask(blue, red);
        var redBlueAgain = await Ask(Picture(255, 0, 0), Picture(0, 0, 255));
        var twice = await Ask(red, red);

        Assert.NotEqual(redBlue.Text, blueRed.Text);
        Assert.Equal(redBlue.Text, redBlueAgain.Text);
        Assert.NotEqual(redBlue.Text, twice.Text);
        Assert.Equal(2, chat.Encoder.Runs); // each picture once, whatever its order, object and conversation
        Assert.Equal(2, Timings(redBlue).TowerRuns);
        Assert.Equal(0, Timings(blueRed).TowerRuns);
    }

    [Fact]
    public async Task Stream_EndsWithUsageTimingsAndFinishReason_AndTheResponseIsItsSum()
    {
        using var chat = new TinyChat();
        ChatMessage[] messages = [User("what is the star?")];
        var updates = await chat.Client.GetStreamingResponseAsync(messages, Greedy(10)).ToListAsync();
        var response = await chat.Client.GetResponseAsync(messages, Greedy(10));

        var last = updates[^1];
        var timings = Assert.IsType<AnswerTimings>(last.AdditionalProperties?[AnswerTimings.Key]);
        Assert.Equal(ChatFinishReason.Length, last.FinishReason);
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.FinishReason));
        Assert.Equal(10, timings.AnswerTokens);
        Assert.Equal(10, last.Contents.OfType<UsageContent>().Single().Details.OutputTokenCount);
        Assert.True(timings.Total >= timings.PromptEvaluation + timings.Evaluation);
        Assert.True(timings.Load > TimeSpan.Zero);
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Equal(response.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(Seer, response.ModelId);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task MessagesOfOneRole_AreOneTurn()
    {
        using var chat = new TinyChat();
        var joined = await chat.Client.GetResponseAsync([User("what is the star?\n\nis it red")], Greedy());
        var apart = await chat.Client.GetResponseAsync([User("what is the star?"), User("is it red")], Greedy());
        Assert.Equal((joined.Text, Timings(joined).PromptTokens), (apart.Text, Timings(apart).PromptTokens));
    }

    [Fact]
    public async Task EndToken_EndsTheAnswer_AndIsNotShown()
    {
        using var chat = new TinyChat(model: new TinyModel { EndsOften = true });
        var reasons = new List<ChatFinishReason?>();
        foreach (var word in (string[])["red", "blue", "star", "circle"])
        {
            var response = await chat.Client.GetResponseAsync([User(word)], new ChatOptions { Seed = 5, MaxOutputTokens = 200 });
            Assert.DoesNotContain("<|", response.Text, StringComparison.Ordinal);
            reasons.Add(response.FinishReason);
        }
        Assert.Contains(ChatFinishReason.Stop, reasons);
    }

    [Fact]
    public async Task StopSequence_EndsTheAnswerBeforeIt()
    {
        using var chat = new TinyChat();
        ChatMessage[] messages = [User("what is the star?")];
        var whole = (await chat.Client.GetResponseAsync(messages, Greedy(30))).Text;
        var stop = whole.Substring(whole.Length / 2, 4);
        var options = Greedy(30);
        options.StopSequences = [stop, "never to be seen"];

        var response = await chat.Client.GetResponseAsync(messages, options);

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(whole, (await chat.Client.GetResponseAsync(messages, Greedy(30))).Text);
    }

    [Fact]
    public async Task Seeds_RepeatAnswers()
    {
        using var chat = new TinyChat();
        async Task<string> Ask(long? seed) => (await chat.Client.GetResponseAsync([User("what?")], new ChatOptions { Seed = seed, Temperature = 1.5f, MaxOutputTokens = 25 })).Text;

        Assert.Equal(await Ask(7), await Ask(7));
        Assert.NotEqual(await Ask(7), await Ask(8));
        Assert.NotEqual(await Ask(null), await Ask(null));
        Assert.NotEqual(await Ask(-1), await Ask(-1));
    }

    [Fact]
    public async Task Options_ReachTheSampler()
    {
        using var chat = new TinyChat();
        ChatMessage[] messages = [User("what is the star?")];
        async Task<string> Ask(Action<ChatOptions>? change = null)
        {
            var options = new ChatOptions { Seed = 1, Temperature = 3, TopK = 0, TopP = 1, MaxOutputTokens = 30 };
            change?.Invoke(options);
            return (await chat.Client.GetResponseAsync(messages, options)).Text;
        }
        var greedy = (await chat.Client.GetResponseAsync(messages, Greedy(30))).Text;

        Assert.NotEqual(greedy, await Ask());
        Assert.Equal(greedy, await Ask(options => options.TopK = 1));
        Assert.Equal(greedy, await Ask(options => options.TopP = 0));
        Assert.Equal(greedy, await Ask(options => options.AdditionalProperties = new() { ["min_p"] = 1.0 }));
        Assert.NotEqual(greedy, await Ask(options => (options.Temperature, options.PresencePenalty) = (0, 50)));
        Assert.NotEqual(greedy, await Ask(options => (options.Temperature, options.FrequencyPenalty) = (0, 50)));
        Assert.NotEqual(greedy, await Ask(options => (options.Temperature, options.AdditionalProperties) = (0, new() { ["repeat_penalty"] = 9f, ["repeat_last_n"] = -1 })));
    }

    [Fact]
    public async Task Loops_EndWithTheLimitOfRequestOrModel()
    {
        using var chat = new TinyChat();
        using var strict = new TinyChat(settings => settings["Models:1:Sampling:LoopLimit"] = "2");
        async Task<long?> Tokens(TinyChat chat, object? limit = null)
        {
            var options = Greedy(200);
            // Nothing but one token.
            options.AdditionalProperties = new() { ["logit_bias"] = new Dictionary<int, float> { [300] = 100 } };
            if (limit is not null)
                options.AdditionalProperties["loop_limit"] = limit;
            return (await chat.Client.GetResponseAsync([User("what is the star?")], options)).Usage?.OutputTokenCount;
        }

        // Two loops of three rounds and one that is watched, and a token between them.
        Assert.Equal(9, await Tokens(strict));
        Assert.Equal(9, await Tokens(chat, 2));
        Assert.Equal(200, await Tokens(strict, 0));
        await Assert.ThrowsAnyAsync<ChatRequestException>(() => Tokens(chat, "often"));
    }

    [Fact]
    public async Task Cancellation_WhileWriting_LeavesTheModelUsable()
    {
        using var chat = new TinyChat(settings => settings["Models:1:ContextLength"] = "1024");
        using var cancellation = new CancellationTokenSource();
        var received = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(900), cancellation.Token))
            {
                if (++received == 3)
                    await cancellation.CancelAsync();
            }
        });

        Assert.InRange(received, 3, 400);
        Assert.NotEqual("", (await chat.Client.GetResponseAsync([User("what?")], Greedy())).Text);
    }

    [Fact]
    public async Task ReaderWhoLeaves_FreesTheModel()
    {
        using var chat = new TinyChat();
        await foreach (var _ in chat.Client.GetStreamingResponseAsync([User("what?")], Greedy(400)))
            break;

        var next = chat.Client.GetResponseAsync([User("what is red?")], Greedy());

        Assert.NotEqual("", (await next.WaitAsync(TimeSpan.FromSeconds(5))).Text);
    }

    [Fact]
    public async Task Cancellation_InTheTower_AndWhileWaiting_LeavesTheModelUsable()
    {
        var encoder = new FakeImageEncoder();
        using var inTower = new SemaphoreSlim(0);
        using var chat = new TinyChat(encoder: encoder);
        using var cancelFirst = new CancellationTokenSource();
        using var cancelSecond = new CancellationTokenSource();
        var blocked = true;
        encoder.OnEncode = (_, cancellationToken) =>
        {
            if (!Volatile.Read(ref blocked))
                return;
            inTower.Release();
            cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
            cancellationToken.ThrowIfCancellationRequested();
        };
        ChatMessage[] messages = [User(Picture(9, 9, 9), new TextContent("what?"))];
        var first = chat.Client.GetResponseAsync(messages, Greedy(), cancelFirst.Token);
        await inTower.WaitAsync(TimeSpan.FromSeconds(20));
        var second = chat.Client.GetResponseAsync([User(Picture(8, 8, 8), new TextContent("waiting"))], Greedy(), cancelSecond.Token); // behind the first, or beside it

        await cancelSecond.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TimeSpan.FromSeconds(5)));
        await cancelFirst.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(TimeSpan.FromSeconds(5)));

        Volatile.Write(ref blocked, false);
        var third = await chat.Client.GetResponseAsync(messages, Greedy());
        Assert.Equal(1, Timings(third).TowerRuns);
        Assert.NotEqual("", third.Text);
    }

    [Fact]
    public async Task ManyRequests_CancelledAtAnyMoment_LeaveAnswersAsTheyWere()
    {
        using var chat = new TinyChat();
        using var fresh = new TinyChat();
        List<ChatMessage> Conversation(int i) => [User(Picture((byte)(i % 3), 0, 0), Picture(0, (byte)(i % 2), 0), new TextContent($"what is {i % 5}?"))];
        var random = new Random(11);
        var tasks = Enumerable.Range(0, 40).Select(async i =>
        {
            using var cancellation = new CancellationTokenSource();
            var leaveAfter = random.Next(0, 12);
            try
            {
                var received = 0;
                await foreach (var _ in chat.Client.GetStreamingResponseAsync(Conversation(i), Greedy(20), cancellation.Token))
                {
                    if (received++ == leaveAfter)
                        await cancellation.CancelAsync();
                }
            }
            catch (OperationCanceledException)
            {
                return 1;
            }
            return 0;
        }).ToArray();

        Assert.InRange((await Task.WhenAll(tasks)).Sum(), 1, 40);

        for (var i = 0; i < 6; i++)
            Assert.Equal((await fresh.Client.GetResponseAsync(Conversation(i), Greedy(20))).Text, (await chat.Client.GetResponseAsync(Conversation(i), Greedy(20))).Text);
    }

    [Fact]
    public async Task MoreRequestsThanSlots_AreAllServed() // in the order of their arrival, as the scheduler's tests show: readers' threads come as they like
    {
        using var chat = new TinyChat();
        await chat.Catalog.LoadAsync(Seer, null, null, default);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => chat.Client.GetResponseAsync([User($"question {i}")], Greedy(30))));
        Assert.All(answers, answer => Assert.InRange(Timings(answer).AnswerTokens, 1, 30));
        Assert.All(answers, answer => Assert.NotEqual("", answer.Text));
    }

    [Fact]
    public async Task ContextFull_EndsWithLength_AndTheNextTurnDropsOldMessages()
    {
        using var chat = new TinyChat(settings => settings["Models:1:ContextLength"] = "256");
        List<ChatMessage> messages = [new(ChatRole.System, "be brief"), User("what is red?")];
        var full = await chat.Client.GetResponseAsync(messages, new ChatOptions { Temperature = 0 });
        Assert.Equal(ChatFinishReason.Length, full.FinishReason);
        Assert.Equal(256, Timings(full).PromptTokens + Timings(full).AnswerTokens - 1); // the last token is written, not read
        messages.AddMessages(full);
        messages.Add(User("what is blue?"));

        var next = await chat.Client.GetResponseAsync(messages, Greedy());

        Assert.Equal(2, next.AdditionalProperties?[LlavaChatClient.TruncatedMessagesKey]);
        Assert.NotEqual("", next.Text);
        var options = Greedy();
        options.AdditionalProperties = new() { ["truncate"] = false };
        await Assert.ThrowsAsync<ContextExceededException>(() => chat.Client.GetResponseAsync(messages, options));
    }

    [Fact]
    public async Task Raw_TakesThePromptAsItIs()
    {
        using var chat = new TinyChat();
        var options = Greedy();
        options.AdditionalProperties = new() { ["raw"] = true };

        var raw = await chat.Client.GetResponseAsync([User("<|user|>\nwhat is red?<|end|>\n<|assistant|>\n")], options);
        var templated = await chat.Client.GetResponseAsync([User("what is red?")], Greedy());

        Assert.Equal(templated.Text, raw.Text);
        Assert.Equal(Timings(templated).PromptTokens, Timings(raw).PromptTokens);
        await Assert.ThrowsAsync<ChatRequestException>(() => chat.Client.GetResponseAsync([User("a"), User("b")], options));
    }

    [Fact]
    public async Task SpaceBeforeAnAnswer_BelongsToTheTemplate()
    {
        using var chat = new TinyChat(settings => settings["Models:1:Template"] = "vicuna");
        var led = 0;
        for (var seed = 0; seed < 12; seed++)
        {
            ChatOptions options = new() { Seed = seed, Temperature = 2, MaxOutputTokens = 5 }, raw = new() { Seed = seed, Temperature = 2, MaxOutputTokens = 5, AdditionalProperties = new() { ["raw"] = true } };
            var answer = await chat.Client.GetResponseAsync([new(ChatRole.System, "a"), User("b")], options);
            var whole = (await chat.Client.GetResponseAsync([User("a USER: b ASSISTANT:")], raw)).Text;
            led += whole.StartsWith(' ') ? 1 : 0;
            Assert.Equal(whole.StartsWith(' ') ? whole[1..] : whole, answer.Text);
        }
        Assert.InRange(led, 1, 12);
    }

    [Fact]
    public async Task DefaultSystemMessage_StandsWhereTheConversationHasNone()
    {
        using var chat = new TinyChat(settings => settings["Models:1:System"] = "the star is red");
        var implied = await chat.Client.GetResponseAsync([User("what?")], Greedy());
        var spelt = await chat.Client.GetResponseAsync([new(ChatRole.System, "the star is red"), User("what?")], Greedy());
        var other = await chat.Client.GetResponseAsync([new(ChatRole.System, "no"), User("what?")], Greedy());

        Assert.Equal(Timings(spelt).PromptTokens, Timings(implied).PromptTokens);
        Assert.NotEqual(Timings(other).PromptTokens, Timings(implied).PromptTokens);
    }

    [Fact]
    public async Task JsonFormat_GivesJson()
    {
        using var chat = new TinyChat();
        for (var seed = 0; seed < 8; seed++)
        {
            var response = await chat.Client.GetResponseAsync([User("what?")], new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Seed = seed, Temperature = 2, MaxOutputTokens = 400 });
            if (response.FinishReason == ChatFinishReason.Stop)
                System.Text.Json.JsonDocument.Parse(response.Text).Dispose();
            else
                Assert.Contains(response.Text.TrimStart()[0], "{[\"-0123456789tfn");
        }
    }

    [Fact]
    public async Task Grammar_BindsTheAnswer()
    {
        using var chat = new TinyChat();
        static ChatOptions With(string grammar, ChatResponseFormat? format = null) => new() { ResponseFormat = format, Seed = 1, Temperature = 2, MaxOutputTokens = 20, AdditionalProperties = new() { ["grammar"] = grammar } };

        var response = await chat.Client.GetResponseAsync([User("what?")], With("root ::= (\"yes\" | \"no\") mark_1\nmark_1 ::= [!?]{2}"));
        Assert.Matches("^(yes|no)[!?]{2}$", response.Text);

        var endless = await Assert.ThrowsAsync<ChatRequestException>(() => chat.Client.GetResponseAsync([User("what?")], With("root ::= root \"x\" | \"x\"")));
        Assert.Contains("rule 'root' leads to itself before anything is read", endless.Message, StringComparison.Ordinal);
        var both = await Assert.ThrowsAsync<ChatRequestException>(() => chat.Client.GetResponseAsync([User("what?")], With("root ::= \"x\"", ChatResponseFormat.Json)));
        Assert.Contains("an answer follows one of them", both.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_IsKnownAfterARestart()
    {
        using var first = new TinyChat();
        var cache = Path.Combine(first.Folder, "cache");
        ChatMessage[] messages = [User(Picture(255, 0, 0), new TextContent("what is the colour?"))];
        using var before = new TinyChat(cache: cache);
        var expected = await before.Client.GetResponseAsync(messages, Greedy());

        using var after = new TinyChat(cache: cache);
        var response = await after.Client.GetResponseAsync(messages, Greedy());

        Assert.Equal(1, Timings(expected).TowerRuns);
        Assert.Equal((0, 0), (Timings(response).TowerRuns, after.Encoder.Runs));
        Assert.Equal(expected.Text, response.Text);
        using var other = new TinyChat(cache: cache, encoder: new FakeImageEncoder { Fingerprint = "fake-2" });
        Assert.Equal(1, Timings(await other.Client.GetResponseAsync(messages, Greedy())).TowerRuns);
    }

    [Fact]
    public async Task LogitBias_ForbidsAndForcesTokens()
    {
        using var chat = new TinyChat();
        ChatMessage[] messages = [User("what is the star?")];
        var red = TinyModel.TokenOf("\u2581red");
        var forced = Greedy(5);
        forced.AdditionalProperties = new() { ["logit_bias"] = System.Text.Json.JsonDocument.Parse($"{{\"{red}\":100}}").RootElement };
        Assert.Equal(" red red red red red", (await chat.Client.GetResponseAsync(messages, forced)).Text);

        var free = await chat.Client.GetResponseAsync(messages, With(Greedy(1), ("logprobs", true), ("top_logprobs", 1)));
        var token = Assert.Single(Assert.IsType<List<AnswerLogprobs>>(free.AdditionalProperties![AnswerLogprobs.Key])).Token;
        var first = Enumerable.Range(0, TinyModel.Tokens.Count).First(id => TinyModel.Tokens[id].Text.Replace('\u2581', ' ') == token);
        var without = await chat.Client.GetResponseAsync(messages, With(Greedy(1), ("logit_bias", new Dictionary<int, float> { [first] = -100 })));
        Assert.NotEqual(free.Text, without.Text);
    }

    [Fact]
    public async Task Logprobs_AreTheModelsOwn_ForEveryToken()
    {
        using var chat = new TinyChat();
        ChatMessage[] messages = [User("what is the star?")];
        var greedy = await chat.Client.GetResponseAsync(messages, With(Greedy(12), ("logprobs", true), ("top_logprobs", 4)));
        var known = Assert.IsType<List<AnswerLogprobs>>(greedy.AdditionalProperties![AnswerLogprobs.Key]);

        Assert.Equal(12, known.Count);
        Assert.Equal(greedy.Text, string.Concat(known.Select(token => token.Token)));
        Assert.All(known, token =>
        {
            Assert.Equal(4, token.Top.Count);
            Assert.Equal((token.Token, token.Logprob), (token.Top[0].Token, token.Top[0].Logprob)); // the likeliest was drawn
            Assert.Equal(token.Top.OrderByDescending(top => top.Logprob), token.Top);
            Assert.InRange(token.Top.Sum(top => Math.Exp(top.Logprob)), 0.01, 1.0001);
        });

        // Temperature and biases do not change them.
        var hot = await chat.Client.GetResponseAsync(messages, With(new ChatOptions { Temperature = 3, Seed = 3, MaxOutputTokens = 1 }, ("top_logprobs", 4)));
        var top = Assert.IsType<List<AnswerLogprobs>>(hot.AdditionalProperties![AnswerLogprobs.Key])[0].Top;
        Assert.Equal(known[0].Top.Select(rival => rival.Token), top.Select(rival => rival.Token));
        Assert.All(known[0].Top.Zip(top), pair => Assert.Equal(pair.First.Logprob, pair.Second.Logprob, 0.01));
        Assert.Null((await chat.Client.GetResponseAsync(messages, Greedy())).AdditionalProperties!.GetValueOrDefault(AnswerLogprobs.Key));
    }

    [Fact]
    public async Task AnswersSideBySide_EqualThoseAlone()
    {
        using var alone = new TinyChat();
        using var together = new TinyChat();
        var questions = Enumerable.Range(0, 12).Select(i => (ChatMessage[])[User(Picture((byte)(i % 3), 5, 5), new TextContent($"what is {i}?"))]).ToList();
        var expected = new List<string>();
        foreach (var question in questions)
            expected.Add((await alone.Client.GetResponseAsync(question, new ChatOptions { Temperature = 1, Seed = 4, MaxOutputTokens = 40 })).Text);

        var answers = await Task.WhenAll(questions.Select(question => together.Client.GetResponseAsync(question, new ChatOptions { Temperature = 1, Seed = 4, MaxOutputTokens = 40 })));

        // Batches of other sizes round the last bits otherwise, which tips a close draw now and then.
        var equal = expected.Zip(answers).Count(pair => pair.First == pair.Second.Text);
        Assert.InRange(equal, 10, 12);
        Assert.Equal(3, together.Encoder.Runs);
    }

    private static ChatOptions With(ChatOptions options, params (string Key, object Value)[] properties)
    {
        options.AdditionalProperties = [];
        foreach (var (key, value) in properties)
            options.AdditionalProperties[key] = value;
        return options;
    }

    public static TheoryData<string, ChatMessage[], ChatOptions> BadRequests => new()
    {
        { "holds no messages", [], Greedy() },
        { "not an image that can be read", [User(new DataContent("not a picture"u8.ToArray(), "image/png"), new TextContent("what?"))], Greedy() },
        { "PNG", [User(new DataContent(Picture(1, 2, 3).Data[..40], "image/png"), new TextContent("what?"))], Greedy() },
        { "audio/wav", [User(new DataContent("RIFF"u8.ToArray(), "audio/wav"))], Greedy() },
        { "the context has 512", [User(string.Concat(Enumerable.Repeat("red ", 2000)))], Greedy() },
        { "more than 512 tokens", [User(new string('a', 10_000_000))], Greedy() },
        { "Temperature", [User("what?")], new ChatOptions { Temperature = -3 } },
        { "TopP", [User("what?")], new ChatOptions { TopP = 7 } },
        { "0 tokens", [User("what?")], new ChatOptions { MaxOutputTokens = 0 } },
        { "'min_p' must be a number", [User("what?")], new ChatOptions { AdditionalProperties = new() { ["min_p"] = "x" } } },
        { "'logit_bias' names the token 'red'", [User("what?")], With(new(), ("logit_bias", new Dictionary<string, double> { ["red"] = 1 })) },
        { "names token 99999", [User("what?")], With(new(), ("logit_bias", new Dictionary<int, float> { [99999] = 1 })) },
        { "-100 to 100", [User("what?")], With(new(), ("logit_bias", new Dictionary<int, float> { [9] = 1000 })) },
        { "TopLogprobs", [User("what?")], With(new(), ("top_logprobs", 21)) },
        { "'raw' must be true or false", [User("what?")], new ChatOptions { AdditionalProperties = new() { ["raw"] = 3 } } },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task BadRequest_IsOneClearSentence_AndTheNextQuestionIsAnswered(string message, ChatMessage[] messages, ChatOptions options)
    {
        using var chat = new TinyChat();
        var expected = (await chat.Client.GetResponseAsync([User("what is red?")], Greedy())).Text;

        var e = await Assert.ThrowsAnyAsync<ChatRequestException>(() => chat.Client.GetResponseAsync(messages, options));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        var next = await chat.Client.GetResponseAsync([User("what is red?")], Greedy());
        Assert.Equal(expected, next.Text);
        Assert.True(Timings(next).CachedTokens > 0); // a bad request does not even cost the cache
    }

    [Fact]
    public async Task Picture_ForATextOnlyModel_IsRefused()
    {
        using var chat = new TinyChat();
        var reader = chat.Catalog.GetClient(Reader);

        var e = await Assert.ThrowsAsync<ChatRequestException>(() => reader.GetResponseAsync([User(Picture(1, 2, 3))], Greedy()));

        Assert.Contains("'reader' cannot see pictures: no projector", e.Message, StringComparison.Ordinal);
        Assert.NotEqual("", (await reader.GetResponseAsync([User("what?")], Greedy())).Text);
    }

    [Fact]
    public async Task EncoderFailure_IsNotTheEnd()
    {
        var encoder = new FakeImageEncoder { OnEncode = (run, _) => { if (run == 1) throw new InvalidOperationException("out of memory"); } };
        using var chat = new TinyChat(encoder: encoder);
        ChatMessage[] messages = [User(Picture(1, 2, 3), new TextContent("what?"))];

        await Assert.ThrowsAsync<InvalidOperationException>(() => chat.Client.GetResponseAsync(messages, Greedy()));

        Assert.NotEqual("", (await chat.Client.GetResponseAsync(messages, Greedy())).Text);
    }

    [Fact]
    public void GetService_TellsAboutTheClient()
    {
        using var chat = new TinyChat();
        var metadata = chat.Client.GetService<ChatClientMetadata>();

        Assert.Equal("llama.cpp", metadata?.ProviderName);
        Assert.Equal(Seer, metadata?.DefaultModelId);
        Assert.NotNull(chat.Client.GetService<LlavaChatClient>());
        Assert.Null(chat.Client.GetService<string>());
    }
}
