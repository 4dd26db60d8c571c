using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models;

/// <summary>The models that can be talked to, by name.</summary>
/// <remarks>Names are case-insensitive; <c>name</c> means <c>name:latest</c>.</remarks>
public interface IChatModels
{
    /// <summary>The model used where a request names none.</summary>
    string DefaultModel { get; }

    /// <summary>Every configured model, the default one first; one whose files are missing or broken is listed with its <see cref="ModelDescription.Problem"/>.</summary>
    IReadOnlyList<ModelDescription> List();

    /// <summary>The description of a model, or null if there is none of this name.</summary>
    ModelDescription? Find(string name);

    /// <summary>A client that answers with this model; the model is loaded at the first request.</summary>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ChatRequestException">The model writes no answers: it is an embedder.</exception>
    IChatClient GetClient(string name);
}

/// <summary>What is known of a model without loading it.</summary>
public sealed record ModelDescription
{
    /// <summary>The name without tag, as configured.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of all its files.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of the text model's file, 64 hex digits.</summary>
    public string Digest { get; init; } = "";

    /// <summary>When the text model's file was written.</summary>
    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary><c>general.architecture</c> of the text model, such as <c>phi3</c>.</summary>
    public string Family { get; init; } = "";

    /// <summary>Number of parameters.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Name of the file's prevailing tensor type, such as <c>Q8_0</c>.</summary>
    public string Quantization { get; init; } = "";

    /// <summary>Context window that it was trained with, in tokens.</summary>
    public int ContextLength { get; init; }

    /// <summary>Width of a token embedding.</summary>
    public int EmbeddingLength { get; init; }

    /// <summary>Whether it writes answers.</summary>
    /// <value>The default is true.</value>
    public bool Completion { get; init; } = true;

    /// <summary>Whether it turns texts (and with <see cref="Vision"/> pictures) into vectors.</summary>
    public bool Embedding { get; init; }

    /// <summary>Where it came from if it was pulled or copied; null for a configured one.</summary>
    public string? Source { get; init; }

    /// <summary>The server that runs it; null for one in this process.</summary>
    public string? RemoteHost { get; init; }

    /// <summary>Whether it takes pictures (a projector is configured).</summary>
    public bool Vision { get; init; }

    /// <summary>Whether it can call tools (its template has a place for them).</summary>
    public bool Tools { get; init; }

    /// <summary>Whether it thinks before it answers.</summary>
    public bool Thinking { get; init; }

    /// <summary>Chat template: the file's text or the name of a built-in one.</summary>
    public string Template { get; init; } = "";

    /// <summary>System message used where a conversation has none.</summary>
    public string? System { get; init; }

    /// <summary>Messages that stand before those of every conversation.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>Terms under which it may be used; null where nobody says.</summary>
    public string? License { get; init; }

    /// <summary>What is set for requests that do not say, under Ollama's names; a name may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Parameters { get; init; } = [];

    /// <summary>GGUF metadata of the text model; long arrays are null.</summary>
    public IReadOnlyDictionary<string, object?> Metadata { get; init; } = new Dictionary<string, object?>();

    /// <summary>GGUF metadata of the projector file; null without one.</summary>
    public IReadOnlyDictionary<string, object?>? ProjectorMetadata { get; init; }

    /// <summary>Name, GGML type and shape of the text model's tensors.</summary>
    public IReadOnlyList<ModelTensor> Tensors { get; init; } = [];

    /// <summary>Why it cannot be used, in one sentence; null where it can.</summary>
    public string? Problem { get; init; }
}

/// <summary>A tensor of a model file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">GGML type, such as <c>F16</c>.</param>
/// <param name="Shape">Innermost dimension first, as GGUF stores it.</param>
public sealed record ModelTensor(string Name, string Type, IReadOnlyList<long> Shape);

/// <summary>A request names a model that is not configured.</summary>
public sealed class ModelNotFoundException : Exception
{
    /// <summary>Says which model was asked for and which there are.</summary>
    public ModelNotFoundException(string name, IEnumerable<string> available)
        : base($"model '{name}' not found; available: {string.Join(", ", available)}") => Name = name;

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }
}

/// <summary>A model is configured, but its files cannot be used: missing, truncated, of the wrong width, with damaged weights. The message is for the user.</summary>
public sealed class ModelLoadException : Exception
{
    /// <summary>Says what is wrong and with which file.</summary>
    public ModelLoadException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>A request that cannot be answered as it stands: a picture for a text-only model, a prompt that does not fit the context. The message is for the user.</summary>
public class ChatRequestException : Exception
{
    /// <summary>Says what was asked and what there is.</summary>
    public ChatRequestException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>A prompt that does not fit the context.</summary>
public sealed class ContextExceededException : ChatRequestException
{
    /// <summary>Says what was too long.</summary>
    /// <param name="message">For the user.</param>
    /// <param name="promptTokens">Positions of the prompt; null where it was too long to count.</param>
    /// <param name="contextLength">Positions that there are.</param>
    public ContextExceededException(string message, int? promptTokens, int contextLength) : base(message) => (PromptTokens, ContextLength) = (promptTokens, contextLength);

    /// <summary>Positions of the prompt; null where it was too long to count.</summary>
    public int? PromptTokens { get; }

    /// <summary>Positions that there are.</summary>
    public int ContextLength { get; }
}
