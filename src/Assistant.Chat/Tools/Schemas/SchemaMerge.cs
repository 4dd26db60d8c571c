using System.Text.Json.Nodes;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Joins two schemas that must both hold into one, keyword by keyword.</summary>
internal static class SchemaMerge
{
    /// <summary>A schema whose instances are those of both.</summary>
    /// <exception cref="JsonSchemaException">They cannot be joined keyword by keyword.</exception>
    public static JsonObject Merge(JsonObject a, JsonObject b, string path)
    {
        var merged = (JsonObject)a.DeepClone();
        foreach (var (key, value) in b)
        {
            if (SchemaKeywords.Annotations.Contains(key))
                continue;
            merged[key] = !a.TryGetPropertyValue(key, out var mine) || JsonNode.DeepEquals(mine, value) ? value?.DeepClone() : Merge(key, mine, value, path);
        }
        return merged;
    }

    private static JsonNode? Merge(string key, JsonNode? a, JsonNode? b, string path) => key switch
    {
        "type" => Types(a, b, path),
        "properties" => Properties((a as JsonObject)!, (b as JsonObject)!),
        "required" => new JsonArray([.. a!.AsArray().Concat(b!.AsArray()).Select(name => name!.GetValue<string>()).Distinct().Select(name => (JsonNode)name)]),
        "enum" => a!.AsArray().Where(value => b!.AsArray().Any(other => JsonNode.DeepEquals(value, other))).ToList() is { Count: > 0 } common
            ? new JsonArray([.. common.Select(value => value?.DeepClone())])
            : throw new JsonSchemaException(path, "'enum' is given twice with nothing in common"),
        "minimum" or "exclusiveMinimum" or "minLength" or "minItems" => Larger(a, b) ? a!.DeepClone() : b!.DeepClone(),
        "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" => Larger(a, b) ? b!.DeepClone() : a!.DeepClone(),
        "additionalProperties" or "items" => Both(a, b),
        "allOf" => new JsonArray([.. a!.AsArray().Concat(b!.AsArray()).Select(part => part?.DeepClone())]),
        "nullable" => a!.GetValue<bool>() && b!.GetValue<bool>(),
        _ => throw new JsonSchemaException(path, $"'{key}' is given twice, and the two cannot be joined"),
    };

    private static bool Larger(JsonNode? a, JsonNode? b) => a!.GetValue<decimal>() > b!.GetValue<decimal>();

    /// <summary>Joined when it is looked at: references may stand in it.</summary>
    private static JsonNode Both(JsonNode? a, JsonNode? b)
    {
        if (a is JsonValue mine && mine.TryGetValue<bool>(out var allowed))
            return allowed ? b!.DeepClone() : false;
        if (b is JsonValue other && other.TryGetValue(out allowed))
            return allowed ? a!.DeepClone() : false;
        return new JsonObject { ["allOf"] = new JsonArray(a!.DeepClone(), b!.DeepClone()) };
    }

    private static JsonObject Properties(JsonObject a, JsonObject b)
    {
        var merged = (JsonObject)a.DeepClone();
        foreach (var (name, schema) in b)
            merged[name] = a.TryGetPropertyValue(name, out var mine) ? Both(mine, schema) : schema?.DeepClone();
        return merged;
    }

    private static JsonNode Types(JsonNode? a, JsonNode? b, string path)
    {
        static IEnumerable<string> Names(JsonNode? types) => types is JsonArray several ? several.Select(type => type!.GetValue<string>()) : [types!.GetValue<string>()];
        var common = new List<string>();
        foreach (var type in Names(a))
        {
            foreach (var other in Names(b))
            {
                if (type == other)
                    common.Add(type);
                else if ((type, other) is ("integer", "number") or ("number", "integer"))
                    common.Add("integer");
            }
        }
        return common.Distinct().ToList() switch
        {
            [] => throw new JsonSchemaException(path, $"the types {a!.ToJsonString()} and {b!.ToJsonString()} have nothing in common"),
            [var only] => only,
            var several => new JsonArray([.. several.Select(type => (JsonNode)type)]),
        };
    }
}

/// <summary>The keywords of JSON schemas, by what becomes of them.</summary>
internal static class SchemaKeywords
{
    /// <summary>Say nothing about a value, or nothing that a grammar can check.</summary>
    public static readonly HashSet<string> Annotations =
    [
        "title", "description", "default", "example", "examples", "$schema", "$id", "id", "$comment", "$anchor", "$defs", "definitions", "deprecated",
        "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "discriminator", "uniqueItems", "strict",
    ];

    /// <summary>Become grammar.</summary>
    public static readonly HashSet<string> Supported =
    [
        "type", "nullable", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "additionalItems", "minItems", "maxItems",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "oneOf", "allOf", "$ref",
    ];
}
