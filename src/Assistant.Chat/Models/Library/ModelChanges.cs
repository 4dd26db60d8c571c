using System.Text.Json.Nodes;

namespace Assistant.Chat.Models.Library;

/// <summary>What a model made from another one, or from files, has of its own. What is null stays as it is.</summary>
public sealed record ModelChanges
{
    /// <summary>The model to start from; null where <see cref="Files"/> are given.</summary>
    public string? From { get; init; }

    /// <summary>Digests of GGUF files that were sent before, by name: a text model, and a projector for pictures.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Digests of LoRA adapters that were sent before, by name.</summary>
    public IReadOnlyDictionary<string, string> Adapters { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of a built-in template, a template in Jinja, or a text by which one of them is recognised.</summary>
    public string? Template { get; init; }

    /// <summary>System message where a conversation has none.</summary>
    public string? System { get; init; }

    /// <summary>Messages that stand before those of every conversation; empty leaves them as they are.</summary>
    public IReadOnlyList<BaseMessageOptions> Messages { get; init; } = [];

    /// <summary>Terms under which the model may be used.</summary>
    public string? License { get; init; }

    /// <summary>Kind of smaller numbers that the text model is written with, such as <c>Q4_K_M</c>; null leaves it as it is.</summary>
    public string? Quantize { get; init; }

    /// <summary>Parameters under Ollama's names.</summary>
    public JsonObject? Parameters { get; init; }
}
