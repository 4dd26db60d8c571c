using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Generation;

/// <summary>Generation that takes the likeliest token at each step.</summary>
/// <remarks>Reference: transformers <c>generate(do_sample=False, num_beams=1)</c>.</remarks>
public static class GreedySearch
{
    /// <summary>Continues a prompt.</summary>
    /// <param name="model">The decoder; switched to no mode: call eval() before.</param>
    /// <param name="inputs_embeds">The prompt, [batch, length, hidden_size], without padding.</param>
    /// <param name="maxNewTokens">At most so many steps.</param>
    /// <param name="endTokens">Tokens that end a row; they are part of the result.</param>
    /// <param name="onToken">Called at each step with the new token of each row.</param>
    /// <param name="cancellationToken">Checked at each step.</param>
    /// <returns>New tokens of each row, up to and with its end token.</returns>
    public static IReadOnlyList<IReadOnlyList<long>> Generate(
        CausalLanguageModel model, Tensor inputs_embeds, int maxNewTokens, IReadOnlySet<long>? endTokens = null,
        Action<IReadOnlyList<long>>? onToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNewTokens, 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var cache = new KeyValueCache();
        var rows = Enumerable.Range(0, (int)inputs_embeds.shape[0]).Select(_ => new List<long>()).ToList();
        var ended = new bool[rows.Count];
        var next = inputs_embeds;
        for (var step = 0; step < maxNewTokens && !ended.All(end => end); step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var hidden = model.LastHiddenState(next, cache: cache);
            var tokens = model.Logits(hidden.select(1, hidden.shape[1] - 1)).argmax(-1); // [batch]
            var ids = tokens.data<long>().ToArray();
            for (var row = 0; row < ids.Length; row++)
            {
                if (ended[row])
                    continue;
                rows[row].Add(ids[row]);
                ended[row] = endTokens?.Contains(ids[row]) == true;
            }
            onToken?.Invoke(ids);
            next = model.Embed(tokens.unsqueeze(1)).MoveToOuterDisposeScope();
        }
        return rows;
    }
}
