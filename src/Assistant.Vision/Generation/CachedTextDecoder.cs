using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Generation;

/// <summary>A model's forward pass and its key/value cache as an <see cref="ITextDecoder"/>.</summary>
public sealed class CachedTextDecoder : ITextDecoder
{
    private readonly KeyValueCache cache = new();
    private readonly Func<KeyValueCache, Tensor> readPrompt;
    private readonly Func<Tensor, KeyValueCache, Tensor> read;

    /// <summary>A decoder whose prompts are tokens.</summary>
    /// <param name="prompt">Tokens of each row; as many in each, at least one.</param>
    /// <param name="read">Reads [rows, length] ids after what the cache holds, extends the cache and returns the logits at the last position, [rows, vocab_size].</param>
    /// <exception cref="ArgumentException">There is no prompt, or prompts differ in length.</exception>
    public CachedTextDecoder(IReadOnlyList<IReadOnlyList<long>> prompt, Func<Tensor, KeyValueCache, Tensor> read)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(read);
        if (prompt.Count == 0 || prompt[0].Count == 0 || prompt.Any(row => row.Count != prompt[0].Count))
            throw new ArgumentException($"Prompts must hold equally many tokens, at least one; these hold {string.Join(", ", prompt.Select(row => row.Count))}.", nameof(prompt));
        (Prompt, this.read) = (prompt, read);
        readPrompt = cache =>
        {
            using var ids = tensor(prompt.SelectMany(row => row).ToArray(), prompt.Count, prompt[0].Count);
            return read(ids, cache);
        };
    }

    /// <summary>A decoder whose prompts are embeddings, such as image features among words.</summary>
    /// <param name="rows">Number of prompts.</param>
    /// <param name="readPrompt">Reads the prompts, fills the cache and returns the logits at the last position, [rows, vocab_size].</param>
    /// <param name="read">Reads [rows, length] ids after what the cache holds, extends the cache and returns the logits at the last position, [rows, vocab_size].</param>
    public CachedTextDecoder(int rows, Func<KeyValueCache, Tensor> readPrompt, Func<Tensor, KeyValueCache, Tensor> read)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Prompt = Enumerable.Repeat<IReadOnlyList<long>>([], rows).ToList();
        (this.readPrompt, this.read) = (readPrompt, read);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<long>> Prompt { get; }

    /// <inheritdoc/>
    public Tensor ReadPrompt() => readPrompt(cache);

    /// <inheritdoc/>
    public Tensor Read(Tensor tokens)
    {
        using var ids = tokens.unsqueeze(1); // [rows, 1]
        return read(ids, cache);
    }

    /// <inheritdoc/>
    public void Select(Tensor rows) => cache.Reorder(rows);

    /// <summary>Releases the cache.</summary>
    public void Dispose() => cache.Dispose();
}
