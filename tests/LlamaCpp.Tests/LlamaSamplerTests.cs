using static LlamaCpp.Tests.LlamaContextTests;

namespace LlamaCpp.Tests;

public class LlamaSamplerTests
{
    private static readonly int[] Prompt = [1, .. Enumerable.Range(0, 15).Select(i => TinyModel.FirstWord + 4 * i)];
    private static int Yes => TinyModel.TokenOf("yes");

    [Fact]
    public void Greedy_TakesTheLargestLogit()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var sampler = new LlamaSampler(model, new() { Temperature = 0 });
        var logits = Feed(context, Prompt);

        Assert.Equal(Array.IndexOf(logits, logits.Max()), sampler.Sample(context, Prompt.Length - 1));
    }

    [Fact]
    public void Draws_AreTheSeeds()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        var logits = Feed(context, Prompt);

        int[] Draw(uint? seed)
        {
            using var sampler = new LlamaSampler(model, new() { Temperature = 2, Seed = seed });
            return [.. Enumerable.Range(0, 12).Select(_ => sampler.Sample(logits))];
        }
        Assert.Equal(Draw(42), Draw(42));
        Assert.NotEqual(Draw(42), Draw(43));
        Assert.NotEqual(Draw(null), Draw(null));
        Assert.Equal(Draw(uint.MaxValue), Draw(uint.MaxValue));
    }

    [Fact]
    public void Reset_RepeatsTheDraw()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var sampler = new LlamaSampler(model, new() { Temperature = 5, Seed = 1 });
        var logits = Enumerable.Range(0, model.Vocab.Count).Select(i => i % 7 * 1f).ToArray();

        int[] first = [.. Enumerable.Range(0, 6).Select(_ => sampler.Sample(logits))];
        sampler.Reset();

        Assert.Equal(first, Enumerable.Range(0, 6).Select(_ => sampler.Sample(logits)));
    }

    public static TheoryData<string, SamplingOptions> Filters => new()
    {
        { "top-k", new() { TopK = 3 } },
        { "top-p", new() { TopP = 0.99f } },
        { "min-p", new() { MinP = 0.05f } },
        { "typical-p", new() { TypicalP = 0.99f } },
        { "all", new() { TopK = 5, TopP = 0.99f, MinP = 0.02f, TypicalP = 0.999f, Temperature = 0.9f } },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void Filters_KeepOnlyLikelyTokens(string name, SamplingOptions options)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        (logits[10], logits[20], logits[30]) = (12, 11.5f, 11);

        using var sampler = new LlamaSampler(model, options with { Seed = 3 });
        var drawn = Enumerable.Range(0, 200).Select(_ => sampler.Sample(logits)).ToHashSet();

        Assert.True(drawn.IsSubsetOf([10, 20, 30]), $"{name} drew {string.Join(", ", drawn)}");
        Assert.True(drawn.Count > 1, name);
    }

    [Fact]
    public void Penalties_LookAtPromptAndAnswer()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        (logits[10], logits[20], logits[30]) = (5, 4.9f, 4.8f);
        using var repeat = new LlamaSampler(model, new() { Temperature = 0, RepeatPenalty = 1.5f });
        repeat.Observe(10);
        Assert.Equal([20, 30], [repeat.Sample(logits), repeat.Sample(logits)]);

        using var presence = new LlamaSampler(model, new() { Temperature = 0, PresencePenalty = 1 });
        Assert.Equal([10, 20, 30], [presence.Sample(logits), presence.Sample(logits), presence.Sample(logits)]);

        using var frequency = new LlamaSampler(model, new() { Temperature = 0, FrequencyPenalty = 0.15f });
        Assert.Equal([10, 20, 10], [frequency.Sample(logits), frequency.Sample(logits), frequency.Sample(logits)]);
    }

    [Theory]
    [InlineData(1, 6, 0, 8)] // a token said once, six times more, and once to see how sure the model is of it
    [InlineData(3, 6, 0, 12)]
    [InlineData(3, 6, 2, 14)]
    [InlineData(4, 6, 3, 19)] // at least three rounds
    [InlineData(4, 11, 1, 21)]
    public void LoopLimit_EndsALoopWhereTheModelIsLeastSureOfIt(int phrase, int limit, int end, int tokens)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var sampler = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = limit });
        var logits = new float[model.Vocab.Count];
        const int Other = 40;

        // A model that would say a phrase for ever, after a beginning of its own.
        var said = new List<int> { sampler.Sample(Favouring(50, 1)) };
        do
            said.Add(sampler.Sample(Favouring(10 + (said.Count - 1) % phrase, (said.Count - 1) % phrase == end ? 1.5f : 1)));
        while (said[^1] != Other && said.Count < 100);

        Assert.Equal([50, .. Enumerable.Range(0, tokens).Select(i => 10 + i % phrase), Other], said);

        float[] Favouring(int token, float other)
        {
            Array.Clear(logits);
            (logits[Other], logits[token]) = (other, 2);
            return logits;
        }
    }

    [Fact]
    public void LoopLimit_LeavesWhatIsSaidTwiceAndWhatIsPrescribed()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        logits[10] = 1;
        using var off = new LlamaSampler(model, new() { Temperature = 0 });
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(10, off.Sample(logits)));

        using var forced = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2, LogitBias = Enumerable.Range(0, model.Vocab.Count).Where(i => i != 10).ToDictionary(i => i, _ => float.NegativeInfinity) });
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(10, forced.Sample(logits)));

        // Twice the same phrase, however long, is no loop; nor is what stands in the prompt.
        using var twice = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2 });
        foreach (var token in Enumerable.Repeat(10, 20))
            twice.Observe(token);
        foreach (var token in Enumerable.Range(0, 40))
            twice.Accept(20 + token % 20);
        Array.Clear(logits);
        logits[20] = 1;
        Assert.Equal(20, twice.Sample(logits));

        using var anew = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2 });
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(20, anew.Sample(logits)));
        anew.Reset();
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(20, anew.Sample(logits)));
        Assert.NotEqual(20, anew.Sample(logits));
    }

    [Fact]
    public void LoopLimit_EndsAnAnswerThatLoopsAgain()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        (logits[10], logits[40]) = (2, 1);
        int[] Ten(SamplingOptions options)
        {
            using var sampler = new LlamaSampler(model, options with { Temperature = 0, LoopLimit = 2 });
            return [.. Enumerable.Range(0, 10).Select(_ => sampler.Sample(logits)).TakeWhile(token => !model.Vocab.IsEndOfGeneration(token))];
        }

        Assert.Equal([10, 10, 10, 10, 40, 10, 10, 10, 10], Ten(new()));
        // Who wants it to go on gets that.
        Assert.Equal([10, 10, 10, 10, 40, 10, 10, 10, 10, 40], Ten(new() { LogitBias = new Dictionary<int, float> { [TinyModel.End] = -5 } }));
    }

    [Fact]
    public void LoopLimit_YieldsToTheConstraint()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var (logits, yes) = (new float[model.Vocab.Count], TinyModel.TokenOf("yes"));
        logits[yes] = 1;
        int[] Five(LlamaSampler sampler) => [.. Enumerable.Range(0, 5).Select(_ => sampler.Sample(logits))];
        using var free = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2 }, new OneOf(model.Vocab, "yesyesyesyesyesyes", "yesyesyesyes!!"));
        var said = Five(free);
        Assert.Equal([yes, yes, yes, yes], said[..4]);
        Assert.NotEqual(yes, said[4]);

        using var bound = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2 }, new Only(yes));
        Assert.Equal([yes, yes, yes, yes, yes, yes, yes, yes, yes, yes], [.. Five(bound), .. Five(bound)]);
        Assert.False(bound.HasGivenUp);
    }

    [Fact]
    public void LoopLimit_GivesUpAnAnswerThatCannotEnd()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        (logits[10], logits[40]) = (2, 1);
        using var sampler = new LlamaSampler(model, new() { Temperature = 0, LoopLimit = 2 }, new Only(10, 40));
        var said = new List<int>();
        while (!sampler.HasGivenUp && said.Count < 100)
            said.Add(sampler.Sample(logits));

        Assert.Equal([10, 10, 10, 10, 40, 10, 10, 10, 10, 40, 10, 10, 10, 10, 40], said[..15]);
        Assert.InRange(said.Count, 16, 30);
        sampler.Reset();
        Assert.False(sampler.HasGivenUp);
    }

    [Fact]
    public void LogitBias_ForcesAndForbids()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        logits[10] = 5;
        using var force = new LlamaSampler(model, new() { LogitBias = new Dictionary<int, float> { [33] = 100 }, Seed = 1 });
        using var forbid = new LlamaSampler(model, new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [10] = float.NegativeInfinity } });
        using var none = new LlamaSampler(model, new() { LogitBias = Enumerable.Range(0, model.Vocab.Count).ToDictionary(i => i, _ => float.NegativeInfinity) });

        Assert.Equal(33, force.Sample(logits));
        Assert.NotEqual(10, forbid.Sample(logits));
        Assert.Contains("forbid every token", Assert.Throws<LlamaException>(() => none.Sample(logits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_ThatAreNoNumbers_AreAnException()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var sampler = new LlamaSampler(model);
        var logits = new float[model.Vocab.Count];
        logits[5] = float.NaN;

        Assert.Throws<LlamaException>(() => sampler.Sample(logits));
        Assert.Throws<ArgumentException>(() => sampler.Sample(new float[3]));
    }

    [Fact]
    public void Constraint_BindsTheAnswer()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        for (var seed = 0u; seed < 20; seed++)
        {
            using var sampler = new LlamaSampler(model, new() { Temperature = 3, Seed = seed }, new OneOf(model.Vocab, "yes!!", "no!!"));
            var text = new TokenTextDecoder(model.Vocab);
            context.Memory.Clear();
            Feed(context, Prompt);
            var (answer, index) = ("", Prompt.Length - 1);
            for (var at = Prompt.Length; ; at++)
            {
                var token = sampler.Sample(context, index);
                if (model.Vocab.IsEndOfGeneration(token))
                    break;
                answer += text.Decode(token);
                Feed(context, [token], at);
                index = 0;
            }
            Assert.Contains(answer, new[] { "yes!!", "no!!" });
        }
    }

    [Fact]
    public void Accept_RefusesATokenThatTheConstraintForbids()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var sampler = new LlamaSampler(model, constraint: new OneOf(model.Vocab, "yes"));

        Assert.False(sampler.Allows(TinyModel.TokenOf("no")));
        Assert.False(sampler.Allows(TinyModel.End));
        Assert.Throws<InvalidOperationException>(() => sampler.Accept(TinyModel.TokenOf("no")));
        Assert.Throws<InvalidOperationException>(() => sampler.Accept(TinyModel.End));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Accept(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Observe(int.MaxValue));
        sampler.Accept(Yes);
        Assert.False(sampler.Allows(Yes));
        sampler.Accept(TinyModel.End);
        sampler.Reset();
        Assert.True(sampler.Allows(Yes));
    }

    public static TheoryData<string, SamplingOptions> BadOptions => new()
    {
        { "Temperature", new() { Temperature = float.NaN } },
        { "Temperature", new() { Temperature = -1 } },
        { "TopK", new() { TopK = -1 } },
        { "TopP", new() { TopP = 0 } },
        { "MinP", new() { MinP = 1.5f } },
        { "TypicalP", new() { TypicalP = -1 } },
        { "RepeatPenalty", new() { RepeatPenalty = 0 } },
        { "RepeatLastN", new() { RepeatLastN = -1 } },
        { "LoopLimit", new() { LoopLimit = -1 } },
        { "FrequencyPenalty", new() { FrequencyPenalty = float.NaN } },
        { "PresencePenalty", new() { PresencePenalty = float.PositiveInfinity } },
        { "LogitBias", new() { LogitBias = new Dictionary<int, float> { [1] = float.NaN } } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_OutOfRange_AreNamed(string name, SamplingOptions options)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(() => new LlamaSampler(model, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logprobs_AreThoseOfTheLogitsAsTheyCame()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var logits = new float[model.Vocab.Count];
        Array.Fill(logits, float.NegativeInfinity);
        (logits[10], logits[20], logits[30]) = (0, MathF.Log(2), MathF.Log(5));
        using var sampler = new LlamaSampler(model, new() { Temperature = 0, TopLogprobs = 2, LogitBias = new Dictionary<int, float> { [10] = 50 } });

        Assert.Equal(10, sampler.Sample(logits));

        var known = sampler.Logprobs!;
        Assert.Equal(10, known.Drawn.Token);
        Assert.Equal(Math.Log(1 / 8.0), known.Drawn.Logprob, 1e-6);
        Assert.Equal([30, 20], known.Top.Select(token => token.Token));
        Assert.Equal(Math.Log(5 / 8.0), known.Top[0].Logprob, 1e-6);
        using var silent = new LlamaSampler(model, new() { Temperature = 0 });
        Assert.Equal(30, silent.Sample(logits));
        Assert.Null(silent.Logprobs);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LlamaSampler(model, new() { TopLogprobs = 21 }));
    }

    /// <summary>Allows what begins one of a few answers.</summary>
    private sealed class OneOf(LlamaVocab vocab, params string[] answers) : ITokenConstraint
    {
        private string written = "";

        public bool Allows(int token) => vocab.IsEndOfGeneration(token)
            ? answers.Contains(written)
            : vocab.Detokenize([token]) is { Length: > 0 } text && answers.Any(answer => answer.StartsWith(written + text, StringComparison.Ordinal));

        public ReadOnlySpan<ulong> Allowed()
        {
            var allowed = new ulong[(vocab.Count + 63) / 64];
            foreach (var token in Enumerable.Range(0, vocab.Count).Where(Allows))
                allowed[token >> 6] |= 1UL << (token & 63);
            return allowed;
        }

        public void Accept(int token) => written += vocab.Detokenize([token]);

        public void Reset() => written = "";
    }

    /// <summary>Nothing but these tokens, below 512.</summary>
    private sealed class Only(params int[] tokens) : ITokenConstraint
    {
        private readonly ulong[] allowed = [.. Enumerable.Range(0, 8).Select(word => tokens.Where(token => token / 64 == word).Aggregate(0UL, (bits, token) => bits | 1UL << (token % 64)))];

        public bool Allows(int token) => tokens.Contains(token);
        public ReadOnlySpan<ulong> Allowed() => allowed;
        public void Accept(int accepted) { }
        public void Reset() { }
    }
}
