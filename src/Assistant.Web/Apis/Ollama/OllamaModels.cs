using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.Ollama;

/// <summary><c>/api/tags</c>, <c>/api/ps</c> and <c>/api/show</c>.</summary>
internal static class OllamaModels
{
    // Told in other fields; the template alone can be many kilobytes.
    private static readonly string[] toldElsewhere = ["general.name", "tokenizer.chat_template"];

    /// <summary>The configured models, those with a problem included: asking them says what it is.</summary>
    public static JsonHttpResult<OllamaModelList> List(IChatModels models) =>
        TypedResults.Json(new OllamaModelList([.. models.List().Select(ToModel)]), OllamaJson.Wire.OllamaModelList);

    /// <summary>The models in memory.</summary>
    public static JsonHttpResult<OllamaLoadedModelList> ListLoaded(HttpContext context, IChatModels models)
    {
        var state = context.RequestServices.GetService<ILoadedModels>();
        var loaded = state?.Loaded() ?? [];
        var list = loaded.Select(model => (State: model, Model: models.Find(model.Name))).Where(pair => pair.Model is not null);
        var loading = state?.Loading() is { Count: > 0 } coming ? coming.Select(model => new OllamaLoadingModel(model.Name, model.Progress)).ToList() : null;
        return TypedResults.Json(new OllamaLoadedModelList([.. list.Select(pair => ToLoadedModel(pair.Model!, pair.State))], loading), OllamaJson.Wire.OllamaLoadedModelList);
    }

    /// <summary>All that is known of a model.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, IChatModels models)
    {
        var request = await context.ReadJsonAsync(OllamaJson.Wire.OllamaShowRequest);
        var name = string.IsNullOrEmpty(request.Model) ? request.Name : request.Model;
        if (string.IsNullOrEmpty(name))
            throw ApiException.BadRequest("model is required");
        var model = models.Get(name);
        if (request.Verbose == true)
            model = context.RequestServices.GetService<IModelInternals>()?.FindWhole(name) ?? model;
        return TypedResults.Json(ToModelInfo(Override(model, request)), OllamaJson.Wire.OllamaModelInfo);
    }

    /// <summary>What the model would be with another system message and other parameters.</summary>
    private static ModelDescription Override(ModelDescription model, OllamaShowRequest request)
    {
        var options = request.Options ?? [];
        if (options.FirstOrDefault(option => option.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && option.Key != "stop") is { Key: { } odd })
            throw ApiException.BadRequest($"option \"{odd}\" must be a number, a text or true or false");
        return model with
        {
            System = request.System is { Length: > 0 } system ? system : model.System,
            Parameters =
            [
                .. model.Parameters.Where(parameter => !options.ContainsKey(parameter.Key)),
                .. options.SelectMany(option => option.Value.ValueKind == JsonValueKind.Array ? option.Value.EnumerateArray().Select(item => (option.Key, Value: item)) : [(option.Key, option.Value)])
                    .Where(option => option.Value.ValueKind != JsonValueKind.Null)
                    .Select(option => KeyValuePair.Create<string, object>(option.Key, option.Value.ValueKind == JsonValueKind.String ? option.Value.GetString()! : new Raw(option.Value.GetRawText()))),
            ],
        };
    }

    /// <summary>A value as the request spells it.</summary>
    private sealed record Raw(string Text)
    {
        public override string ToString() => Text;
    }

    /// <summary>A line of the list.</summary>
    public static OllamaModel ToModel(ModelDescription model) => new()
    {
        Name = model.FullName(),
        Model = model.FullName(),
        ModifiedAt = model.ModifiedAt.UtcDateTime,
        Size = model.Size,
        Digest = model.Digest,
        Details = ToDetails(model),
        Capabilities = ToCapabilities(model),
        RemoteHost = model.RemoteHost,
    };

    /// <summary>A line of the list of models in memory.</summary>
    public static OllamaLoadedModel ToLoadedModel(ModelDescription model, LoadedModel state) => new()
    {
        Name = model.FullName(),
        Model = model.FullName(),
        Size = state.Memory,
        Digest = model.Digest,
        Details = ToDetails(model),
        // Go has no "never", and clients compute with the time.
        ExpiresAt = state.ExpiresAt?.UtcDateTime ?? new DateTime(2318, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        SizeVram = state.GpuMemory,
        ContextLength = state.ContextLength,
    };

    /// <summary>The long form.</summary>
    public static OllamaModelInfo ToModelInfo(ModelDescription model) => new()
    {
        License = model.License,
        Modelfile = ToModelfile(model),
        Parameters = string.Join('\n', model.Parameters.Select(parameter => $"{parameter.Key,-30} {Spell(parameter.Value)}")),
        Template = model.Template,
        System = model.System,
        Details = ToDetails(model),
        Messages = model.Messages.Count == 0 ? null : [.. model.Messages.Select(message => new OllamaMessage { Role = message.Role.Value, Content = message.Text })],
        ModelInfo = ToModelMetadata(model).ToJson(),
        ProjectorInfo = model.ProjectorMetadata?.ToJson(),
        Tensors = [.. model.Tensors.Select(tensor => new OllamaTensor(tensor.Name, tensor.Type, tensor.Shape))],
        Capabilities = ToCapabilities(model),
        ModifiedAt = model.ModifiedAt.UtcDateTime,
    };

    /// <summary>A number of parameters as people say it, such as <c>3.8B</c>, <c>7B</c>, <c>12M</c>.</summary>
    public static string ToParameterSize(long count)
    {
        var (number, unit) = count switch
        {
            >= 1_000_000_000 => (count / 1e9, "B"),
            >= 1_000_000 => (count / 1e6, "M"),
            >= 1_000 => (count / 1e3, "K"),
            _ => (count, ""),
        };
        // Only billions tell models apart by a fraction.
        return number.ToString(unit == "B" ? "0.#" : "0", CultureInfo.InvariantCulture) + unit;
    }

    private static OllamaModelDetails ToDetails(ModelDescription model) => new()
    {
        Format = model.RemoteHost is not null ? "" : model.Completion ? "gguf" : "safetensors",
        Family = model.Family,
        // Clients older than the capabilities field look for "clip" to offer pictures.
        Families = [.. new[] { model.Family, model.Vision ? "clip" : "" }.Where(family => family.Length > 0).Distinct()],
        ParameterSize = model.ParameterCount > 0 ? ToParameterSize(model.ParameterCount) : "",
        QuantizationLevel = model.Quantization,
        ContextLength = model.ContextLength > 0 ? model.ContextLength : null,
        EmbeddingLength = model.EmbeddingLength > 0 ? model.EmbeddingLength : null,
    };

    private static List<string> ToCapabilities(ModelDescription model)
    {
        List<string> capabilities = model.Completion ? ["completion"] : [];
        if (model.Embedding)
            capabilities.Add("embedding");
        if (model.Tools)
            capabilities.Add("tools");
        if (model.Vision)
            capabilities.Add("vision");
        if (model.Thinking)
            capabilities.Add("thinking");
        return capabilities;
    }

    private static IEnumerable<KeyValuePair<string, object?>> ToModelMetadata(ModelDescription model)
    {
        var metadata = model.Metadata.Where(pair => !toldElsewhere.Contains(pair.Key));
        return model.ParameterCount > 0 && !model.Metadata.ContainsKey("general.parameter_count")
            ? metadata.Append(new("general.parameter_count", model.ParameterCount))
            : metadata;
    }

    private static string Spell(object value) => value is string text
        ? JsonSerializer.Serialize(text, OllamaJson.Wire.String)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string ToModelfile(ModelDescription model)
    {
        var text = new StringBuilder(model.Source is { Length: > 0 } source
                ? $"# From {source.ReplaceLineEndings(" ")}.\n"
                : "# Models are configured in appsettings.json; this is what the configuration amounts to.\n")
            .Append("FROM ").Append(model.FullName()).Append('\n');
        if (model.Template.Length > 0)
            text.Append("TEMPLATE \"\"\"").Append(model.Template).Append("\"\"\"\n");
        if (model.System is { Length: > 0 } system)
            text.Append("SYSTEM \"\"\"").Append(system).Append("\"\"\"\n");
        foreach (var message in model.Messages)
            text.Append("MESSAGE ").Append(message.Role.Value).Append(" \"\"\"").Append(message.Text).Append("\"\"\"\n");
        foreach (var (name, value) in model.Parameters)
            text.Append("PARAMETER ").Append(name).Append(' ').Append(Spell(value)).Append('\n');
        if (model.License is { Length: > 0 } license)
            text.Append("LICENSE \"\"\"").Append(license).Append("\"\"\"\n");
        return text.ToString();
    }
}
