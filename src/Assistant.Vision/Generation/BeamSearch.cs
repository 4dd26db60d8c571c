using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Generation;

/// <summary>Generation that follows the likeliest texts side by side.</summary>
/// <remarks>Reference: transformers <c>generate(do_sample=False, num_beams=n)</c>: which candidates finish, how scores are penalised and when a row stops are its rules.</remarks>
internal static class BeamSearch
{
    public static List<IReadOnlyList<GeneratedSequence>> Run(ITextDecoder decoder, GenerationOptions options, Action<GenerationStep>? onStep, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var beams = options.NumBeams;
        var rules = new ScoreRules(options);
        var rows = decoder.Prompt.Select(prompt => new BeamRow(prompt, options)).ToList();
        var (scores, vocabulary) = FirstScores(decoder, rows.Count, beams);
        for (var step = 0; ; step++)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (!rows[row].Done)
                    rows[row].Advance(scores.AsSpan(row * beams * vocabulary, beams * vocabulary), rules);
            }
            onStep?.Invoke(new GenerationStep(step, rows.Select(IReadOnlyList<long> (row) => row.Done ? [] : [.. row.Running[0].Tokens]).ToList()));
            if (rows.TrueForAll(row => row.Done))
                return rows.Select(IReadOnlyList<GeneratedSequence> (row) => row.Best(options.NumReturnSequences)).ToList();
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            decoder.Select(tensor(rows.SelectMany((row, index) => row.Running.Select(beam => (long)(index * beams + beam.Parent))).ToArray()));
            var tokens = tensor(rows.SelectMany(row => row.Running.Select(beam => beam.Tokens[^1])).ToArray());
            scores = TextGenerator.Floats(F.log_softmax(decoder.Read(tokens).to(ScalarType.Float32), -1)); // [rows × beams, vocab_size]
        }
    }

    /// <summary>The prompt is read once a row; then each row is copied for its beams.</summary>
    private static (float[] Scores, int Vocabulary) FirstScores(ITextDecoder decoder, int rows, int beams)
    {
        using var scope = NewDisposeScope();
        var repeated = tensor(Enumerable.Range(0, rows * beams).Select(beam => (long)(beam / beams)).ToArray());
        var logits = decoder.ReadPrompt(); // [rows, vocab_size]
        decoder.Select(repeated);
        return (TextGenerator.Floats(F.log_softmax(logits.to(ScalarType.Float32), -1).index_select(0, repeated)), (int)logits.shape[1]);
    }
}

/// <summary>A text that can grow.</summary>
/// <param name="Tokens">Its new tokens.</param>
/// <param name="Score">Sum of their log-probabilities.</param>
/// <param name="Parent">The beam that it continues.</param>
internal sealed record Beam(List<long> Tokens, float Score, int Parent);

/// <summary>The beams of one prompt, and its finished texts.</summary>
internal sealed class BeamRow
{
    /// <summary>What stands for minus infinity in the reference; finite, so that such sums stay ordered.</summary>
    private const float Impossible = -1e9f;

    private readonly IReadOnlyList<long> prompt;
    private readonly GenerationOptions options;
    private readonly int beams, room;
    private readonly List<GeneratedSequence> finished = []; // best first, at most as many as beams

    public BeamRow(IReadOnlyList<long> prompt, GenerationOptions options)
    {
        (this.prompt, this.options, beams, room) = (prompt, options, options.NumBeams, options.Room(prompt.Count));
        // All beams start with the same prompt: only the first may be continued, or all would be equal.
        Running = Enumerable.Range(0, beams).Select(beam => new Beam([], beam == 0 ? 0 : Impossible, beam)).ToList();
    }

    /// <summary>The texts that grow, likeliest first.</summary>
    public List<Beam> Running { get; private set; }

    /// <summary>Whether the row's result stands.</summary>
    public bool Done { get; private set; }

    /// <summary>The best texts.</summary>
    public IReadOnlyList<GeneratedSequence> Best(int count) => finished.Take(count).ToList();

    /// <summary>Adds a token to each beam.</summary>
    /// <param name="scores">Log-probabilities of the next token, [beams, vocab_size]; changed.</param>
    /// <param name="rules">Changes to them.</param>
    public void Advance(Span<float> scores, ScoreRules rules)
    {
        var vocabulary = scores.Length / beams;
        for (var beam = 0; beam < beams; beam++)
        {
            var own = scores.Slice(beam * vocabulary, vocabulary);
            rules.Apply(prompt, Running[beam].Tokens, own);
            foreach (ref var score in own)
                score += Running[beam].Score;
        }
        // Enough candidates that as many as there are beams go on even if every end token is among them.
        var keep = Math.Min(Math.Max(2, 1 + (options.EndTokens?.Count ?? 0)) * beams, scores.Length);
        var candidates = TopK(scores, keep).Select(index => (Parent: index / vocabulary, Token: (long)(index % vocabulary))).ToArray();
        var totals = new float[keep];
        var ends = new bool[keep];
        var length = Running[0].Tokens.Count + 1;
        for (var i = 0; i < keep; i++)
        {
            totals[i] = scores[candidates[i].Parent * vocabulary + (int)candidates[i].Token];
            ends[i] = length >= room || options.EndTokens?.Contains(candidates[i].Token) == true;
        }
        Finish(candidates, totals, ends, length);
        Continue(candidates, totals, ends);
        Done = ends.All(end => end) || AllBeamsFinished && (options.EarlyStopping == EarlyStopping.WhenEnoughFinished || !CanImprove(length));
    }

    private bool AllBeamsFinished => finished.Count == beams;

    /// <summary>Ended candidates join the finished texts, but only those among the first <c>beams</c>.</summary>
    private void Finish((int Parent, long Token)[] candidates, float[] totals, bool[] ends, int length)
    {
        for (var i = 0; i < Math.Min(beams, candidates.Length); i++)
        {
            if (ends[i])
                finished.Add(new GeneratedSequence([.. Running[candidates[i].Parent].Tokens, candidates[i].Token], totals[i] / Math.Pow(length, options.LengthPenalty)));
        }
        var best = finished.OrderByDescending(text => text.Score).Take(beams).ToList(); // stable: the earlier of equals stays first
        finished.Clear();
        finished.AddRange(best);
    }

    private void Continue((int Parent, long Token)[] candidates, float[] totals, bool[] ends)
    {
        Running = Enumerable.Range(0, candidates.Length)
            .Select(i => new Beam([.. Running[candidates[i].Parent].Tokens, candidates[i].Token], totals[i] + (ends[i] ? Impossible : 0), candidates[i].Parent))
            .OrderByDescending(beam => beam.Score).Take(beams).ToList();
    }

    /// <summary>Whether the best running beam can still beat the worst finished text.</summary>
    private bool CanImprove(int length)
    {
        var hypothetical = options.EarlyStopping == EarlyStopping.WhenImpossibleToImprove && options.LengthPenalty > 0 ? room : length;
        return Running[0].Score / Math.Pow(hypothetical, options.LengthPenalty) > finished[^1].Score;
    }

    /// <summary>Indices of the k highest values, highest first; of equals the first.</summary>
    private static int[] TopK(ReadOnlySpan<float> values, int k)
    {
        var best = new int[k];
        var count = 0;
        for (var index = 0; index < values.Length; index++)
        {
            var value = values[index];
            if (count == k && !(value > values[best[k - 1]]))
                continue;
            var place = count < k ? count++ : k - 1;
            for (; place > 0 && value > values[best[place - 1]]; place--)
                best[place] = best[place - 1];
            best[place] = index;
        }
        return best;
    }
}
