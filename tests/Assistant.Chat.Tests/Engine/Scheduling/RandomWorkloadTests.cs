using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Tests.Engine.Scheduling;

/// <summary>Whatever is asked beside a request, before it and after it, and whoever leaves: its answer is that of a fresh model that serves nobody else.</summary>
public class RandomWorkloadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task CachedAnswers_EqualUncachedOnes(int seed)
    {
        var random = new Random(seed);
        var model = new ScriptedSequenceModel(sequences: random.Next(1, 6), sequenceLength: random.Next(150, 400), batchSize: random.Next(32, 120))
        {
            Ends = random.Next(2) == 0,
            CanForgetParts = random.Next(4) != 0,
            PrefersNeighbours = random.Next(4) != 0,
            IdleSequencesCost = random.Next(2) == 0,
        };
        using var engine = new ScriptedEngine(model, new EngineOptions { MaxQueue = 1000, SavedPrefixes = random.Next(3) * 2000 });
        var clients = Enumerable.Range(0, 8).Select(client => Converse(engine, new Random(100 * seed + client))).ToList();

        var compared = (await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60))).Sum();

        Assert.True(compared > 40, $"only {compared} answers were compared");
        Assert.Equal(0, engine.Engine.Statistics.Active);
        if (model.CanForgetParts)
            Assert.True(engine.Engine.Statistics.CachedTokens > 0);
    }

    /// <summary>Some conversations of some turns, the same beginnings and pictures coming up again and again; some turns are left early.</summary>
    private static async Task<int> Converse(ScriptedEngine engine, Random random)
    {
        var compared = 0;
        for (var chat = 0; chat < 4; chat++)
        {
            var prompt = engine.Prompt(new string[] { "", "a system message ", "another, longer system message that is shared by many chats " }[random.Next(3)]);
            for (var turn = 0; turn < 4; turn++)
            {
                prompt = Longer(prompt, engine.Prompt(Text(random)));
                if (prompt.Count >= engine.Model.SequenceLength)
                    break;
                var maxTokens = random.Next(1, 25);
                var leaveAfter = random.Next(4) == 0 ? random.Next(0, 8) : int.MaxValue;
                using var cancellation = new CancellationTokenSource();
                if (leaveAfter == 0)
                    cancellation.CancelAfter(random.Next(3));
                var answer = new List<int>();
                try
                {
                    await foreach (var token in engine.Engine.GenerateAsync(engine.Request(prompt, maxTokens), new GenerationReport(), cancellation.Token))
                    {
                        answer.Add(token);
                        if (answer.Count == leaveAfter)
                            break;
                    }
                }
                catch (OperationCanceledException) when (leaveAfter == 0)
                {
                    continue;
                }
                var expected = engine.Expected(prompt, maxTokens);
                Assert.Equal(leaveAfter == 0 ? expected : expected.Take(leaveAfter), answer);
                compared++;
                var reply = new PromptSequence();
                reply.Add(answer);
                prompt = Longer(prompt, reply);
            }
        }
        return compared;
    }

    private static string Text(Random random)
    {
        var text = new char[random.Next(1, 50)];
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)('a' + random.Next(3));
        return (random.Next(2) == 0 ? random.Next(3).ToString(System.Globalization.CultureInfo.InvariantCulture) : "") + new string(text);
    }

    private static PromptSequence Longer(PromptSequence start, PromptSequence rest)
    {
        var whole = new PromptSequence();
        foreach (var sequence in (PromptSequence[])[start, rest])
        {
            foreach (var part in sequence.Parts)
            {
                if (part is TokenPart text)
                    whole.Add(text.Tokens);
                else
                    whole.Add(((ImagePart)part).Image, part.Count, sequence.Keys[part.Start].Image);
            }
        }
        return whole;
    }
}
