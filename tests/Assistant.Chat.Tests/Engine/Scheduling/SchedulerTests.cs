using Assistant.Chat.Engine;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Engine.Scheduling;

public class SchedulerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10); // far more than it takes, also on a busy machine

    [Theory]
    [InlineData("abc", 10)]
    [InlineData("a", 1)]
    [InlineData("ab1cd", 5)]
    [InlineData("1", 7)]
    [InlineData("12ab3", 7)]
    public async Task Answer_IsTheModelsOwn(string prompt, int maxTokens)
    {
        using var engine = new ScriptedEngine();

        var (tokens, report) = await engine.AskAsync(prompt, maxTokens);

        Assert.Equal(engine.Expected(prompt, maxTokens), tokens);
        Assert.Equal(maxTokens, report.AnswerTokens);
        Assert.Equal(ChatFinishReason.Length, report.FinishReason);
        Assert.Equal(prompt.Count(char.IsDigit), report.TowerRuns);
    }

    [Fact]
    public async Task Answer_EndsWithTheModel_AStopToken_OrTheContext()
    {
        using var ending = new ScriptedEngine(new ScriptedSequenceModel { Ends = true });
        var (tokens, report) = await ending.AskAsync("abcd", maxTokens: null);
        Assert.Equal(ending.Expected("abcd", null), tokens);
        Assert.Equal(ChatFinishReason.Stop, report.FinishReason);

        using var endless = new ScriptedEngine(new ScriptedSequenceModel(sequenceLength: 40));
        (tokens, report) = await endless.AskAsync("abcd", maxTokens: null);
        Assert.Equal((40 - 4 + 1, ChatFinishReason.Length), (tokens.Count, report.FinishReason)); // the last token is written, not read

        using var weary = new ScriptedEngine(new ScriptedSequenceModel { GivesUpAfter = 9 });
        Assert.Equal((9, ChatFinishReason.Length), await weary.AskAsync("abcd", maxTokens: null) is var given ? (given.Tokens.Count, given.Report.FinishReason!.Value) : default);

        var stop = tokens[5];
        var request = endless.Request(endless.Prompt("abcd"), 30) with { StopTokens = new HashSet<int> { stop } };
        tokens = await endless.Engine.GenerateAsync(request, report = new()).ToListAsync();
        Assert.Equal(endless.Expected("abcd", 30).TakeWhile(token => token != stop), tokens);
        Assert.Equal(ChatFinishReason.Stop, report.FinishReason);
    }

    [Fact]
    public async Task Requests_ShareBatches()
    {
        using var gate = new ManualResetEventSlim(); // nothing is computed before all are there
        using var engine = new ScriptedEngine(new ScriptedSequenceModel { OnDecode = (_, _) => gate.Wait(Soon, CancellationToken.None) });
        var prompts = new[] { "first", "second", "third", "the fourth of them" };

        var asked = prompts.Select(prompt => engine.AskAsync(prompt, 100)).ToList();
        gate.Set();
        var answers = await Task.WhenAll(asked).WaitAsync(Soon);

        Assert.All(prompts.Zip(answers), pair => Assert.Equal(engine.Expected(pair.First, 100), pair.Second.Tokens));
        Assert.True(engine.Model.Batches.Count(batch => batch.Count == 4) >= 60, "four answers of 100 tokens hardly met");
    }

    [Fact]
    public async Task MoreRequestsThanSlots_AreServedInTheOrderOfArrival()
    {
        using var gate = new ManualResetEventSlim();
        var prompts = Enumerable.Range(0, 8).Select(i => $"question {(char)('a' + i)}").ToList();
        var last = prompts[0].Length - 1; // where the questions differ
        var read = new List<int>();
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1)
        {
            OnDecode = (batch, _) =>
            {
                gate.Wait(Soon, CancellationToken.None);
                if (batch.Positions.IndexOf(last) is >= 0 and var at)
                    read.Add(batch.Tokens[at]);
            },
        });
        var asked = prompts.Select(prompt => engine.AskAsync(prompt, 3)).ToList();
        gate.Set();

        await Task.WhenAll(asked).WaitAsync(Soon);

        Assert.Equal(prompts.Select(prompt => prompt[last] % ScriptedSequenceModel.Vocabulary), read);
    }

    [Fact]
    public async Task Writers_GrowInEveryStep_WhileLongPromptsAreRead()
    {
        using var writing = new SemaphoreSlim(0);
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequenceLength: 2000, batchSize: 40));
        var writer = engine.AskAsync("w", 500, onToken: count => { if (count == 5) writing.Release(); });
        await writing.WaitAsync(Soon);
        var longPrompts = new[] { new string('x', 900) + "1", new string('y', 900) };

        var readers = await Task.WhenAll(longPrompts.Select(prompt => engine.AskAsync(prompt, 3)));
        var (tokens, _) = await writer;

        Assert.Equal(engine.Expected("w", 500), tokens);
        Assert.All(longPrompts.Zip(readers), pair => Assert.Equal(engine.Expected(pair.First, 3), pair.Second.Tokens));
        // The writer has one slot all the time; between its first and last token no step of tokens goes without it, and at most one of rows.
        var log = engine.Model.Batches.ToList();
        var slot = log[0].Keys.Single();
        var last = log.FindLastIndex(batch => batch.ContainsKey(slot));
        var gap = 0;
        foreach (var batch in log[..last])
            Assert.InRange(gap = batch.ContainsKey(slot) ? 0 : gap + 1, 0, 1);
        Assert.All(log[..last], batch => Assert.InRange(batch.GetValueOrDefault(slot), 0, 1));
    }

    [Fact]
    public async Task MoreClientsWithPicturesThanSlots_GetSlotsInTheOrderOfArrival_AndWriteAtTheSameRate()
    {
        const int Clients = 10, Slots = 2, Tokens = 30;
        using var all = new ManualResetEventSlim(); // nothing is encoded before all are there
        var begun = new List<int>(); // first tokens of prompts, in the order in which they are read
        var (sinceLast, gaps) = (new int[Slots], new List<int>());
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: Slots)
        {
            PrefersNeighbours = false,
            OnDecode = (batch, _) =>
            {
                var here = batch.Sequences.ToArray().Distinct().ToList();
                for (var i = 0; i < batch.Count; i++)
                {
                    if (batch.Positions[i] == 0)
                    {
                        begun.Add(batch.Tokens[i]);
                        sinceLast[batch.Sequences[i]] = 0;
                    }
                }
                for (var sequence = 0; sequence < Slots; sequence++)
                {
                    if (here.Contains(sequence))
                        gaps.Add(sinceLast[sequence]);
                    sinceLast[sequence] = here.Contains(sequence) ? 0 : sinceLast[sequence] + 1;
                }
            },
        });
        engine.Encoder.OnEncode = (_, _) => all.Wait(Soon, CancellationToken.None);
        var prompts = Enumerable.Range(0, Clients).Select(i => $"{(char)('a' + i)}{i}bc").ToList();
        var asked = prompts.Select(prompt => engine.AskAsync(prompt, Tokens)).ToList();
        all.Set();

        var answers = await Task.WhenAll(asked).WaitAsync(Soon);

        Assert.All(prompts.Zip(answers), pair => Assert.Equal(engine.Expected(pair.First, Tokens), pair.Second.Tokens));
        // Pictures that the tower finishes at a time may become known in any order; nobody else changes places.
        Assert.Equal(Clients, begun.Count);
        Assert.All(prompts.Index(), prompt => Assert.InRange(begun.IndexOf(prompt.Item[0] % ScriptedSequenceModel.Vocabulary) - prompt.Index, -Slots, Slots));
        // From a prompt's first token to the answer's last nobody misses more than one step in a row: that of the rows, where others have some.
        Assert.InRange(gaps.Max(), 0, 1);
        Assert.All(answers, answer => Assert.Equal(1, answer.Report.TowerRuns));
    }

    [Fact]
    public async Task Tower_WorksAheadForAsManyAsThereAreSlots()
    {
        const int Clients = 10, Slots = 2;
        using var all = new ManualResetEventSlim();
        var most = 0L;
        ScriptedEngine? engine = null;
        using var model = new ScriptedSequenceModel(sequences: Slots)
        {
            OnDecode = (_, _) =>
            {
                long Ahead() => engine!.Encoder.Runs - engine.Engine.Statistics.Requests;
                SpinWait.SpinUntil(() => Ahead() > Slots, Volatile.Read(ref most) == 0 ? 300 : 0); // long enough for more, if it were to come
                most = Math.Max(most, Ahead());
            },
        };
        using (engine = new ScriptedEngine(model))
        {
            engine.Encoder.OnEncode = (_, _) => all.Wait(Soon, CancellationToken.None);
            var asked = Enumerable.Range(0, Clients).Select(i => engine.AskAsync($"{(char)('a' + i)}{i}", 20)).ToList();
            all.Set();
            await Task.WhenAll(asked).WaitAsync(Soon);

            Assert.Equal(Clients, engine.Encoder.Runs);
            Assert.InRange(most, 1, Slots);
        }
    }

    [Fact]
    public async Task QuestionsAboutKnownPictures_DoNotWaitForTheTower()
    {
        using var release = new ManualResetEventSlim();
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 2));
        var (first, _) = await engine.AskAsync("a0b", 5);
        engine.Encoder.OnEncode = (_, _) => release.Wait(Soon, CancellationToken.None);
        var strangers = Enumerable.Range(1, 5).Select(i => engine.AskAsync($"b{i}", 5)).ToList();

        var next = engine.Prompt("a0b");
        next.Add([.. first]);
        next.Add([3, 4]);
        var (tokens, report) = await engine.AskAsync(next, 5).WaitAsync(Soon);

        Assert.Equal(engine.Expected(next, 5), tokens);
        Assert.Equal(0, report.TowerRuns);
        Assert.All(strangers, stranger => Assert.False(stranger.IsCompleted));
        release.Set();
        await Task.WhenAll(strangers).WaitAsync(Soon);
    }

    [Fact]
    public async Task Prompts_AreReadInEqualShares()
    {
        using var gate = new ManualResetEventSlim();
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequenceLength: 1000, batchSize: 68) { OnDecode = (_, _) => gate.Wait(Soon, CancellationToken.None) });
        var first = engine.AskAsync("a", 1); // holds the scheduler until the others are there
        var asked = new[] { engine.AskAsync(new string('x', 500), 1), engine.AskAsync(new string('y', 500), 1) };
        gate.Set();
        await first;
        await Task.WhenAll(asked);

        var together = engine.Model.Batches.Where(batch => batch.Count > 1 && batch.Values.Max() > 1).ToList();
        Assert.True(together.Count > 5);
        Assert.All(together.SkipLast(1), batch => Assert.InRange(batch.Values.Max() - batch.Values.Min(), 0, 32));
    }

    [Fact]
    public async Task FullQueue_RefusesAtOnce_AndTakesRequestsAgainLater()
    {
        using var gate = new ManualResetEventSlim();
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 2) { OnDecode = (_, _) => gate.Wait(Soon, CancellationToken.None) }, new EngineOptions { MaxQueue = 3 });
        var accepted = Enumerable.Range(0, 5).Select(i => engine.AskAsync($"{(char)('a' + i)}bc")).ToList();

        var e = await Assert.ThrowsAsync<EngineBusyException>(() => engine.AskAsync("late"));

        Assert.Contains("maximum pending requests exceeded", e.Message, StringComparison.Ordinal);
        Assert.True(e.RetryAfter > TimeSpan.Zero);
        Assert.Equal(3, engine.Engine.Statistics.Waiting);
        gate.Set();
        await Task.WhenAll(accepted).WaitAsync(Soon);
        Assert.Equal(engine.Expected("late"), (await engine.AskAsync("late")).Tokens);
        Assert.Equal((0, 0), (engine.Engine.Statistics.Waiting, engine.Engine.Statistics.Active));
    }

    [Fact]
    public async Task Cancellation_FreesTheSlot_WhileReading_Writing_AndWaiting()
    {
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1, sequenceLength: 100_000));
        using var cancelWriter = new CancellationTokenSource();
        using var writes = new SemaphoreSlim(0);
        var writer = engine.AskAsync("abc", 90_000, count => { if (count == 3) writes.Release(); }, cancelWriter.Token);
        await writes.WaitAsync(Soon);
        using var cancelWaiting = new CancellationTokenSource();
        var waiting = engine.AskAsync("def", 3, cancellationToken: cancelWaiting.Token);
        await cancelWaiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Soon));
        await cancelWriter.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WaitAsync(Soon));

        // In the middle of a computation that would take for ever.
        using var cancelReader = new CancellationTokenSource();
        using var reads = new SemaphoreSlim(0);
        engine.Model.OnDecode = (_, token) =>
        {
            reads.Release();
            token.WaitHandle.WaitOne(Soon);
        };
        var reader = engine.AskAsync("ghi", 3, cancellationToken: cancelReader.Token);
        await reads.WaitAsync(Soon);
        await cancelReader.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitAsync(TimeSpan.FromSeconds(5)));

        engine.Model.OnDecode = null;
        Assert.Equal(engine.Expected("jkl"), (await engine.AskAsync("jkl").WaitAsync(Soon)).Tokens);
    }

    [Fact]
    public async Task Tower_HoldsNobodyElseUp_AndCanBeLeft()
    {
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1));
        using var inTower = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        engine.Encoder.OnEncode = (_, _) =>
        {
            inTower.Release();
            release.Wait(Soon, CancellationToken.None); // deaf to cancellation
        };
        using var cancellation = new CancellationTokenSource();
        var seeing = engine.AskAsync("a1b", 5, cancellationToken: cancellation.Token);
        await inTower.WaitAsync(Soon);

        Assert.Equal(engine.Expected("text"), (await engine.AskAsync("text").WaitAsync(Soon)).Tokens);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seeing.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(engine.Expected("text"), (await engine.AskAsync("text").WaitAsync(Soon)).Tokens);
        release.Set();
        engine.Encoder.OnEncode = null;
        Assert.Equal(engine.Expected("a1b", 5), (await engine.AskAsync("a1b", 5)).Tokens);
    }

    [Fact]
    public async Task Error_EndsTheSequenceThatCausesIt_AndNoOther()
    {
        const char Poison = 'z';
        using var engine = new ScriptedEngine();
        engine.Model.OnDecode = (batch, _) =>
        {
            if (batch.EmbeddingLength == 0 && batch.Tokens.Contains(Poison % ScriptedSequenceModel.Vocabulary) && batch.Sequences.Length > 1 && batch.Tokens.Contains('!' % ScriptedSequenceModel.Vocabulary))
                throw new LlamaException("poisoned");
        };
        var healthy = new[] { "one", "two", "three" };
        var asked = healthy.Select(prompt => engine.AskAsync(prompt, 150)).ToList();
        var poisoned = engine.AskAsync("z!z!", 150);

        var e = await Assert.ThrowsAsync<LlamaException>(() => poisoned.WaitAsync(Soon));

        Assert.Contains("poisoned", e.Message, StringComparison.Ordinal);
        var answers = await Task.WhenAll(asked).WaitAsync(Soon);
        Assert.All(healthy.Zip(answers), pair => Assert.Equal(engine.Expected(pair.First, 150), pair.Second.Tokens));
        Assert.Equal(engine.Expected("again"), (await engine.AskAsync("again")).Tokens);
    }

    [Fact]
    public async Task Unexpected_LeavesNobodyWaiting()
    {
        using var engine = new ScriptedEngine();
        engine.Model.OnDecode = (_, _) => throw new NotSupportedException("a mistake");

        await Assert.ThrowsAsync<NotSupportedException>(() => engine.AskAsync("abc").WaitAsync(Soon));

        engine.Model.OnDecode = null;
        Assert.Equal(engine.Expected("abc"), (await engine.AskAsync("abc").WaitAsync(Soon)).Tokens);
    }

    [Fact]
    public async Task Dispose_EndsWhatIsBeingWritten()
    {
        var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1, sequenceLength: 100_000));
        using var writes = new SemaphoreSlim(0);
        var writer = engine.AskAsync("abc", 90_000, onToken: count => { if (count == 3) writes.Release(); });
        var waiting = engine.AskAsync("def", 3);
        await writes.WaitAsync(Soon);

        engine.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WaitAsync(Soon));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Soon));
    }

    [Fact]
    public async Task Engines_TakeTurnsOnTheSameCores()
    {
        using var compute = new SemaphoreSlim(1, 1);
        var inside = 0;
        ScriptedSequenceModel Model() => new(sequenceLength: 20_000)
        {
            OnDecode = (_, _) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
            },
        };
        using (var first = new ScriptedEngine(Model(), compute: compute))
        using (var second = new ScriptedEngine(Model(), compute: compute))
        {
            var answers = await Task.WhenAll(first.AskAsync("abc", 3000), second.AskAsync("def", 3000)).WaitAsync(Soon);
            Assert.Equal(first.Expected("abc", 3000), answers[0].Tokens);
            Assert.Equal(second.Expected("def", 3000), answers[1].Tokens);
        }
        Assert.Equal(1, compute.CurrentCount);
    }
}
