using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Writes the rules of one schema's instances.</summary>
internal sealed class SchemaRules
{
    private readonly GrammarRules grammar;
    private readonly JsonNode root;
    private readonly Dictionary<string, string> references = []; // pointer to rule
    private HashSet<string> open = []; // references followed since the last bracket: one that leads back to itself says nothing
    private int parts;

    private SchemaRules(GrammarRules grammar, JsonNode root) => (this.grammar, this.root) = (grammar, root);

    /// <summary>Adds a schema's rules to a grammar.</summary>
    /// <returns>The name of the rule, or a terminal, for its instances.</returns>
    /// <exception cref="JsonSchemaException">It cannot become a grammar.</exception>
    public static string Add(GrammarRules grammar, JsonElement schema)
    {
        var json = schema.GetRawText();
        if (json.Length > JsonSchemaGrammar.MaxLength)
            throw new JsonSchemaException("", $"it has {json.Length} characters, at most {JsonSchemaGrammar.MaxLength} are allowed");
        try
        {
            var root = JsonNode.Parse(json) ?? throw new JsonSchemaException("", "it is null");
            return new SchemaRules(grammar, root).Visit(root, "", 0);
        }
        catch (JsonException e)
        {
            throw new JsonSchemaException("", e.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new JsonSchemaException("", e.Message); // JsonNode's own: a key stands there twice, a value is of another kind
        }
    }

    private string Visit(JsonNode? node, string path, int depth)
    {
        if (depth > JsonSchemaGrammar.MaxDepth)
            throw new JsonSchemaException(path, $"it is nested more than {JsonSchemaGrammar.MaxDepth} deep");
        if (++parts > JsonSchemaGrammar.MaxParts)
            throw new JsonSchemaException(path, $"it has more than {JsonSchemaGrammar.MaxParts} parts");
        if (node is JsonValue value && value.TryGetValue<bool>(out var anything))
            return anything ? grammar.Value : throw new JsonSchemaException(path, "false allows no value");
        if (node is not JsonObject schema)
            throw new JsonSchemaException(path, $"a schema is an object or a boolean, not {node?.ToJsonString() ?? "null"}");
        SchemaCheck.Check(schema, path);

        if (schema["$ref"] is { } reference && Constraints(schema).All(key => key == "$ref"))
            return Follow(reference.GetValue<string>(), path, depth);
        schema = Flatten(schema, path, depth);
        var union = schema.ContainsKey("anyOf") ? "anyOf" : "oneOf";
        if (schema[union] is JsonArray alternatives)
        {
            var common = (JsonObject)schema.DeepClone();
            common.Remove(union);
            var alone = !Constraints(common).Any();
            return Choice("choice", alternatives.Select((alternative, i) =>
                Visit(alone || alternative is not JsonObject part ? alternative : new JsonObject { ["allOf"] = new JsonArray(common.DeepClone(), part.DeepClone()) }, $"{path}/{union}/{i}", depth + 1)));
        }
        if (schema.TryGetPropertyValue("const", out var constant))
            return GrammarRules.Literal(JsonSpelling.Of(constant));
        if (schema["enum"] is JsonArray values)
            return Enumeration(schema, values, path);
        var types = Types(schema);
        return types.Count == 1 ? OfType(types[0], schema, path, depth) : Choice("choice", types.Select(type => OfType(type, schema, path, depth)));
    }

    /// <summary>References and allOf joined into one schema.</summary>
    private JsonObject Flatten(JsonObject schema, string path, int depth)
    {
        if (depth > JsonSchemaGrammar.MaxDepth || ++parts > JsonSchemaGrammar.MaxParts)
            throw new JsonSchemaException(path, "its references or 'allOf' are nested too deep");
        SchemaCheck.Check(schema, path);
        if (!schema.ContainsKey("$ref") && !schema.ContainsKey("allOf"))
            return schema;
        var merged = (JsonObject)schema.DeepClone();
        merged.Remove("$ref");
        merged.Remove("allOf");
        if (schema["$ref"] is { } reference)
            merged = SchemaMerge.Merge(Flatten(AsObject(Resolve(reference.GetValue<string>(), path), path), path, depth + 1), merged, path);
        foreach (var (i, part) in (schema["allOf"] as JsonArray ?? []).Index())
        {
            if (part is not JsonValue || !part.GetValue<bool>())
                merged = SchemaMerge.Merge(Flatten(AsObject(part, $"{path}/allOf/{i}"), $"{path}/allOf/{i}", depth + 1), merged, path);
        }
        return merged;
    }

    private string Follow(string reference, string path, int depth)
    {
        if (!open.Add(reference))
            throw new JsonSchemaException(path, $"the reference '{reference}' leads back to itself without a value in between");
        try
        {
            if (references.TryGetValue(reference, out var known))
                return known;
            var target = Resolve(reference, path);
            var rule = references[reference] = grammar.Fresh("ref");
            grammar.Define(rule, Visit(target, reference.TrimStart('#'), depth + 1));
            return rule;
        }
        finally
        {
            open.Remove(reference);
        }
    }

    private JsonNode? Resolve(string reference, string path)
    {
        if (reference != "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
            throw new JsonSchemaException(path, $"the reference '{reference}' is not to a part of the schema itself (#/...)");
        var node = root;
        foreach (var step in reference.Split('/').Skip(1).Select(step => Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            node = node switch
            {
                JsonObject parent when parent.TryGetPropertyValue(step, out var child) => child,
                JsonArray items when int.TryParse(step, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < items.Count => items[index],
                _ => throw new JsonSchemaException(path, $"there is nothing at the reference '{reference}'"),
            };
        }
        return node;
    }

    private string OfType(string type, JsonObject schema, string path, int depth) => type switch
    {
        "object" => Object(schema, path, depth),
        "array" => Array(schema, path, depth),
        "string" => Text(schema, path),
        "integer" => Bounds(schema) is var (min, max) && min is null && max is null ? grammar.Integer : Numeric(NumberRules.Integers(min, max), path),
        "number" => Bounds(schema) is var (min, max) && min is null && max is null ? grammar.Number : Numeric(NumberRules.Numbers(min, max), path),
        "boolean" => grammar.Add("boolean", "\"true\" | \"false\""),
        "null" => "\"null\"",
        "any" => grammar.Value,
        _ => throw new JsonSchemaException(path, $"there is no type '{type}'; there are object, array, string, number, integer, boolean and null"),
    };

    private string Object(JsonObject schema, string path, int depth)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var required = (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).ToHashSet();
        var additional = schema.ContainsKey("additionalProperties") ? schema["additionalProperties"] : (JsonNode)(properties.Count == 0);
        if (properties.Count == 0 && required.Count == 0 && IsTrue(additional))
            return grammar.Object;
        if (properties.Select(property => property.Key).Concat(required).FirstOrDefault(name => name.Length > JsonSchemaGrammar.MaxNameLength) is { } longest)
            throw new JsonSchemaException(path, $"the name '{longest[..40]}…' has {longest.Length} characters, at most {JsonSchemaGrammar.MaxNameLength} are allowed");
        var outer = open;
        open = []; // a brace comes first
        var ws = grammar.WhiteSpace;
        string Member(string name, JsonNode? value, string at) => grammar.Add("member", $"{GrammarRules.Literal(JsonSpelling.Of(name) + ":")} {ws} {Visit(value, at, depth + 1)} {ws}");
        List<(string Member, bool Required)> members = [.. properties.Select(property => (Member(property.Key, property.Value, $"{path}/properties/{property.Key}"), required.Contains(property.Key)))];
        members.AddRange(required.Where(name => !properties.ContainsKey(name)).Select(name => (Member(name, true, path), true)));
        string? other = null;
        if (additional is not JsonValue || IsTrue(additional))
        {
            var key = members.Count == 0 ? grammar.Text : grammar.Add("key", StringRules.KeyOtherThan(grammar, properties.Select(property => property.Key).Concat(required)));
            other = grammar.Add("member", $"{key} \":\" {ws} {Visit(additional, path + "/additionalProperties", depth + 1)} {ws}");
        }
        open = outer;
        return grammar.Add("object", $"\"{{\" {ws} {Members(members, other)} \"}}\"".Replace("  ", " ", StringComparison.Ordinal));
    }

    /// <summary>Members in their order, commas between those that are there.</summary>
    private string Members(List<(string Member, bool Required)> members, string? other)
    {
        var comma = $"\",\" {grammar.WhiteSpace}";
        // What may follow once something has been written: grows from the end, each member after a comma of its own.
        var after = other is null ? "" : $"( {comma} {other} )*";
        var first = other is null ? "" : $"( {other} {after} )?";
        var optional = true; // nothing required from here on
        foreach (var (member, required) in Enumerable.Reverse(members))
        {
            var rest = after.Length == 0 ? "" : after.Length < 40 ? after : grammar.Add("rest", after);
            first = required ? $"{member} {rest}".TrimEnd()
                : first.Length == 0 ? $"( {member} )?"
                : $"( {member} {rest} | {grammar.Add("first", first)} )" + (optional && !first.EndsWith('?') ? "?" : "");
            optional &= !required;
            after = required ? $"{comma} {member} {rest}".TrimEnd() : $"( {comma} {member} )? {rest}".TrimEnd();
        }
        return first;
    }

    private string Array(JsonObject schema, string path, int depth)
    {
        var prefix = schema["prefixItems"] as JsonArray ?? schema["items"] as JsonArray ?? [];
        var items = schema["items"] is JsonArray ? schema["additionalItems"] ?? true : schema.ContainsKey("items") ? schema["items"] : (JsonNode)true;
        var min = Count(schema, "minItems", path) ?? prefix.Count;
        var max = Count(schema, "maxItems", path);
        if (min > max && schema.ContainsKey("minItems"))
            throw new JsonSchemaException(path, $"minItems is {min}, maxItems {max}");
        var outer = open;
        open = []; // a bracket comes first
        var ws = grammar.WhiteSpace;
        string rule;
        if (prefix.Count == 0)
        {
            rule = items is JsonValue none && !IsTrue(none)
                ? min == 0 ? $"\"[\" {ws} \"]\"" : throw new JsonSchemaException(path, "there are no items allowed, but some required")
                : grammar.Sequence("\"[\"", grammar.Add("item", $"{Visit(items, path + "/items", depth + 1)} {ws}"), "\"]\"", min, max);
        }
        else
        {
            // A tuple: its first items are all written, so that the others stand where they belong.
            if (max < prefix.Count)
                throw new JsonSchemaException(path, $"maxItems is {max}, but prefixItems names {prefix.Count}");
            var tuple = string.Join($"\",\" {ws} ", prefix.Select((item, i) => $"{Visit(item, $"{path}/prefixItems/{i}", depth + 1)} {ws} "));
            var more = items is JsonValue none && !IsTrue(none) || max == prefix.Count ? ""
                : GrammarRules.Repeat($"( \",\" {ws} {Visit(items, path + "/items", depth + 1)} {ws} )", Math.Max(0, min - prefix.Count), max - prefix.Count);
            rule = $"\"[\" {ws} {tuple}{more} \"]\"";
        }
        open = outer;
        return grammar.Add("array", rule);
    }

    private string Text(JsonObject schema, string path)
    {
        var (min, max) = (Count(schema, "minLength", path) ?? 0, Count(schema, "maxLength", path));
        if (min > max)
            throw new JsonSchemaException(path, $"minLength is {min}, maxLength {max}");
        var bounded = min > 0 || max is not null;
        if (schema["pattern"] is { } pattern)
        {
            return bounded ? throw new JsonSchemaException(path, "'pattern' cannot stand beside 'minLength' or 'maxLength'; a pattern can count itself: ^[a-z]{2,8}$")
                : grammar.Add("pattern", $"\"\\\"\" {new StringPattern(grammar, pattern.GetValue<string>(), path).Rule()} \"\\\"\"");
        }
        if (schema["format"] is { } format && StringRules.Format(format.GetValue<string>()) is { } known)
            return grammar.Add("format", $"\"\\\"\" {known} \"\\\"\"");
        return bounded ? grammar.Add("string", $"\"\\\"\" {GrammarRules.Repeat(grammar.Character, min, max)} \"\\\"\"") : grammar.Text;
    }

    private string Enumeration(JsonObject schema, JsonArray values, string path)
    {
        var types = schema.ContainsKey("type") ? Types(schema) : null;
        var fitting = values.Where(value => types is null || types.Exists(type => JsonSpelling.IsOfType(value, type))).Select(value => GrammarRules.Literal(JsonSpelling.Of(value))).Distinct().ToList();
        return fitting.Count == 0 ? throw new JsonSchemaException(path, "'enum' holds no value of the type") : Choice("enum", fitting);
    }

    private string Numeric(List<string> alternatives, string path) =>
        alternatives.Count == 0 ? throw new JsonSchemaException(path, "no number lies between its bounds") : Choice("number", alternatives);

    private string Choice(string hint, IEnumerable<string> alternatives)
    {
        var all = alternatives.Distinct().ToList();
        return all.Count == 1 && !all[0].Contains(' ', StringComparison.Ordinal) ? all[0] : grammar.Add(hint, string.Join(" | ", all));
    }

    /// <summary>The types that a schema names; without one, that which its keywords are for.</summary>
    private static List<string> Types(JsonObject schema)
    {
        List<string> types = schema["type"] switch
        {
            JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
            { } one => [one.GetValue<string>()],
            _ when Has("properties", "required", "additionalProperties") => ["object"],
            _ when Has("items", "prefixItems", "minItems", "maxItems") => ["array"],
            _ when Has("minLength", "maxLength", "pattern", "format") => ["string"],
            _ when Has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") => ["number"],
            _ => ["any"],
        };
        if (IsTrue(schema["nullable"]) && !types.Contains("any") && !types.Contains("null"))
            types.Add("null");
        return types;

        bool Has(params string[] keywords) => keywords.Any(schema.ContainsKey);
    }

    private static (NumberRules.Bound? Min, NumberRules.Bound? Max) Bounds(JsonObject schema) =>
        (Bound(schema, "minimum", "exclusiveMinimum", (a, b) => a >= b), Bound(schema, "maximum", "exclusiveMaximum", (a, b) => a <= b));

    private static NumberRules.Bound? Bound(JsonObject schema, string name, string exclusiveName, Func<decimal, decimal, bool> tighter)
    {
        var (inclusive, exclusive) = ((decimal?)schema[name], schema[exclusiveName]);
        if (exclusive is JsonValue flag && flag.TryGetValue<bool>(out var isExclusive)) // as draft 4 had it
            return inclusive is null ? null : new(inclusive.Value, isExclusive);
        if ((decimal?)exclusive is { } bound && (inclusive is null || tighter(bound, inclusive.Value)))
            return new(bound, true);
        return inclusive is null ? null : new(inclusive.Value, false);
    }

    private static int? Count(JsonObject schema, string keyword, string path) => (decimal?)schema[keyword] switch
    {
        null => null,
        var count when count < 0 || count > JsonSchemaGrammar.MaxCount || count != Math.Floor(count.Value) =>
            throw new JsonSchemaException(path, $"'{keyword}' is {schema[keyword]!.ToJsonString()}; an integer from 0 to {JsonSchemaGrammar.MaxCount} is possible"),
        var count => (int)count,
    };

    private static IEnumerable<string> Constraints(JsonObject schema) => schema.Select(pair => pair.Key).Where(key => !SchemaKeywords.Annotations.Contains(key));

    private static JsonObject AsObject(JsonNode? node, string path) => node as JsonObject ?? throw new JsonSchemaException(path, "only objects can be joined by references and 'allOf'");

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
