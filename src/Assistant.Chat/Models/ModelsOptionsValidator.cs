using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models;

/// <summary>Checks the configured models; all problems come in one message that names the keys. Files are looked at when they are needed.</summary>
/// <param name="logger">Told of a change that is not taken over: nobody else hears of it, since it comes from a watched file. Null for nobody.</param>
public sealed class ModelsOptionsValidator(ILogger<ModelsOptionsValidator>? logger = null) : IValidateOptions<ModelsOptions>
{
    private volatile bool wasValid;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = Check(options);
        if (result.Failed && wasValid)
            logger?.LogError("The changed configuration of the models is not used: {Problems}", result.FailureMessage);
        wasValid |= result.Succeeded;
        return result;
    }

    private static ValidateOptionsResult Check(ModelsOptions options)
    {
        var problems = new List<string>();
        if (options.Models.Count == 0)
            problems.Add("Models: at least one model must be configured");
        foreach (var (index, model) in options.Models.Index())
            Check(model, $"Models:{index}", problems);
        foreach (var twice in options.Models.GroupBy(model => model.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Key.Length > 0 && group.Count() > 1))
            problems.Add($"Models: the name '{twice.Key}' is given {twice.Count()} times");
        if (options.DefaultModel is { } chosen && !options.Models.Any(model => ModelNames.Equal(model.Name, chosen)))
            problems.Add($"DefaultModel: there is no model '{chosen}'; configured: {string.Join(", ", options.Models.Select(model => model.Name))}");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(string.Join("; ", problems) + ".");
    }

    private static void Check(ModelOptions model, string key, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(model.Name))
            problems.Add($"{key}:Name: a name is missing");
        else if (model.Name.Contains(':', StringComparison.Ordinal))
            problems.Add($"{key}:Name: '{model.Name}' holds a colon; tags are not part of names");
        if (string.IsNullOrWhiteSpace(model.TextModel))
            problems.Add($"{key}:TextModel: the path of a GGUF file is missing");
        if (model.Projector is { } projector && string.IsNullOrWhiteSpace(projector))
            problems.Add($"{key}:Projector: the path is empty; leave the key out for a model without pictures");
        if (model.Template is { } template && ChatTemplate.Find(template) is null)
            problems.Add($"{key}:Template: there is no template '{template}'; built in: {string.Join(", ", ChatTemplate.BuiltIn.Select(known => known.Name))}");
        if (model.ContextLength is not 0 and (< 32 or > 1 << 20))
            problems.Add($"{key}:ContextLength: {model.ContextLength} is not 0 or 32 to {1 << 20}");
        if (model.Threads is < 0 or > 512)
            problems.Add($"{key}:Threads: {model.Threads} is not 0 to 512");
        if (model.KeepAlive < TimeSpan.Zero)
            problems.Add($"{key}:KeepAlive: {model.KeepAlive} is negative; leave the key out to keep the model for good");
        if (model.Stop.Any(string.IsNullOrEmpty))
            problems.Add($"{key}:Stop: a text is empty");
        if (model.Sampling.MaxOutputTokens < 1)
            problems.Add($"{key}:Sampling:MaxOutputTokens: {model.Sampling.MaxOutputTokens} is less than 1");
        try
        {
            SamplingMapping.ToSampling(null, model.Sampling, contextLength: 4096).Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            problems.Add($"{key}:Sampling:{e.ParamName}: {e.ActualValue} is out of range");
        }
    }
}

/// <summary>How names of models compare: case-insensitive, and <c>name</c> means <c>name:latest</c>.</summary>
internal static class ModelNames
{
    private const string DefaultTag = ":latest";

    public static bool Equal(string a, string b) => string.Equals(WithoutTag(a), WithoutTag(b), StringComparison.OrdinalIgnoreCase);

    public static string WithoutTag(string name) => name.EndsWith(DefaultTag, StringComparison.OrdinalIgnoreCase) ? name[..^DefaultTag.Length] : name;
}
