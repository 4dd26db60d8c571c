using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Scaled dot-product attention and the reshaping around it, shared by every transformer here.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762.</remarks>
public static class Attention
{
    /// <summary>[batch, length, heads * head_dim] to [batch, heads, length, head_dim].</summary>
    public static Tensor SplitHeads(Tensor x, long heads)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (x.shape[0], x.shape[1]);
        return x.view(batch, length, heads, -1).transpose(1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>[batch, heads, length, head_dim] to [batch, length, heads * head_dim].</summary>
    public static Tensor MergeHeads(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (x.shape[0], x.shape[2]);
        return x.transpose(1, 2).reshape(batch, length, -1).MoveToOuterDisposeScope();
    }

    /// <summary>softmax(q kᵀ / √head_dim + mask) v.</summary>
    /// <param name="query">[batch, heads, length, head_dim].</param>
    /// <param name="key">[batch, heads, keys, head_dim].</param>
    /// <param name="value">[batch, heads, keys, head_dim].</param>
    /// <param name="mask">Added to the scores, broadcast to [batch, heads, length, keys]: 0 where allowed, a large negative number where not.</param>
    /// <param name="dropout">Share of the attention weights to drop, in training.</param>
    /// <returns>[batch, heads, length, head_dim].</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask = null, double dropout = 0) =>
        F.scaled_dot_product_attention(query, key, value, attn_mask: mask, p: dropout);

    /// <summary>softmax(q kᵀ / √head_dim + mask).</summary>
    /// <param name="query">[batch, heads, length, head_dim].</param>
    /// <param name="key">[batch, heads, keys, head_dim].</param>
    /// <param name="mask">As of <see cref="Attend"/>.</param>
    /// <returns>[batch, heads, length, keys].</returns>
    public static Tensor Weights(Tensor query, Tensor key, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        var scale = 1 / Math.Sqrt(query.shape[^1]);
        var scores = matmul(query * scale, key.transpose(-2, -1)); // [batch, heads, length, keys]
        if (mask is not null)
            scores.add_(mask);
        return scores.softmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Attention whose weights somebody wants to know.</summary>
    /// <param name="query">[batch, heads, length, head_dim].</param>
    /// <param name="key">[batch, heads, keys, head_dim].</param>
    /// <param name="value">As the key.</param>
    /// <param name="mask">As of <see cref="Attend"/>.</param>
    /// <param name="attentions">Is given the weights, [batch, heads, length, keys], to dispose of.</param>
    /// <returns>[batch, heads, length, head_dim].</returns>
    internal static Tensor AttendWatched(Tensor query, Tensor key, Tensor value, Tensor? mask, IList<Tensor> attentions)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(query, key, mask);
        attentions.Add(weights.DetachFromDisposeScope());
        return matmul(weights, value).MoveToOuterDisposeScope();
    }

    /// <summary>Attention to an encoder's states, of which there is one row for several rows of queries: the beams of one picture share its keys and values.</summary>
    /// <param name="query">[batch × beams, heads, length, head_dim], the beams of a picture together.</param>
    /// <param name="key">[batch, heads, positions, head_dim].</param>
    /// <param name="value">As the key.</param>
    /// <param name="mask">Added to the scores, [batch, 1, 1, positions]; or null.</param>
    /// <param name="dropout">Share of the attention weights to drop, in training.</param>
    /// <returns>[batch × beams, heads, length, head_dim].</returns>
    /// <exception cref="ArgumentException">The rows are not a multiple of the batch.</exception>
    public static Tensor AttendSource(Tensor query, Tensor key, Tensor value, Tensor? mask = null, double dropout = 0)
    {
        var (rows, batch) = (query.shape[0], key.shape[0]);
        if (rows % batch != 0)
            throw new ArgumentException($"{rows} rows of queries cannot share the keys of {batch} encoded inputs.", nameof(query));
        if (rows == batch)
            return Attend(query, key, value, mask, dropout);
        using var scope = NewDisposeScope();
        var (beams, heads, length, width) = (rows / batch, query.shape[1], query.shape[2], query.shape[3]);
        var together = query.view(batch, beams, heads, length, width).transpose(1, 2).reshape(batch, heads, beams * length, width);
        var context = Attend(together, key, value, mask, dropout).view(batch, heads, beams, length, width);
        return context.transpose(1, 2).reshape(rows, heads, length, width).MoveToOuterDisposeScope();
    }

    /// <summary>The mask of an encoder: padding is not seen.</summary>
    /// <param name="attention_mask">[batch, keys], 0 where padding stands.</param>
    /// <param name="dtype">Type of the result.</param>
    /// <returns>[batch, 1, 1, keys], 0 or a number so low that softmax gives 0.</returns>
    public static Tensor PaddingMask(Tensor attention_mask, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var blocked = (attention_mask == 0).unsqueeze(1).unsqueeze(1);
        return zeros(blocked.shape, dtype: dtype).masked_fill(blocked, Lowest(dtype)).MoveToOuterDisposeScope();
    }

    // A finite lowest number, as transformers uses: a row that sees nothing becomes an average and not NaN.
    private static double Lowest(ScalarType dtype) => dtype switch
    {
        ScalarType.Float16 => -65504,
        ScalarType.BFloat16 => -3.3895313892515355e38, // the lowest float32 would round to minus infinity
        _ => float.MinValue,
    };

    /// <summary>The mask of a decoder: each position sees itself and what stands before it.</summary>
    /// <param name="length">New positions.</param>
    /// <param name="past">Positions before them, in the key/value cache.</param>
    /// <param name="window">How many positions back are seen, itself included; null for all.</param>
    /// <param name="attention_mask">[batch, past + length], 0 where padding stands; null where there is none.</param>
    /// <param name="dtype">Type of the result.</param>
    /// <returns>[1 or batch, 1, length, past + length], 0 or the type's lowest number.</returns>
    public static Tensor CausalMask(long length, long past, long? window, Tensor? attention_mask, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var query = arange(past, past + length).unsqueeze(1); // [length, 1]
        var key = arange(0, past + length).unsqueeze(0);      // [1, past + length]
        var blocked = key > query;
        if (window is { } width)
            blocked = blocked.logical_or(key <= query - width);
        blocked = blocked.unsqueeze(0).unsqueeze(0);
        if (attention_mask is not null)
            blocked = blocked.logical_or((attention_mask == 0).unsqueeze(1).unsqueeze(1));
        return zeros(blocked.shape, dtype: dtype).masked_fill(blocked, Lowest(dtype)).MoveToOuterDisposeScope();
    }
}
