using System.Diagnostics;
using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>A CLIP model in memory.</summary>
internal sealed class ClipRuntime(ClipFiles files, SemaphoreSlim compute) : ModelInMemory
{
    private readonly ClipEmbedder embedder = ClipEmbedder.Open(files.Folder);

    /// <inheritdoc/>
    public override int ContextLength => embedder.TextLength;

    /// <inheritdoc/>
    public override string Summary => $"CLIP, vectors of {embedder.Width} numbers, texts of {ContextLength} tokens";

    /// <inheritdoc/>
    public override void Dispose() => embedder.Dispose();

    /// <summary>Vectors of length 1 for texts and pictures, in their order.</summary>
    /// <param name="inputs">Texts, and pictures as data.</param>
    /// <param name="truncate">Whether a text that is too long is cut.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <exception cref="ChatRequestException">An input is neither, a picture cannot be read, or a text is too long.</exception>
    public async Task<(float[][] Vectors, int Tokens)> EmbedAsync(IReadOnlyList<AIContent> inputs, bool truncate, CancellationToken cancellationToken)
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

/// <summary>The vectors of a CLIP model, which is brought into memory when it is needed.</summary>
internal sealed class ClipEmbeddingGenerator(string name, Func<TimeSpan?, CancellationToken, Task<ModelLease>> acquire) : IEmbeddingGenerator<AIContent, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata metadata = new("clip", providerUri: null, defaultModelId: name);

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<AIContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        using var lease = await acquire(options?.AdditionalProperties?.GetValueOrDefault("keep_alive") as TimeSpan?, cancellationToken).ConfigureAwait(false);
        var load = Stopwatch.GetElapsedTime(started);
        var truncate = options?.AdditionalProperties?.GetValueOrDefault("truncate") is not false;
        IReadOnlyList<AIContent> inputs = [.. values];
        var (vectors, tokens) = inputs.Count == 0 ? ([], 0) : await ((ClipRuntime)lease.Model).EmbedAsync(inputs, truncate, cancellationToken).ConfigureAwait(false);
        var timings = new AnswerTimings { Total = Stopwatch.GetElapsedTime(started), Load = load, PromptTokens = tokens, Images = inputs.Count(input => input is DataContent) };
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(EmbeddingVector.Cut(vector, options?.Dimensions)) { ModelId = name }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
            AdditionalProperties = new() { [AnswerTimings.Key] = timings },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Nothing to free: the catalog keeps the model.</summary>
    public void Dispose()
    {
    }
}
