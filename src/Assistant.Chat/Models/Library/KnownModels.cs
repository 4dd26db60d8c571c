using System.Text.Json;

namespace Assistant.Chat.Models.Library;

/// <summary>A model of <c>models/catalog.json</c>: one that is bundled, or that can be pulled by a short name.</summary>
public sealed record KnownModel
{
    /// <summary>The name to pull it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it is and what it needs, in one sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name to pull, such as <c>hf.co/user/repository:quantization</c>, or <c>bundled</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Its files, where something is known of them.</summary>
    public IReadOnlyList<KnownFile> Files { get; init; } = [];

    /// <summary>Whether it comes with the program.</summary>
    public bool IsBundled => Source == "bundled";
}

/// <summary>A file of a known model. What is given is compared with what a server announces.</summary>
/// <param name="Name">Path below the program's folder if bundled, else the file's name at its source.</param>
/// <param name="Size">Bytes, if known.</param>
/// <param name="Sha256">64 hex digits, if known.</param>
public sealed record KnownFile(string Name, long? Size = null, string? Sha256 = null);

/// <summary>The known models.</summary>
public static class KnownModels
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a catalog; a missing file is an empty one.</summary>
    /// <exception cref="ModelLoadException">It cannot be read.</exception>
    public static IReadOnlyList<KnownModel> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Catalog>(File.ReadAllBytes(path), json)?.Models ?? [] : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"The list of known models, {path}, cannot be read: {e.Message}", e);
        }
    }

    private sealed record Catalog(IReadOnlyList<KnownModel> Models);
}
