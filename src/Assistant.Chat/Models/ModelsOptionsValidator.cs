using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models;

/// <summary>Checks the configured models; all problems come in one message that names the keys. Files are looked at when they are needed.</summary>
public sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Check(options);
    }

    private static ValidateOptionsResult Check(ModelsOptions options)
    {
        var problems = new List<string>();
        if (options.Models.Count == 0)
            problems.Add("Models: at least one model must be configured");
        if (ByteSize.Parse(options.ModelMemoryLimit, ModelMemory.MachineMemory) is null)
            problems.Add($"ModelMemoryLimit: '{options.ModelMemoryLimit}' is no size such as 8GB, 6.5GiB or 50%");
        foreach (var (index, model) in options.Models.Index())
            Check(model, $"Models:{index}", problems);
        foreach (var twice in options.Models.GroupBy(model => model.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Key.Length > 0 && group.Count() > 1))
            problems.Add($"Models: the name '{twice.Key}' is given {twice.Count()} times");
        if (options.DefaultModel is { } chosen && !options.Models.Any(model => ModelNames.Equal(model.Name, chosen)))
            problems.Add($"DefaultModel: there is no model '{chosen}'; configured: {string.Join(", ", options.Models.Select(model => model.Name))}");
        else if (options.Models.FirstOrDefault(model => options.DefaultModel is not null && ModelNames.Equal(model.Name, options.DefaultModel)) is { Embedder: not null })
            problems.Add($"DefaultModel: '{options.DefaultModel}' writes no answers; it is an embedder");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(string.Join("; ", problems) + ".");
    }

    private static void Check(ModelOptions model, string key, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(model.Name))
            problems.Add($"{key}:Name: a name is missing");
        else if (model.Name.Contains(':', StringComparison.Ordinal))
            problems.Add($"{key}:Name: '{model.Name}' holds a colon; tags are not part of names");
        CheckKind(model, key, problems);
        if (model.Projector is { } projector && string.IsNullOrWhiteSpace(projector))
            problems.Add($"{key}:Projector: the path is empty; leave the key out for a model without pictures");
        foreach (var (index, adapter) in model.Adapters.Index())
        {
            if (string.IsNullOrWhiteSpace(adapter.Path))
                problems.Add($"{key}:Adapters:{index}:Path: the path of a GGUF file is missing");
            if (!float.IsFinite(adapter.Scale))
                problems.Add($"{key}:Adapters:{index}:Scale: {adapter.Scale} is not a finite number");
        }
        foreach (var (index, message) in model.Messages.Index())
        {
            if (message.Role is not ("system" or "user" or "assistant"))
                problems.Add($"{key}:Messages:{index}:Role: '{message.Role}' is not system, user or assistant");
            if (string.IsNullOrEmpty(message.Content))
                problems.Add($"{key}:Messages:{index}:Content: the text is missing");
        }
        if (model.Template is { } template && ChatTemplate.Find(template) is null && !ChatTemplate.IsJinja(template) && !ChatTemplate.IsFile(template))
            problems.Add($"{key}:Template: there is no template '{template}'; built in: {string.Join(", ", ChatTemplate.BuiltIn.Select(known => known.Name))}; a template in Jinja or a file that ends in .jinja is possible, too");
        if (model.ContextLength is not 0 and (< 32 or > 1 << 20))
            problems.Add($"{key}:ContextLength: {model.ContextLength} is not 0 or 32 to {1 << 20}");
        if (model.Slots is < 1 or > 64)
            problems.Add($"{key}:Slots: {model.Slots} is not 1 to 64");
        if (model.MaxQueue is < 0 or > 100_000)
            problems.Add($"{key}:MaxQueue: {model.MaxQueue} is not 0 to 100000");
        if (model.SavedPrefixes is not "0" && ByteSize.Parse(model.SavedPrefixes, ModelMemory.MachineMemory) is null)
            problems.Add($"{key}:SavedPrefixes: '{model.SavedPrefixes}' is not 0 or an amount of memory such as 512MiB or 5%");
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

    private static void CheckKind(ModelOptions model, string key, List<string> problems)
    {
        var kinds = new[] { (Key: "TextModel", Given: !string.IsNullOrWhiteSpace(model.TextModel)), (Key: "Embedder", Given: model.Embedder is not null), (Key: "Remote", Given: model.Remote is not null) };
        if (!kinds.Any(kind => kind.Given))
            problems.Add($"{key}:TextModel: the path of a GGUF file is missing (or Embedder, a folder, or Remote, a server)");
        else if (kinds.Count(kind => kind.Given) > 1)
            problems.Add($"{key}: {string.Join(" and ", kinds.Where(kind => kind.Given).Select(kind => kind.Key))} are given; one of them says what kind of model it is");
        if (model.Embedder is { } folder && string.IsNullOrWhiteSpace(folder))
            problems.Add($"{key}:Embedder: the path of a folder is empty");
        if (string.IsNullOrWhiteSpace(model.TextModel) && (model.Projector is not null || model.Adapters.Count > 0))
            problems.Add($"{key}: Projector and Adapters belong to a TextModel");
        if (model.Remote is not { } remote)
            return;
        if (!Uri.TryCreate(remote.Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            problems.Add($"{key}:Remote:Url: '{remote.Url}' is no address such as http://127.0.0.1:8080/v1");
        if (string.IsNullOrWhiteSpace(remote.Model))
            problems.Add($"{key}:Remote:Model: the model's name on that server is missing");
        if (remote.Timeout <= TimeSpan.Zero)
            problems.Add($"{key}:Remote:Timeout: {remote.Timeout} is not positive");
    }
}

/// <summary>How names of models compare: case-insensitive, and <c>name</c> means <c>name:latest</c>.</summary>
public static class ModelNames
{
    private const string DefaultTag = ":latest";

    /// <summary>Whether two names mean the same model.</summary>
    public static bool Equal(string a, string b) => string.Equals(WithoutTag(a), WithoutTag(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>A name as the configuration writes it: without <c>:latest</c>.</summary>
    public static string WithoutTag(string name) => name.EndsWith(DefaultTag, StringComparison.OrdinalIgnoreCase) ? name[..^DefaultTag.Length] : name;
}
