using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Embeddings;

/// <summary>The models that turn texts and pictures into vectors, by name.</summary>
public interface IEmbeddingModels
{
    /// <summary>A generator over a model; the model is loaded at the first request.</summary>
    /// <remarks>
    /// Takes <see cref="TextContent"/> and pictures as <see cref="DataContent"/>; gives a vector of length 1 for each, in order, cut to
    /// <see cref="EmbeddingGenerationOptions.Dimensions"/> where given and scaled to length 1 again. Additional properties: <c>truncate</c> (false: a text
    /// that is too long is an error), <c>keep_alive</c> (a <see cref="TimeSpan"/>) and <c>num_ctx</c> (an <see cref="int"/>: the model is loaded again where it reads fewer tokens, up to
    /// what it was trained with). The result carries the usage and, as an additional property,
    /// the <see cref="AnswerTimings"/> under <see cref="AnswerTimings.Key"/>.
    /// </remarks>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ChatRequestException">The model makes no vectors.</exception>
    IEmbeddingGenerator<AIContent, Embedding<float>> GetEmbeddingGenerator(string name);
}
