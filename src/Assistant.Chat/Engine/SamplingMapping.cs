using System.Globalization;
using System.Text.Json;
using Assistant.Chat.Models;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>From a request's options, with a model's defaults, to the sampler's. Additional properties carry Ollama's names.</summary>
public static class SamplingMapping
{
    /// <summary>The sampler's options.</summary>
    /// <param name="options">The request's; null for none.</param>
    /// <param name="defaults">The model's.</param>
    /// <param name="contextLength">What a window of -1 means.</param>
    /// <exception cref="ChatRequestException">An additional property is no number.</exception>
    public static SamplingOptions ToSampling(ChatOptions? options, ModelSamplingOptions defaults, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        float Number(string name, float otherwise) => (float)(ReadNumber(options, name) ?? otherwise);
        var window = (int)Math.Clamp(ReadNumber(options, "repeat_last_n") ?? defaults.RepeatLastN, -1, int.MaxValue);
        var seed = options?.Seed ?? defaults.Seed;
        return new()
        {
            Temperature = options?.Temperature ?? defaults.Temperature,
            TopK = Math.Max(0, options?.TopK ?? defaults.TopK),
            // Both protocols allow 0, which keeps the likeliest token alone.
            TopP = (options?.TopP ?? defaults.TopP) is var topP && topP == 0 ? 1e-6f : topP,
            MinP = Number("min_p", defaults.MinP),
            TypicalP = Number("typical_p", defaults.TypicalP),
            RepeatPenalty = Number("repeat_penalty", defaults.RepeatPenalty),
            RepeatLastN = window < 0 ? contextLength : Math.Min(window, Math.Max(contextLength, 64)),
            FrequencyPenalty = options?.FrequencyPenalty ?? defaults.FrequencyPenalty,
            PresencePenalty = options?.PresencePenalty ?? defaults.PresencePenalty,
            LoopLimit = (int)Math.Clamp(ReadNumber(options, "loop_limit") ?? defaults.LoopLimit, -1, int.MaxValue),
            LogitBias = ReadLogitBias(options),
            TopLogprobs = ReadFlag(options, AnswerLogprobs.Key) || ReadNumber(options, "top_logprobs") > 0
                ? (int)Math.Clamp(ReadNumber(options, "top_logprobs") ?? 0, -1, 1000)
                : null,
            Seed = seed is null or -1 ? null : unchecked((uint)seed.Value),
        };
    }

    /// <summary>What to add to the logits of tokens: the additional property <c>logit_bias</c>, a JSON object or a dictionary from token ids to numbers.</summary>
    /// <exception cref="ChatRequestException">It is something else.</exception>
    public static IReadOnlyDictionary<int, float> ReadLogitBias(ChatOptions? options)
    {
        const string Name = "logit_bias";
        IEnumerable<(string Token, float Bias)> pairs = Read(options, Name) switch
        {
            null or JsonElement { ValueKind: JsonValueKind.Null } => [],
            JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject().Select(pair => (pair.Name, Number(pair.Value))),
            IReadOnlyDictionary<int, float> ids => ids.Select(pair => (pair.Key.ToString(CultureInfo.InvariantCulture), pair.Value)),
            IReadOnlyDictionary<string, double> names => names.Select(pair => (pair.Key, (float)pair.Value)),
            _ => throw Wrong(),
        };
        var biases = new Dictionary<int, float>();
        foreach (var (token, bias) in pairs)
        {
            if (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                throw new ChatRequestException($"The option '{Name}' names the token '{token}', which is not a token's number.");
            if (Math.Abs(bias) is not <= 100)
                throw new ChatRequestException($"The option '{Name}' gives token {id} {bias.ToString(CultureInfo.InvariantCulture)}; -100 to 100 are possible.");
            biases[id] = bias;
        }
        return biases;

        float Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetSingle() : throw Wrong();
        static ChatRequestException Wrong() => new($"The option '{Name}' must be an object from token numbers to numbers.");
    }

    /// <summary>Whether an additional property is set to true.</summary>
    public static bool ReadFlag(ChatOptions? options, string name, bool otherwise = false) => Read(options, name) switch
    {
        null => otherwise,
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        _ => throw new ChatRequestException($"The option '{name}' must be true or false."),
    };

    /// <summary>A number among the additional properties; null if it is not there.</summary>
    /// <exception cref="ChatRequestException">It is something else.</exception>
    public static double? ReadNumber(ChatOptions? options, string name) => Read(options, name) switch
    {
        null => null,
        JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        JsonElement { ValueKind: JsonValueKind.Null } => null,
        IConvertible value and not (string or bool or char or DateTime) => value.ToDouble(CultureInfo.InvariantCulture),
        _ => throw new ChatRequestException($"The option '{name}' must be a number."),
    };

    private static object? Read(ChatOptions? options, string name) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(name, out var value) ? value : null;
}
