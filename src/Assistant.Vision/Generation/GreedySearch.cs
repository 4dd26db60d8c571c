using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Generation;

/// <summary>Generation that takes the likeliest token at each step.</summary>
/// <remarks>Reference: transformers <c>generate(do_sample=False, num_beams=1)</c>.</remarks>
public static class GreedySearch
{
    /// <summary>Continues a prompt of embeddings.</summary>
    /// <param name="model">The decoder; switched to no mode: call eval() before.</param>
    /// <param name="inputs_embeds">The prompt, [batch, length, hidden_size], without padding.</param>
    /// <param name="maxNewTokens">At most so many steps.</param>
    /// <param name="endTokens">Tokens that end a row; they are part of the result.</param>
    /// <param name="onToken">Called at each step with the new token of each row; a row that has ended repeats its last.</param>
    /// <param name="cancellationToken">Checked at each step.</param>
    /// <returns>New tokens of each row, up to and with its end token.</returns>
    public static IReadOnlyList<IReadOnlyList<long>> Generate(
        CausalLanguageModel model, Tensor inputs_embeds, int maxNewTokens, IReadOnlySet<long>? endTokens = null,
        Action<IReadOnlyList<long>>? onToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var noGrad = no_grad();
        using var decoder = model.Start(inputs_embeds);
        var options = new GenerationOptions { MaxNewTokens = maxNewTokens, EndTokens = endTokens };
        Action<GenerationStep>? onStep = onToken is null ? null : step => onToken(step.Sequences.Select(row => row[^1]).ToList());
        return TextGenerator.Generate(decoder, options, onStep, cancellationToken).Select(row => row[0].Tokens).ToList();
    }

    internal static List<GeneratedSequence> Run(ITextDecoder decoder, GenerationOptions options, Action<GenerationStep>? onStep, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rules = new ScoreRules(options);
        var rows = decoder.Prompt.Select(_ => new List<long>()).ToList();
        var sums = new double[rows.Count];
        var ended = new bool[rows.Count];
        var room = options.Room(decoder.Prompt[0].Count);
        Tensor? next = null;
        for (var step = 0; step < room && !ended.All(end => end); step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var scores = TextGenerator.Floats(next is null ? decoder.ReadPrompt() : decoder.Read(next)); // [rows, vocab_size]
            next?.Dispose();
            var vocabulary = scores.Length / rows.Count;
            for (var row = 0; row < rows.Count; row++)
            {
                if (ended[row])
                    continue;
                var logits = scores.AsSpan(row * vocabulary, vocabulary);
                rules.Apply(decoder.Prompt[row], rows[row], logits);
                var token = IndexOfHighest(logits);
                sums[row] += LogProbability(logits, token);
                rows[row].Add(token);
                ended[row] = options.EndTokens?.Contains(token) == true;
            }
            onStep?.Invoke(new GenerationStep(step, rows.Select(IReadOnlyList<long> (row) => [.. row]).ToList()));
            next = tensor(rows.Select(row => row[^1]).ToArray()).MoveToOuterDisposeScope();
        }
        return rows.Select((row, index) => new GeneratedSequence(row, sums[index] / Math.Pow(row.Count, options.LengthPenalty))).ToList();
    }

    /// <summary>The first of the highest values.</summary>
    private static int IndexOfHighest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var index = 1; index < values.Length; index++)
        {
            if (values[index] > values[best])
                best = index;
        }
        return best;
    }

    private static double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        var highest = logits[token];
        var sum = 0.0;
        foreach (var logit in logits)
            sum += MathF.Exp(logit - highest);
        return -Math.Log(sum);
    }
}
