using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models.Library;

/// <summary>Where models are pulled from: section "Pull" of appsettings.json.</summary>
public sealed class PullOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Pull";

    /// <summary>Registry with Ollama's protocol, for names such as <c>llava-phi3</c>.</summary>
    public string OllamaRegistry { get; set; } = "https://registry.ollama.ai";

    /// <summary>Server with Hugging Face's protocol, for names such as <c>hf.co/user/repository:quantization</c>.</summary>
    public string HuggingFace { get; set; } = "https://huggingface.co";

    /// <summary>Access token for repositories of Hugging Face that want one.</summary>
    /// <value>The default is null: none is sent.</value>
    public string? HuggingFaceToken { get; set; }

    /// <summary>Longest silence of a connection before it counts as lost.</summary>
    /// <value>The default is one minute.</value>
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a lost connection is made again without a byte having come in between.</summary>
    /// <value>The default is 5.</value>
    public int Retries { get; set; } = 5;

    /// <summary>Wait before the first of these attempts; doubled before each further one.</summary>
    /// <value>The default is one second.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks <see cref="PullOptions"/>.</summary>
public sealed class PullOptionsValidator : IValidateOptions<PullOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PullOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        foreach (var (key, address) in (ReadOnlySpan<(string, string)>)[(nameof(PullOptions.OllamaRegistry), options.OllamaRegistry), (nameof(PullOptions.HuggingFace), options.HuggingFace)])
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
                problems.Add($"{PullOptions.Section}:{key}: '{address}' is no address of a server such as https://example.org");
        }
        if (options.Silence <= TimeSpan.Zero)
            problems.Add($"{PullOptions.Section}:{nameof(PullOptions.Silence)}: {options.Silence} is not positive");
        if (options.Retries is < 0 or > 100)
            problems.Add($"{PullOptions.Section}:{nameof(PullOptions.Retries)}: {options.Retries} is not 0 to 100");
        if (options.RetryDelay < TimeSpan.Zero)
            problems.Add($"{PullOptions.Section}:{nameof(PullOptions.RetryDelay)}: {options.RetryDelay} is negative");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
