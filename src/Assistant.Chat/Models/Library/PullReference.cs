namespace Assistant.Chat.Models.Library;

/// <summary>A model's name as a client asks to pull it: <c>name[:tag]</c>, <c>user/name[:tag]</c> or <c>hf.co/user/repository[:quantization]</c>.</summary>
/// <param name="IsHuggingFace">Whether it is a repository of Hugging Face.</param>
/// <param name="Owner">User or organisation; <c>library</c> where an Ollama name gives none.</param>
/// <param name="Repository">Name of the model or repository.</param>
/// <param name="Tag">Tag or quantization; null if none is given.</param>
internal sealed record PullReference(bool IsHuggingFace, string Owner, string Repository, string? Tag)
{
    private const int LongestPart = 128;

    private static readonly string[] huggingFaceHosts = ["hf.co", "huggingface.co"];

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="registryHost">Host of the configured registry, which may stand before a name.</param>
    /// <exception cref="PullException">It is none, or names another server.</exception>
    public static PullReference Parse(string name, string registryHost)
    {
        var text = name.Trim();
        text = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..] : text;
        var path = text;
        string? tag = null;
        if (text.LastIndexOf(':') is var colon and > 0 && colon > text.LastIndexOf('/'))
            (path, tag) = (text[..colon], text[(colon + 1)..]);
        var parts = path.Split('/');
        var host = parts.Length == 3 ? parts[0] : null;
        var huggingFace = host is not null && huggingFaceHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
        if (host is not null && !huggingFace && !host.Equals(registryHost, StringComparison.OrdinalIgnoreCase))
            throw new PullException($"models are pulled from hf.co and from {registryHost}; '{Shorten(host)}' is neither (Pull:OllamaRegistry in appsettings.json sets the registry)");
        var names = host is null ? parts : parts[1..];
        if (names.Length is < 1 or > 2 || !names.All(IsPart) || (tag is not null && !IsPart(tag)))
            throw new PullException($"'{Shorten(name)}' is no name of a model: name[:tag], user/name[:tag] or hf.co/user/repository[:quantization] was expected");
        return new PullReference(huggingFace, names.Length == 2 ? names[0] : "library", names[^1], tag);
    }

    /// <summary>The name under which the model is kept.</summary>
    public string LocalName
    {
        get
        {
            var path = IsHuggingFace ? $"hf.co/{Owner}/{Repository}" : Owner == "library" ? Repository : $"{Owner}/{Repository}";
            return ModelNames.WithoutTag(Tag is null ? path : $"{path}:{Tag}");
        }
    }

    /// <summary>Whether a text may be a part of a name: letters, digits, and dots, dashes and underscores between them.</summary>
    public static bool IsPart(string text) =>
        text.Length is > 0 and <= LongestPart && char.IsAsciiLetterOrDigit(text[0]) && !text.Contains("..", StringComparison.Ordinal)
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
