using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>A model in memory that turns texts into vectors.</summary>
internal sealed class TextEmbedderRuntime : EmbedderInMemory
{
    private readonly TextEmbedderFiles files;
    private readonly SemaphoreSlim compute;
    private readonly LlamaModel model;
    private readonly LlamaEmbedder embedder;

    public TextEmbedderRuntime(TextEmbedderFiles files, int contextLength, SemaphoreSlim compute, LlamaModelOptions options)
    {
        (this.files, this.compute) = (files, compute);
        model = LlamaModel.Load(files.Path, options);
        try
        {
            embedder = new LlamaEmbedder(model, contextLength, files.Options.Threads);
            // What is wrong with vocabulary or weights shows at the first text, whatever it is.
            if (Array.Exists(embedder.Embed(model.Vocab.Tokenize("a", addSpecial: true, parseSpecial: false)), value => !float.IsFinite(value)))
                throw new LlamaException("its vectors are not numbers; its weights are damaged.");
        }
        catch
        {
            embedder?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int ContextLength => embedder.ContextLength;

    /// <inheritdoc/>
    public override string Summary => $"{model.Description}, vectors of {embedder.Width} numbers, texts of {ContextLength} tokens";

    /// <inheritdoc/>
    public override void Dispose()
    {
        embedder.Dispose();
        model.Dispose();
    }

    /// <inheritdoc/>
    public override async Task<(float[][] Vectors, int Tokens)> EmbedAsync(IReadOnlyList<AIContent> inputs, bool truncate, CancellationToken cancellationToken)
    {
        var texts = new List<int[]>();
        foreach (var (index, input) in inputs.Index())
        {
            if (input is not TextContent { Text: { } text })
                throw new ChatRequestException($"The model '{files.Options.Name}' embeds texts; input {index + 1} is none. A CLIP folder embeds pictures, too.");
            var tokens = model.Vocab.Tokenize(text, addSpecial: true, parseSpecial: false);
            if (tokens.Length > ContextLength && !truncate)
                throw new ChatRequestException($"the input length exceeds the context length: text {index + 1} has {tokens.Length} tokens, '{files.Options.Name}' reads {ContextLength}");
            // The last one may be special, and what the model reads its answer from.
            texts.Add(tokens.Length > ContextLength ? [.. tokens[..(ContextLength - 1)], tokens[^1]] : tokens);
        }
        var vectors = new float[texts.Count][];
        await compute.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(
                () =>
                {
                    for (var i = 0; i < vectors.Length; i++)
                        vectors[i] = texts[i].Length == 0 ? throw new ChatRequestException($"text {i + 1} is empty") : EmbeddingVector.Unit(embedder.Embed(texts[i], cancellationToken));
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            compute.Release();
        }
        return (vectors, texts.Sum(tokens => tokens.Length));
    }
}
