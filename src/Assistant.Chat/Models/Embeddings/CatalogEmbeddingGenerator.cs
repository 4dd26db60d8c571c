using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>A model in memory that makes vectors.</summary>
internal abstract class EmbedderInMemory : ModelInMemory
{
    /// <summary>Vectors of length 1, in the order of the inputs.</summary>
    /// <param name="inputs">Texts, and pictures as data; at least one.</param>
    /// <param name="truncate">Whether a text that is too long is cut.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The vectors, and the tokens of all texts.</returns>
    /// <exception cref="ChatRequestException">An input is neither, cannot be read, or is too long.</exception>
    public abstract Task<(float[][] Vectors, int Tokens)> EmbedAsync(IReadOnlyList<AIContent> inputs, bool truncate, CancellationToken cancellationToken);
}

/// <summary>The vectors of a model of the catalog, which is brought into memory when it is needed.</summary>
internal sealed class CatalogEmbeddingGenerator(string name, Func<TimeSpan?, int?, CancellationToken, Task<ModelLease>> acquire) : IEmbeddingGenerator<AIContent, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata metadata = new("assistant", providerUri: null, defaultModelId: name);

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<AIContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        using var lease = await acquire(options?.AdditionalProperties?.GetValueOrDefault("keep_alive") as TimeSpan?, options?.AdditionalProperties?.GetValueOrDefault("num_ctx") as int?, cancellationToken).ConfigureAwait(false);
        var load = Stopwatch.GetElapsedTime(started);
        var truncate = options?.AdditionalProperties?.GetValueOrDefault("truncate") is not false;
        IReadOnlyList<AIContent> inputs = [.. values];
        var (vectors, tokens) = inputs.Count == 0 ? ([], 0) : await ((EmbedderInMemory)lease.Model).EmbedAsync(inputs, truncate, cancellationToken).ConfigureAwait(false);
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
