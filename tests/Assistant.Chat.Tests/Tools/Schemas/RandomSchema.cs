using System.Text.Json.Nodes;

namespace Assistant.Chat.Tests.Tools.Schemas;

/// <summary>Draws schemas, and instances of them.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] names = ["a", "ab", "abc", "b", "name", "größe", "x y", "\"q\"", "ключ"];
    private static readonly (string Pattern, string[] Matches)[] patterns =
        [("^[a-z]{2,4}$", ["ab", "xyzz"]), ("^\\d{3}-\\d{2}$", ["123-45"]), ("^(foo|ba[rz])+$", ["foobaz", "bar"]), ("x", ["x", "axb"]), ("^a?\"b\\\\$", ["a\"b\\", "\"b\\"])];

    /// <summary>A schema with definitions beside it.</summary>
    public JsonObject Root()
    {
        var root = Schema(0);
        root["$defs"] = new JsonObject { ["tree"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["value"] = Schema(3), ["children"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/tree" } } },
            ["required"] = new JsonArray("value"),
        } };
        return root;
    }

    private JsonObject Schema(int depth) => random.Next(depth >= 3 ? 5 : 10) switch
    {
        0 => Text(),
        1 => Number("integer"),
        2 => Number("number"),
        3 => new() { ["enum"] = new JsonArray("red", "light \"blue\"", 3, null, true, new JsonArray(1, "a")) },
        4 => new() { ["type"] = new JsonArray("boolean", "null") },
        5 or 6 => Object(depth),
        7 => Array(depth),
        8 => new() { ["anyOf"] = new JsonArray(Schema(depth + 1), Schema(depth + 1)) },
        _ => new() { ["$ref"] = "#/$defs/tree" },
    };

    private JsonObject Text()
    {
        if (random.Next(3) == 0)
            return new() { ["type"] = "string", ["pattern"] = patterns[random.Next(patterns.Length)].Pattern };
        var schema = new JsonObject { ["type"] = "string" };
        var min = random.Next(4);
        if (random.Next(2) == 0)
            schema["minLength"] = min;
        if (random.Next(2) == 0)
            schema["maxLength"] = min + random.Next(6);
        return schema;
    }

    private JsonObject Number(string type)
    {
        var schema = new JsonObject { ["type"] = type };
        var scale = type == "integer" ? 1m : random.Next(3) switch { 0 => 1m, 1 => 0.1m, _ => 0.01m };
        var low = random.Next(-1200, 1200) * scale;
        if (random.Next(2) == 0)
            schema[random.Next(3) == 0 ? "exclusiveMinimum" : "minimum"] = low;
        if (random.Next(2) == 0)
            schema[random.Next(3) == 0 ? "exclusiveMaximum" : "maximum"] = low + random.Next(2, 2500) * scale;
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var chosen = names.OrderBy(_ => random.Next()).Take(random.Next(5)).ToList();
        var schema = new JsonObject { ["type"] = "object" };
        if (chosen.Count > 0)
            schema["properties"] = new JsonObject(chosen.Select(name => KeyValuePair.Create(name, (JsonNode?)Schema(depth + 1))));
        schema["required"] = new JsonArray([.. chosen.Where(_ => random.Next(2) == 0).Select(name => (JsonNode)name)]);
        if (random.Next(3) == 0)
            schema["additionalProperties"] = random.Next(2) == 0 ? random.Next(2) == 0 : Schema(depth + 1);
        return schema;
    }

    private JsonObject Array(int depth)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Schema(depth + 1) };
        var min = random.Next(3);
        if (random.Next(2) == 0)
            schema["minItems"] = min;
        if (random.Next(2) == 0)
            schema["maxItems"] = min + random.Next(3);
        return schema;
    }

    /// <summary>An instance, its properties in the schema's order.</summary>
    public JsonNode? Instance(JsonObject root) => Instance(root, root, 0);

    private JsonNode? Instance(JsonObject root, JsonObject schema, int depth)
    {
        if (schema["$ref"] is not null)
            return Instance(root, (JsonObject)root["$defs"]!["tree"]!, depth);
        if (schema["anyOf"] is JsonArray any)
            return Instance(root, (JsonObject)any[random.Next(any.Count)]!, depth);
        if (schema["enum"] is JsonArray values)
            return values[random.Next(values.Count)]?.DeepClone();
        if (schema["type"] is JsonArray)
            return random.Next(3) switch { 0 => null, 1 => true, _ => false };
        return schema["type"]!.GetValue<string>() switch
        {
            "string" when schema["pattern"] is { } pattern => Pick(patterns.First(known => known.Pattern == pattern.GetValue<string>()).Matches),
            "string" => Letters((int?)schema["minLength"] ?? 0, (int?)schema["maxLength"] ?? 9),
            "integer" => InRange(schema, 1),
            "number" => InRange(schema, random.Next(2) == 0 ? 0.01m : 0.001m),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next((int?)schema["minItems"] ?? 0, ((int?)schema["maxItems"] ?? (depth > 4 ? (int?)schema["minItems"] ?? 0 : 3)) + 1))
                .Select(_ => Instance(root, (JsonObject)schema["items"]!, depth + 1))]),
            _ => Members(root, schema, depth),
        };
    }

    private JsonObject Members(JsonObject root, JsonObject schema, int depth)
    {
        var required = ((JsonArray)(schema["required"] ?? new JsonArray())).Select(name => name!.GetValue<string>()).ToHashSet();
        var members = new JsonObject();
        foreach (var (name, value) in schema["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || (depth < 5 && random.Next(2) == 0))
                members[name] = Instance(root, (JsonObject)value!, depth + 1);
        }
        if (depth < 3 && schema["additionalProperties"] is JsonObject additional)
            members["abcd"] = Instance(root, additional, depth + 1);
        else if (depth < 3 && schema["additionalProperties"] is JsonValue allowed && allowed.GetValue<bool>())
            members["other"] = new JsonArray(1, "two", null);
        return members;
    }

    private decimal InRange(JsonObject schema, decimal step)
    {
        var low = (decimal?)schema["minimum"] ?? ((decimal?)schema["exclusiveMinimum"] + step) ?? Math.Min(-50, ((decimal?)(schema["maximum"] ?? schema["exclusiveMaximum"]) ?? 0) - 50);
        var high = (decimal?)schema["maximum"] ?? ((decimal?)schema["exclusiveMaximum"] - step) ?? low + 500;
        var steps = (int)Math.Min(100_000, Math.Floor((high - low) / step));
        return (low + random.Next(steps + 1) * step) / 1.000000000000000000000000000000m; // without trailing zeros
    }

    private string Letters(int min, int max) =>
        string.Concat(Enumerable.Range(0, random.Next(min, max + 1)).Select(_ => Pick(["a", "Z", " ", "\"", "\\", "é", "漢", "😀", "\n", "/", "7"])));

    private string Pick(string[] values) => values[random.Next(values.Length)];
}
