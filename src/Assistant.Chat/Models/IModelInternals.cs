using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models;

/// <summary>What a model's own files, vocabulary and template tell, for who looks into it rather than talks to it.</summary>
public interface IModelInternals
{
    /// <summary>The description with all of its metadata, long arrays such as the vocabulary included, read from the files anew; null if there is no such model.</summary>
    ModelDescription? FindWhole(string name);

    /// <summary>A text as tokens.</summary>
    /// <param name="name">A model that answers in this process; it is loaded if it is not there.</param>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">Whether the tokens that begin and end a text are added, as the model wants them.</param>
    /// <param name="parseSpecial">Whether spelt-out special tokens count as such.</param>
    /// <param name="cancellationToken">Stops waiting for the model.</param>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ChatRequestException">The model does not answer in this process.</exception>
    Task<IReadOnlyList<TokenPiece>> TokenizeAsync(string name, string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken);

    /// <summary>Tokens as text, special ones spelt out.</summary>
    /// <param name="name">As in <see cref="TokenizeAsync"/>.</param>
    /// <param name="tokens">Their ids.</param>
    /// <param name="cancellationToken">Stops waiting for the model.</param>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ChatRequestException">An id is no token, or the model does not answer in this process.</exception>
    Task<string> DetokenizeAsync(string name, IReadOnlyList<int> tokens, CancellationToken cancellationToken);

    /// <summary>The prompt that a conversation becomes; nothing is computed.</summary>
    /// <param name="name">As in <see cref="TokenizeAsync"/>.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">As for an answer.</param>
    /// <param name="cancellationToken">Stops waiting for the model.</param>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ChatRequestException">The conversation cannot be answered as it stands, or the model does not answer in this process.</exception>
    Task<RenderedPrompt> RenderAsync(string name, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken);
}

/// <summary>A token of a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">What it stands for; can be a part of a character.</param>
public sealed record TokenPiece(int Id, byte[] Bytes);

/// <summary>What a model would read.</summary>
/// <param name="Text">The prompt as the template writes it; <see cref="Picture"/> stands for a picture.</param>
/// <param name="Tokens">Positions that it takes, pictures included.</param>
/// <param name="Images">Pictures in it.</param>
public sealed record RenderedPrompt(string Text, int Tokens, int Images)
{
    /// <summary>Stands for a picture in <see cref="Text"/>.</summary>
    public const string Picture = "[img]";
}
