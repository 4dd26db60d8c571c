using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.Ollama;

/// <summary>Ollama's table of options: which there are, of which type, and where they go.</summary>
/// <remarks>Reference: ollama/ollama <c>api/types.go</c>, <c>Options</c>; <c>loop_limit</c> is our own. What <see cref="ChatOptions"/> has no property for keeps Ollama's name as an additional property.</remarks>
internal static class OllamaOptions
{
    private static readonly FrozenDictionary<string, Action<ChatOptions, string, JsonElement>> table = new Dictionary<string, Action<ChatOptions, string, JsonElement>>
    {
        ["temperature"] = (options, name, value) => options.Temperature = Float(name, value),
        ["top_p"] = (options, name, value) => options.TopP = Float(name, value),
        ["top_k"] = (options, name, value) => options.TopK = Integer(name, value),
        ["presence_penalty"] = (options, name, value) => options.PresencePenalty = Float(name, value),
        ["frequency_penalty"] = (options, name, value) => options.FrequencyPenalty = Float(name, value),
        // Zero and less: until the model stops.
        ["num_predict"] = (options, name, value) => options.MaxOutputTokens = Integer(name, value) is > 0 and var count ? count : null,
        // -1: random.
        ["seed"] = (options, name, value) => options.Seed = Long(name, value) is not -1 and var seed ? seed : null,
        ["stop"] = (options, name, value) => options.StopSequences = Strings(name, value),
        ["min_p"] = (options, name, value) => Add(options, name, Float(name, value)),
        ["typical_p"] = (options, name, value) => Add(options, name, Float(name, value)),
        ["repeat_penalty"] = (options, name, value) => Add(options, name, Float(name, value)),
        ["repeat_last_n"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["loop_limit"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["num_ctx"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["num_batch"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["num_keep"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["num_gpu"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["main_gpu"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["num_thread"] = (options, name, value) => Add(options, name, Integer(name, value)),
        ["use_mmap"] = (options, name, value) => Add(options, name, Boolean(name, value)),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets what a request sets; null values are ignored.</summary>
    /// <param name="values">The request's options.</param>
    /// <param name="options">Where they go.</param>
    /// <param name="unknown">Told of each option that there is none of.</param>
    /// <exception cref="ApiException">An option has the wrong type.</exception>
    public static void Apply(IEnumerable<KeyValuePair<string, JsonElement>> values, ChatOptions options, Action<string> unknown)
    {
        foreach (var (name, value) in values)
        {
            if (value.ValueKind == JsonValueKind.Null)
                continue;
            if (table.TryGetValue(name, out var set))
                set(options, name, value);
            else
                unknown(name);
        }
    }

    /// <summary>The context that a request's options ask for; null if they do not say.</summary>
    /// <exception cref="ApiException">An option has the wrong type.</exception>
    public static int? ContextLength(IEnumerable<KeyValuePair<string, JsonElement>>? values)
    {
        var options = new ChatOptions();
        Apply(values ?? [], options, unknown: _ => { });
        return options.AdditionalProperties?.GetValueOrDefault("num_ctx") as int?;
    }

    private static void Add(ChatOptions options, string name, object value) =>
        (options.AdditionalProperties ??= [])[name.ToLowerInvariant()] = value;

    private static float Float(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && (float)value.GetDouble() is var number && float.IsFinite(number) ? number : throw WrongType(name, "float32");

    private static int Integer(string name, JsonElement value) => (int)Math.Clamp(Long(name, value), int.MinValue, int.MaxValue);

    // Some clients write integers as 40.0: the fraction is cut off.
    private static long Long(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            throw WrongType(name, "integer");
        return value.TryGetInt64(out var integer) ? integer : (long)Math.Clamp(value.GetDouble(), long.MinValue, long.MaxValue);
    }

    private static bool Boolean(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw WrongType(name, "boolean");

    private static List<string> Strings(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw WrongType(name, "array of strings"),
    };

    private static ApiException WrongType(string name, string type) => ApiException.BadRequest($"option \"{name}\" must be of type {type}");
}
