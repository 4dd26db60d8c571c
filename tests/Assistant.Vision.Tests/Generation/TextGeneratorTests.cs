using Assistant.Vision.Generation;

namespace Assistant.Vision.Tests.Generation;

/// <summary>The rules of generation with a decoder of four tokens: 0 ends a text, 1 to 3 are words.</summary>
public class TextGeneratorTests
{
    private static readonly HashSet<long> End = [0];

    [Fact]
    public void Greedy_TakesTheLikeliest_AndEndsEachRowByItself()
    {
        using var decoder = new ScriptedDecoder(text => text[^1] switch { 1 => [0.1f, 0.1f, 0.7f, 0.1f], 2 => [0.9f, 0, 0, 0.1f], _ => [0.2f, 0.1f, 0.1f, 0.6f] }, [1], [3]);
        var texts = TextGenerator.Generate(decoder, new GenerationOptions { MaxNewTokens = 4, EndTokens = End });
        Assert.Equal([2, 0], texts[0][0].Tokens);
        Assert.Equal([3, 3, 3, 3], texts[1][0].Tokens);
        Assert.Equal((Math.Log(0.7) + Math.Log(0.9)) / 2, texts[0][0].Score, 1e-5);
    }

    [Fact]
    public void MaxLength_CountsThePrompt_AndMaxNewTokensGoesFirst()
    {
        Assert.Equal(2, Count(new GenerationOptions { MaxLength = 4 }));
        Assert.Equal(5, Count(new GenerationOptions { MaxLength = 4, MaxNewTokens = 5 }));

        static int Count(GenerationOptions options)
        {
            using var decoder = new ScriptedDecoder(_ => [0, 0.5f, 0.3f, 0.2f], [1, 2]);
            return TextGenerator.Generate(decoder, options)[0][0].Tokens.Count;
        }
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(0, 3)]
    public void MinLength_CountsThePrompt_AndMinNewTokensDoesNot(int minLength, int minNewTokens)
    {
        using var decoder = new ScriptedDecoder(_ => [0.9f, 0.1f, 0, 0], [1, 2]);
        var options = new GenerationOptions { MaxNewTokens = 9, MinLength = minLength, MinNewTokens = minNewTokens, EndTokens = End };
        Assert.Equal([1, 1, 1, 0], TextGenerator.Generate(decoder, options)[0][0].Tokens);
    }

    [Fact]
    public void RepetitionPenalty_TurnsAwayFromUsedTokens()
    {
        using var decoder = new ScriptedDecoder(_ => [0.01f, 0.5f, 0.4f, 0.09f], [3]);
        var options = new GenerationOptions { MaxNewTokens = 3, RepetitionPenalty = 2, EndTokens = End };
        // log 0.5 = -0.69 doubles to -1.39, below log 0.4 = -0.92; that one then doubles to -1.83.
        Assert.Equal([1, 2, 1], TextGenerator.Generate(decoder, options)[0][0].Tokens);
    }

    [Theory]
    [InlineData(1, new long[] { 2, 3 })]
    [InlineData(2, new long[] { 1, 2, 1, 3 })]
    public void NoRepeatNgram_ForbidsRunsSeenBefore_PromptIncluded(int size, long[] wanted)
    {
        using var decoder = new ScriptedDecoder(_ => [0, 0.5f, 0.4f, 0.1f], [1]);
        var options = new GenerationOptions { MaxNewTokens = wanted.Length, NoRepeatNgramSize = size, EndTokens = new HashSet<long>() };
        Assert.Equal(wanted, TextGenerator.Generate(decoder, options)[0][0].Tokens);
    }

    [Fact]
    public void Beams_FindATextThatGreedyMisses()
    {
        // Greedy goes to 1 (0.6), whose best continuation is 0.3; by way of 2 (0.4) the end is nearly certain.
        float[] After(IReadOnlyList<long> text) => text[^1] switch { 3 => [0, 0.6f, 0.4f, 0], 1 => [0.3f, 0.3f, 0.2f, 0.2f], _ => [0.95f, 0, 0, 0.05f] };
        using var greedy = new ScriptedDecoder(After, [3]);
        Assert.Equal([1, 0], TextGenerator.Generate(greedy, new GenerationOptions { MaxNewTokens = 2, EndTokens = End })[0][0].Tokens);
        using var decoder = new ScriptedDecoder(After, [3]);
        var best = TextGenerator.Generate(decoder, new GenerationOptions { NumBeams = 2, NumReturnSequences = 2, MaxNewTokens = 2, EndTokens = End })[0];
        Assert.Equal([2, 0], best[0].Tokens);
        Assert.Equal(Math.Log(0.4 * 0.95) / 2, best[0].Score, 1e-5);
        Assert.True(best[0].Score > best[1].Score);
    }

    [Theory]
    [InlineData(0.0, 1)] // the plain sum favours the short text
    [InlineData(2.0, 3)] // dividing by the squared length favours the long one
    public void LengthPenalty_DecidesBetweenShortAndLong(double penalty, int length)
    {
        using var decoder = new ScriptedDecoder(text => text.Count == 3 ? [1, 0, 0, 0] : [0.5f, 0.5f, 0, 0], [1]);
        var options = new GenerationOptions { NumBeams = 2, MaxNewTokens = 3, LengthPenalty = penalty, EndTokens = End };
        Assert.Equal(length, TextGenerator.Generate(decoder, options)[0][0].Tokens.Count);
    }

    [Fact]
    public void EarlyStopping_EndsWithEnoughTexts_OtherwiseTheBestIsSoughtOn()
    {
        // Two short texts are finished after two steps; with a length penalty of 2 the longest, nearly certain one beats them.
        float[] After(IReadOnlyList<long> text) => text.Count < 3 ? [0.4f, 0.6f, 0, 0] : [0.01f, 0.99f, 0, 0];
        var options = new GenerationOptions { NumBeams = 2, MaxNewTokens = 6, LengthPenalty = 2, EndTokens = End };
        using var early = new ScriptedDecoder(After, [1]);
        var hasty = TextGenerator.Generate(early, options with { EarlyStopping = EarlyStopping.WhenEnoughFinished })[0][0];
        using var patient = new ScriptedDecoder(After, [1]);
        var best = TextGenerator.Generate(patient, options with { EarlyStopping = EarlyStopping.WhenImpossibleToImprove })[0][0];
        Assert.True(early.Reads < patient.Reads);
        Assert.Equal(6, best.Tokens.Count);
        Assert.True(best.Score > hasty.Score);
    }

    [Fact]
    public void PromptsInABatch_DoNotDisturbEachOther()
    {
        static float[] After(IReadOnlyList<long> text) => text[^1] switch { 1 => [0.3f, 0.2f, 0.4f, 0.1f], 2 => [0.1f, 0.5f, 0.1f, 0.3f], _ => [0.05f, 0.25f, 0.4f, 0.3f] };
        var options = new GenerationOptions { NumBeams = 3, NumReturnSequences = 3, MaxNewTokens = 5, EndTokens = End };
        using var both = new ScriptedDecoder(After, [1], [3]);
        var together = TextGenerator.Generate(both, options);
        foreach (var (prompt, row) in new[] { (1L, 0), (3L, 1) })
        {
            using var alone = new ScriptedDecoder(After, [prompt]);
            var expected = TextGenerator.Generate(alone, options)[0];
            Assert.Equal(expected.Select(text => text.Tokens), together[row].Select(text => text.Tokens));
            Assert.Equal(expected.Select(text => text.Score), together[row].Select(text => text.Score));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EveryStep_IsReported_AndCanBeTheLast(int beams)
    {
        using var decoder = new ScriptedDecoder(_ => [0, 0.5f, 0.3f, 0.2f], [1]);
        using var stop = new CancellationTokenSource();
        var steps = new List<GenerationStep>();
        var options = new GenerationOptions { NumBeams = beams, MaxNewTokens = 9, EndTokens = End };
        Assert.Throws<OperationCanceledException>(() => TextGenerator.Generate(decoder, options, step =>
        {
            steps.Add(step);
            if (step.Index == 1)
                stop.Cancel();
        }, stop.Token));
        Assert.Equal([0, 1], steps.Select(step => step.Index));
        Assert.Equal([1L, 1L], steps[1].Sequences[0]);
    }

    [Fact]
    public void UnusableOptions_AreNamed()
    {
        Refused(new GenerationOptions { NumReturnSequences = 2 }, "NumReturnSequences 2 is more than NumBeams 1");
        Refused(new GenerationOptions { MaxLength = 2 }, "MaxLength 2 leaves no room after a prompt of 2 tokens");
        Refused(new GenerationOptions { RepetitionPenalty = 0 }, "RepetitionPenalty must be above 0");
        Refused(new GenerationOptions { NumBeams = 0 }, "NumBeams");

        static void Refused(GenerationOptions options, string message)
        {
            using var decoder = new ScriptedDecoder(_ => [1, 1, 1, 1], [1, 2]);
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => TextGenerator.Generate(decoder, options)).Message, StringComparison.Ordinal);
            Assert.Equal(0, decoder.Reads);
        }
    }

    [Fact]
    public void PromptsOfDifferentLength_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new CachedTextDecoder([[1, 2], [1]], (_, _) => throw new InvalidOperationException()));
        Assert.Contains("these hold 2, 1", error.Message, StringComparison.Ordinal);
    }
}
