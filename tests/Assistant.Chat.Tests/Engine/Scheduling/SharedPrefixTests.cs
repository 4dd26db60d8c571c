using Assistant.Chat.Engine;

namespace Assistant.Chat.Tests.Engine.Scheduling;

public class SharedPrefixTests
{
    private const string Question = "tell me about this picture in a few words please";

    [Fact]
    public async Task NextTurn_ReadsOnlyWhatIsNew()
    {
        using var engine = new ScriptedEngine();
        var first = engine.Prompt("system 1 " + Question);
        var (answer, _) = await engine.AskAsync(first);
        var second = engine.Prompt("system 1 " + Question);
        second.Add(answer);
        second.Add([1, 2, 3]);

        var (tokens, report) = await engine.AskAsync(second);

        Assert.Equal(engine.Expected(second), tokens);
        Assert.Equal(second.Count - 4, report.CachedTokens); // the answer's last token was never read
        Assert.Equal(0, report.TowerRuns);
    }

    [Fact]
    public async Task Conversations_KeepTheirSlots_WhileThereAreEnough()
    {
        using var engine = new ScriptedEngine();
        foreach (var round in Enumerable.Range(0, 3))
        {
            foreach (var name in "abcd")
            {
                var prompt = new string(name, 40) + new string('z', 5 * round);
                var (tokens, report) = await engine.AskAsync(prompt, 1);
                Assert.Equal(engine.Expected(prompt, 1), tokens);
                Assert.Equal(round == 0 ? 0 : 40 + 5 * (round - 1), report.CachedTokens);
            }
        }
    }

    [Fact]
    public async Task ConversationThatLostItsSlot_IsRestored_IfThereIsRoomForIt()
    {
        foreach (var (savedPrefixes, expected) in new[] { (1L << 20, 150), (0L, 0) })
        {
            using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1), new EngineOptions { Slots = 1, SavedPrefixes = savedPrefixes });
            await engine.AskAsync(new string('a', 150), 1);
            await engine.AskAsync(new string('b', 150), 1);

            var (tokens, report) = await engine.AskAsync(new string('a', 150) + "and more", 5);

            Assert.Equal(engine.Expected(new string('a', 150) + "and more", 5), tokens);
            Assert.Equal(expected, report.CachedTokens);
        }
    }

    [Fact]
    public async Task IdleConversation_LeavesTheCells_WhereItCostsOthersTime()
    {
        foreach (var (savedPrefixes, left) in new[] { (1L << 20, 0), (0L, 150) })
        {
            using var engine = new ScriptedEngine(new ScriptedSequenceModel { IdleSequencesCost = true }, new EngineOptions { SavedPrefixes = savedPrefixes });
            await engine.AskAsync(new string('a', 150), 1);
            await engine.AskAsync(new string('b', 100), 1);
            Assert.Equal(left + 100, Enumerable.Range(0, engine.Model.Sequences).Sum(sequence => engine.Model.StateSize(sequence)) / sizeof(ulong));

            var (tokens, report) = await engine.AskAsync(new string('a', 150) + "and more", 5);

            Assert.Equal(engine.Expected(new string('a', 150) + "and more", 5), tokens);
            Assert.Equal(150, report.CachedTokens);
        }
    }

    [Fact]
    public async Task SamePictureInANewChat_IsCopied_WithoutCostToTheOldChat()
    {
        using var engine = new ScriptedEngine();
        var start = "a long system message that both chats begin with 12";
        var old = start + "what is on the left of the picture and what is behind it, and how many are there";
        await engine.AskAsync(old, 1);

        var (tokens, report) = await engine.AskAsync(start + "something else", 5);
        var (_, again) = await engine.AskAsync(old + "go on", 1);

        Assert.Equal(engine.Expected(start + "something else", 5), tokens);
        Assert.Equal(engine.Prompt(start).Count, report.CachedTokens);
        Assert.Equal(0, report.TowerRuns);
        Assert.Equal(engine.Prompt(old).Count, again.CachedTokens);
        Assert.Equal(2, engine.Encoder.Runs);
    }

    [Fact]
    public async Task SamePromptAtOnce_IsReadOnce()
    {
        using var gate = new ManualResetEventSlim();
        using var engine = new ScriptedEngine(new ScriptedSequenceModel { OnDecode = (_, _) => gate.Wait(10_000, CancellationToken.None) });
        var start = new string('s', 120) + "1";
        var asked = "abcd".Select(name => engine.AskAsync(start + name, 5)).ToList();
        gate.Set();

        var answers = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.All("abcd".Zip(answers), pair => Assert.Equal(engine.Expected(start + pair.First, 5), pair.Second.Tokens));
        Assert.Equal(128 + 4, engine.Engine.Statistics.PromptTokens);
        Assert.Equal(1, engine.Encoder.Runs);
    }

    [Fact]
    public async Task PictureThatDiffers_IsReadFromItsBeginning()
    {
        using var engine = new ScriptedEngine();
        await engine.AskAsync("ab1cd", 1);

        var (tokens, report) = await engine.AskAsync("ab2cd", 5);

        Assert.Equal(engine.Expected("ab2cd", 5), tokens);
        Assert.Equal(2, report.CachedTokens);
    }

    [Fact]
    public async Task BadPicture_CostsTheConversationNothing()
    {
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 1));
        await engine.AskAsync(Question, 1);
        engine.Encoder.OnEncode = (_, _) => throw new InvalidOperationException("no");
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.AskAsync("1" + Question));
        engine.Encoder.OnEncode = null;

        Assert.Equal(Question.Length, (await engine.AskAsync(Question + "?", 1)).Report.CachedTokens);
    }

    [Fact]
    public async Task RecurrentModel_ReadsEverythingAgain_AndAnswersTheSame()
    {
        using var engine = new ScriptedEngine(new ScriptedSequenceModel(sequences: 3) { CanForgetParts = false });
        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll("abc".Select(name => engine.AskAsync($"{name}1{Question}{round}", 30)));
            Assert.All("abc".Zip(answers), pair => Assert.Equal(engine.Expected($"{pair.First}1{Question}{round}", 30), pair.Second.Tokens));
        }
        var (tokens, report) = await engine.AskAsync("a1" + Question + "1", 30);
        Assert.Equal(engine.Expected("a1" + Question + "1", 30), tokens);
        Assert.Equal(0, report.CachedTokens);
    }

    [Fact]
    public async Task RecurrentModel_ThatIsStoppedAmidAStep_BeginsAnew()
    {
        var model = new ScriptedSequenceModel(sequences: 1) { CanForgetParts = false };
        using var engine = new ScriptedEngine(model);
        using var leaving = new CancellationTokenSource();
        var steps = 0;
        model.OnDecode = (_, _) =>
        {
            if (++steps == 5)
                leaving.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.AskAsync("a1" + Question, 30, cancellationToken: leaving.Token));
        model.OnDecode = null;

        // What the slot is thought to hold it no longer does.
        Assert.Equal(engine.Expected("a1" + Question, 30), (await engine.AskAsync("a1" + Question, 30)).Tokens);
    }
}
