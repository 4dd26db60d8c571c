using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Looks whether a schema's keywords are known and have values of the right kind, before anything is made of them.</summary>
internal static class SchemaCheck
{
    // Beyond them, digits of a bound would have to be spelt out at a length that no model writes.
    private const decimal LargestBound = 1_000_000_000_000_000m;
    private const int MostDecimals = 6;

    /// <summary>Checks one level of a schema.</summary>
    /// <exception cref="JsonSchemaException">A keyword is unknown or has a value of the wrong kind.</exception>
    public static void Check(JsonObject schema, string path)
    {
        foreach (var (keyword, value) in schema)
        {
            if (SchemaKeywords.Annotations.Contains(keyword))
                continue;
            if (!SchemaKeywords.Supported.Contains(keyword))
                throw new JsonSchemaException(path, $"the keyword '{keyword}' cannot be expressed as a grammar");
            if (!IsRight(keyword, value))
                throw new JsonSchemaException(path, $"the value of '{keyword}' is of the wrong kind: {Shorten(value?.ToJsonString() ?? "null")}");
        }
        if (schema.ContainsKey("anyOf") && schema.ContainsKey("oneOf"))
            throw new JsonSchemaException(path, "'anyOf' and 'oneOf' cannot stand side by side");
    }

    private static bool IsRight(string keyword, JsonNode? value) => keyword switch
    {
        "const" => true,
        "type" => value is JsonArray { Count: > 0 } types ? types.All(IsText) : IsText(value),
        "$ref" or "pattern" or "format" => IsText(value),
        "nullable" => IsBoolean(value),
        "properties" => value is JsonObject,
        "required" => value is JsonArray names && names.All(IsText),
        "enum" or "anyOf" or "oneOf" or "allOf" => value is JsonArray { Count: > 0 },
        "prefixItems" => value is JsonArray,
        "items" => value is JsonArray or JsonObject || IsBoolean(value),
        "additionalProperties" or "additionalItems" => value is JsonObject || IsBoolean(value),
        "exclusiveMinimum" or "exclusiveMaximum" => IsBoolean(value) || IsBound(value),
        _ => IsBound(value),
    };

    private static bool IsText(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String;

    private static bool IsBoolean(JsonNode? value) => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False;

    private static bool IsBound(JsonNode? value) =>
        value is JsonValue number && number.GetValueKind() == JsonValueKind.Number && number.TryGetValue<decimal>(out var bound)
        && Math.Abs(bound) <= LargestBound && bound == Math.Round(bound, MostDecimals);

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
