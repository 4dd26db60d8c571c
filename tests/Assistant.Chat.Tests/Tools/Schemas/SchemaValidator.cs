using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assistant.Chat.Tests.Tools.Schemas;

/// <summary>JSON schema as it is written down, for the keywords that become grammars; what the grammar narrows is narrow here, too.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    public bool IsValid(JsonNode? value) => IsValid(root, value);

    private bool IsValid(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue flag)
            return flag.GetValue<bool>();
        var rules = (JsonObject)schema!;
        if (rules["$ref"] is { } reference)
            return IsValid(Resolve(reference.GetValue<string>()), value);
        if (rules["anyOf"] is JsonArray any && !any.Any(part => IsValid(part, value)))
            return false;
        if (rules["allOf"] is JsonArray all && !all.All(part => IsValid(part, value)))
            return false;
        if (rules.ContainsKey("const") && !JsonNode.DeepEquals(rules["const"], value))
            return false;
        if (rules["enum"] is JsonArray values && !values.Any(other => JsonNode.DeepEquals(other, value)))
            return false;
        if (rules["type"] is { } type && !(type is JsonArray several ? several.Any(one => Is(one!.GetValue<string>(), value)) : Is(type.GetValue<string>(), value)))
            return false;
        return value switch
        {
            JsonObject members => Members(rules, members),
            JsonArray items => Items(rules, items),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => Text(rules, text.GetValue<string>()),
            JsonValue number when number.GetValueKind() == JsonValueKind.Number => Number(rules, number.GetValue<decimal>()),
            _ => true,
        };
    }

    private bool Members(JsonObject rules, JsonObject members)
    {
        var properties = rules["properties"] as JsonObject;
        if ((rules["required"] as JsonArray ?? []).Any(name => !members.ContainsKey(name!.GetValue<string>())))
            return false;
        var additional = rules.ContainsKey("additionalProperties") ? rules["additionalProperties"] : (JsonNode)(properties is null);
        return members.All(member => properties is not null && properties.TryGetPropertyValue(member.Key, out var schema)
            ? IsValid(schema, member.Value)
            : IsValid(additional, member.Value));
    }

    private bool Items(JsonObject rules, JsonArray items) =>
        items.Count >= ((int?)rules["minItems"] ?? 0) && items.Count <= ((int?)rules["maxItems"] ?? int.MaxValue)
        && (rules["items"] is null || items.All(item => IsValid(rules["items"], item)));

    private static bool Text(JsonObject rules, string text)
    {
        var length = text.EnumerateRunes().Count();
        return length >= ((int?)rules["minLength"] ?? 0) && length <= ((int?)rules["maxLength"] ?? int.MaxValue)
            && (rules["pattern"] is null || Regex.IsMatch(text, rules["pattern"]!.GetValue<string>(), RegexOptions.ECMAScript));
    }

    private static bool Number(JsonObject rules, decimal number) =>
        number >= ((decimal?)rules["minimum"] ?? decimal.MinValue) && number <= ((decimal?)rules["maximum"] ?? decimal.MaxValue)
        && (rules["exclusiveMinimum"] is not { } low || number > low.GetValue<decimal>()) && (rules["exclusiveMaximum"] is not { } high || number < high.GetValue<decimal>());

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        _ => value?.GetValueKind() == JsonValueKind.Number && value.GetValue<decimal>() is var number && number == Math.Floor(number),
    };

    private JsonNode? Resolve(string reference)
    {
        JsonNode? node = root;
        foreach (var step in reference.Split('/').Skip(1))
            node = node![step];
        return node;
    }
}
