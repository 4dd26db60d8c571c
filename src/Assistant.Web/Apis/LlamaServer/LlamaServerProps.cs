using System.Globalization;
using System.Reflection;
using Assistant.Chat.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary><c>GET /props</c>: what a model is set to.</summary>
internal static class LlamaServerProps
{
    private static readonly string version = typeof(LlamaServerProps).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Of the model that the query names (<c>?model=</c>), or of the default one.</summary>
    public static JsonHttpResult<PropsAnswer> Get(HttpContext context, IChatModels models, string? model = null)
    {
        var description = models.Get(LlamaServerTexts.Name(model, models));
        var state = context.RequestServices.GetService<ILoadedModels>()?.Loaded().FirstOrDefault(loaded => string.Equals(loaded.Name, description.Name, StringComparison.OrdinalIgnoreCase));
        return TypedResults.Json(
            new PropsAnswer(
                new GenerationDefaults(state?.ContextLength ?? ContextLength(description), ToParameters(description)),
                state is { Slots: > 0 } ? state.Slots : null,
                // Where files lie is nobody's business.
                description.Name, description.Name, description.Template, new Modalities(description.Vision, Audio: false), RenderedPrompt.Picture, $"assistant-{version}", state is null),
            LlamaServerJson.Wire.PropsAnswer);
    }

    /// <summary>The context that the model would be loaded with.</summary>
    private static int ContextLength(ModelDescription model)
    {
        var configured = (int)(Number(model, "num_ctx") ?? new ModelOptions().ContextLength);
        return configured == 0 || (model.ContextLength > 0 && model.ContextLength < configured) ? model.ContextLength : configured;
    }

    private static DefaultParameters ToParameters(ModelDescription model)
    {
        var plain = new ModelSamplingOptions();
        float Of(string name, float otherwise) => (float)(Number(model, name) ?? otherwise);
        return new DefaultParameters(
            (int)(Number(model, "num_predict") ?? -1), (long)(Number(model, "seed") ?? -1), Of("temperature", plain.Temperature), (int)Of("top_k", plain.TopK), Of("top_p", plain.TopP),
            Of("min_p", plain.MinP), Of("typical_p", plain.TypicalP), (int)Of("repeat_last_n", plain.RepeatLastN), Of("repeat_penalty", plain.RepeatPenalty),
            Of("presence_penalty", plain.PresencePenalty), Of("frequency_penalty", plain.FrequencyPenalty),
            [.. model.Parameters.Where(parameter => parameter.Key == "stop").Select(parameter => (string)parameter.Value)]);
    }

    private static double? Number(ModelDescription model, string name) =>
        model.Parameters.FirstOrDefault(parameter => parameter.Key == name).Value is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
