using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Models.Library;

/// <summary>The parameters of a Modelfile or manifest under Ollama's names; what has no place here is left out.</summary>
internal static class ModelParameters
{
    /// <summary>Sets what a JSON text says; one that is none sets nothing.</summary>
    public static void Apply(string json, ModelOptions options)
    {
        try
        {
            if (JsonNode.Parse(json) is JsonObject values)
                Apply(values, options);
        }
        catch (JsonException)
        {
            // A model without its parameters is better than none.
        }
    }

    /// <summary>Sets what an object says.</summary>
    public static void Apply(JsonObject values, ModelOptions options)
    {
        var sampling = options.Sampling;
        foreach (var (name, value) in values)
        {
            switch (name)
            {
                case "temperature" when Number(value) is >= 0 and var number: sampling.Temperature = (float)number; break;
                case "top_k" when Number(value) is >= 0 and < int.MaxValue and var number: sampling.TopK = (int)number; break;
                case "top_p" when Number(value) is > 0 and <= 1 and var number: sampling.TopP = (float)number; break;
                case "min_p" when Number(value) is >= 0 and <= 1 and var number: sampling.MinP = (float)number; break;
                case "typical_p" when Number(value) is > 0 and <= 1 and var number: sampling.TypicalP = (float)number; break;
                case "repeat_penalty" when Number(value) is > 0 and < 100 and var number: sampling.RepeatPenalty = (float)number; break;
                case "repeat_last_n" when Number(value) is >= -1 and < int.MaxValue and var number: sampling.RepeatLastN = (int)number; break;
                case "frequency_penalty" when Number(value) is >= -100 and <= 100 and var number: sampling.FrequencyPenalty = (float)number; break;
                case "presence_penalty" when Number(value) is >= -100 and <= 100 and var number: sampling.PresencePenalty = (float)number; break;
                case "loop_limit" when Number(value) is >= 0 and < int.MaxValue and var number: sampling.LoopLimit = (int)number; break;
                case "num_predict" when Number(value) is >= 1 and < int.MaxValue and var number: sampling.MaxOutputTokens = (int)number; break;
                case "num_ctx" when Number(value) is >= 32 and <= 1 << 20 and var number: options.ContextLength = (int)number; break;
                case "seed" when Number(value) is >= 0 and < long.MaxValue and var number: sampling.Seed = (long)number; break;
                case "stop":
                    options.Stop.Clear();
                    foreach (var stop in value is JsonArray list ? list.AsEnumerable() : [value])
                    {
                        if (stop is JsonValue text && text.TryGetValue<string>(out var spelling) && spelling.Length > 0)
                            options.Stop.Add(spelling);
                    }
                    break;
            }
        }
    }

    /// <summary>The reverse: what a model sets otherwise than the defaults.</summary>
    public static List<KeyValuePair<string, object>> Of(ModelOptions options)
    {
        var (sampling, plain) = (options.Sampling, new ModelOptions());
        var values = new List<KeyValuePair<string, object>>();
        void Add<T>(string name, T value, T otherwise)
        {
            if (value is not null && !Equals(value, otherwise))
                values.Add(new(name, value));
        }
        Add("temperature", sampling.Temperature, plain.Sampling.Temperature);
        Add("top_k", sampling.TopK, plain.Sampling.TopK);
        Add("top_p", sampling.TopP, plain.Sampling.TopP);
        Add("min_p", sampling.MinP, plain.Sampling.MinP);
        Add("typical_p", sampling.TypicalP, plain.Sampling.TypicalP);
        Add("repeat_penalty", sampling.RepeatPenalty, plain.Sampling.RepeatPenalty);
        Add("repeat_last_n", sampling.RepeatLastN, plain.Sampling.RepeatLastN);
        Add("frequency_penalty", sampling.FrequencyPenalty, plain.Sampling.FrequencyPenalty);
        Add("presence_penalty", sampling.PresencePenalty, plain.Sampling.PresencePenalty);
        Add("loop_limit", sampling.LoopLimit, plain.Sampling.LoopLimit);
        Add("num_predict", sampling.MaxOutputTokens, null);
        Add("num_ctx", options.ContextLength, plain.ContextLength);
        Add("seed", sampling.Seed, null);
        foreach (var stop in options.Stop)
            Add("stop", stop, null);
        return values;
    }

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is var number && double.IsFinite(number) ? number : null;
}
