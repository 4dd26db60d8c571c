using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>A CLIP model in memory.</summary>
internal sealed class ClipRuntime(ClipFiles files, SemaphoreSlim compute) : EmbedderInMemory
{
    private readonly ClipEmbedder embedder = ClipEmbedder.Open(files.Folder);

    /// <inheritdoc/>
    public override int ContextLength => embedder.TextLength;

    /// <inheritdoc/>
    public override string Summary => $"CLIP, vectors of {embedder.Width} numbers, texts of {ContextLength} tokens";

    /// <inheritdoc/>
    public override void Dispose() => embedder.Dispose();

    /// <inheritdoc/>
    public override async Task<(float[][] Vectors, int Tokens)> EmbedAsync(IReadOnlyList<AIContent> inputs, bool truncate, CancellationToken cancellationToken)
    {
        var texts = new List<(int Index, string Text)>();
        var pictures = new List<(int Index, DataContent Data)>();
        var tokens = 0;
        foreach (var (index, input) in inputs.Index())
        {
            if (input is TextContent { Text: { } text })
            {
                var count = embedder.CountTokens(text);
                if (!truncate && count > embedder.TextLength)
                    throw new ChatRequestException($"the input length exceeds the context length: text {index + 1} has {count} tokens, '{files.Options.Name}' reads {embedder.TextLength}");
                tokens += Math.Min(count, embedder.TextLength);
                texts.Add((index, text));
            }
            else if (input is DataContent data)
                pictures.Add((index, data));
            else
                throw new ChatRequestException($"input {index + 1} is neither a text nor a picture");
        }

        var vectors = new float[inputs.Count][];
        await compute.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(
                () =>
                {
                    foreach (var ((index, _), vector) in texts.Zip(embedder.EmbedTexts([.. texts.Select(text => text.Text)], cancellationToken)))
                        vectors[index] = vector;
                    // One by one: decoded pictures are large.
                    foreach (var (index, data) in pictures)
                        vectors[index] = embedder.EmbedImage(Decode(data, index), cancellationToken);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            compute.Release();
        }
        return (vectors, tokens);
    }

    private static RgbImage Decode(DataContent data, int index)
    {
        try
        {
            return ImageDecoder.Decode(data.Data.Span);
        }
        catch (ImageDecodeException e)
        {
            throw new ChatRequestException($"input {index + 1}: {e.Message}", e);
        }
    }
}
