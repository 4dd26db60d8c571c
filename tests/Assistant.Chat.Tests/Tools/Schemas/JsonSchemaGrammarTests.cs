using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Grammars;
using Assistant.Chat.Tests.Grammars;
using Assistant.Chat.Tools.Schemas;
using LlamaCpp;

namespace Assistant.Chat.Tests.Tools.Schemas;

public class JsonSchemaGrammarTests
{
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["b"]}""",
        """{"a":1,"b":"x"} | {"b":"x"} | {"b": "x"}""", """{} | {"a":1} | {"b":"x","a":1} | {"b":"x","c":1} | {"a":1.5,"b":"x"} | {"b":"x",}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}}}""",
        """{} | {"a":null} | {"c":null} | {"a":null,"c":null} | {"a":null,"b":null,"c":null}""", """{"c":null,"a":null} | {"a":null "c":null} | {,"a":null}""")]
    [InlineData("""{"properties":{"ab":{"const":1}},"additionalProperties":{"type":"integer"}}""",
        """{} | {"ab":1} | {"ab":1,"a":7} | {"abc":7,"b":8} | {"":7} | {"é":7}""", """{"ab":2} | {"a":"x"} | {"a":1,"ab":2}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{} | {"x":true} | {"x":true,"y":false}""", """{"x":1} | []""")]
    [InlineData("""{"type":"object","required":["k"]}""", """{"k":1} | {"k":{"x":[]}}""", """{} | {"l":1}""")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}""", "[1] | [1,2] | [1, 2, 3]", "[] | [1,2,3,4] | [true] | [1,]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}""", """["a",1]""", """["a"] | ["a",1,2] | [1,"a"]""")]
    [InlineData("""{"enum":["red","light \"blue\"",5,null,[1,2]]}""", """ "red" | "light \"blue\"" | 5 | null | [1,2]""", """ "blue" | 6 | [1]""")]
    [InlineData("""{"type":["string","null"],"maxLength":2}""", """ "" | "ab" | "é漢" | null | "\n\u0041" """, """ "abc" | 1""")]
    [InlineData("""{"type":"string","nullable":true,"minLength":1}""", """ "a" | null""", "\"\"")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}]}""", """1 | {"x":1}""", """ "1" | {} """)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""",
        """{"a":1} | {"b":1} | {"a":1,"b":2}""", "{}")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"string"}}}]}""",
        """{"a":1,"b":"x"} | {"b":"x","a":1}""", """{"b":"x"} | {"a":"x"}""", true)]
    [InlineData("""{"$defs":{"node":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/node"}""",
        """{"next":null} | {"next":{"next":{"next":null}}}""", """{"next":1} | null""")]
    [InlineData("""{"type":"object","properties":{"child":{"$ref":"#"}}}""", """{} | {"child":{"child":{}}}""", """{"child":1}""")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":120}""", "-5 | -1 | 0 | 9 | 10 | 99 | 100 | 119 | 120", "-6 | -10 | 121 | 130 | 1.5 | 200 | 05 | 1000")]
    [InlineData("""{"type":"integer","minimum":18}""", "18 | 19 | 20 | 99 | 100 | 123456", "17 | 0 | -18 | 9 | 018")]
    [InlineData("""{"type":"integer","exclusiveMaximum":0}""", "-1 | -99999", "0 | 1")]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "0 | 0.25 | 1 | 1.0 | 0.999999", "1.1 | -0.1 | 2 | 10")]
    [InlineData("""{"type":"number","minimum":0.25,"exclusiveMaximum":0.75}""", "0.25 | 0.3 | 0.5 | 0.7 | 0.749", "0.2 | 0.24 | 0.75 | 0.8 | 1 | 0")]
    [InlineData("""{"type":"number","exclusiveMinimum":2}""", "2.1 | 3 | 2.001 | 100.5", "2 | 2.0 | 1.9 | -3")]
    [InlineData("""{"type":"string","pattern":"^(\\+?\\d{1,3}|[A-F]x)$"}""", """ "+49" | "7" | "Ax" """, """ "+" | "1234" | "Gx" | "x7" """)]
    [InlineData("""{"type":"string","pattern":"b+"}""", """ "b" | "abba" """, """ "" | "ac" """)]
    [InlineData("""{"type":"string","format":"date"}""", """ "2026-11-22" """, """ "2026-13-01" | "22.11.2026" """)]
    [InlineData("""{"type":"string","format":"date-time"}""", """ "2026-11-22T19:10:16Z" | "2026-11-22T19:10:16.25+01:00" """, """ "2026-11-22" """)]
    [InlineData("""{"type":"string","format":"uuid"}""", """ "123e4567-e89b-12d3-a456-426614174000" """, """ "123e4567" """)]
    [InlineData("true", """1 | {"a":[1,{"b":null}]} | "x" | [ ] | [true]""", """{a:1} | [1""")]
    [InlineData("""{"title":"T","description":"d","default":1}""", """1 | [] | "x" """, "x")]
    public void Grammar_AcceptsInstancesAlone(string schema, string valid, string invalid, bool anyOrder = false)
    {
        var grammar = Build(schema);
        foreach (var text in valid.Split('|', StringSplitOptions.TrimEntries).Where(_ => !anyOrder))
            Assert.True(grammar.Matches(text), $"{text} is valid\n{grammar.Text}");
        if (anyOrder)
            Assert.Contains(valid.Split('|', StringSplitOptions.TrimEntries), grammar.Matches);
        foreach (var text in invalid.Split('|', StringSplitOptions.TrimEntries))
            Assert.False(grammar.Matches(text), $"{text} is not valid\n{grammar.Text}");
    }

    [Fact]
    public void RandomSchemas_AcceptTheirInstances_AndRejectWhatAValidatorRejects()
    {
        var (accepted, rejected) = (0, 0);
        for (var seed = 0; seed < 250; seed++)
        {
            var random = new Random(seed);
            var draw = new RandomSchema(random);
            var schema = draw.Root();
            var (grammar, validator) = (Build(schema.ToJsonString()), new SchemaValidator(schema));
            var instances = Enumerable.Range(0, 4).Select(_ => draw.Instance(schema)).ToList();
            foreach (var instance in instances)
            {
                var text = instance?.ToJsonString(relaxed) ?? "null";
                Assert.True(IsValid(validator, text), $"seed {seed}: {text} for {schema}");
                Assert.True(grammar.Matches(text), $"seed {seed}: {text} for {schema.ToJsonString(relaxed)}\n{grammar.Text}");
                accepted++;
            }
            // Instances of other schemas, and ones with a character changed, are mostly invalid; where they are, the grammar must say so.
            var others = Enumerable.Range(0, 6).Select(i => new RandomSchema(new Random(seed * 31 + i))).Select(other => other.Instance(other.Root())?.ToJsonString(relaxed) ?? "null");
            foreach (var text in others.Concat(instances.Select(instance => Mutate(instance?.ToJsonString(relaxed) ?? "null", random))))
            {
                if (IsValid(validator, text))
                    continue;
                Assert.False(grammar.Matches(text), $"seed {seed}: {text} for {schema.ToJsonString(relaxed)}\n{grammar.Text}");
                rejected++;
            }
        }
        Assert.True(accepted == 1000 && rejected > 1000, $"{accepted} accepted, {rejected} rejected");
    }

    [Fact]
    public void AnswersDrawnAtRandom_AreInstances()
    {
        var complete = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var schema = new RandomSchema(random).Root();
            var text = Build(schema.ToJsonString()).Write(random);
            if (text is null)
                continue;
            Assert.True(IsValid(new SchemaValidator(schema), text), $"seed {seed}: {text} for {schema.ToJsonString(relaxed)}");
            complete++;
        }
        Assert.True(complete > 30, $"{complete} answers came to their end");
    }

    [Theory]
    [InlineData("\"\\ud83d\\ude00\"", true)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("\"\\ude00\\ud83d\"", false)]
    [InlineData("\"\\u00e9\\ud7ff\\ue000\"", true)]
    public void Strings_HoldSurrogatesInPairsOnly(string text, bool allowed) => Assert.Equal(allowed, Build("""{"type":"string"}""").Matches(text));

    public static TheoryData<string, string> Refused => new()
    {
        { "'not'", """{"type":"object","properties":{"a":{"not":{"type":"string"}}}}""" },
        { "#/properties/a", """{"type":"object","properties":{"a":{"multipleOf":3}}}""" },
        { "'patternProperties'", """{"patternProperties":{"^a":{}}}""" },
        { "minItems is 9, maxItems 2", """{"type":"array","minItems":9,"maxItems":2}""" },
        { "minLength is 5, maxLength 4", """{"type":"string","minLength":5,"maxLength":4}""" },
        { "'maxItems' is 1000000", """{"type":"array","maxItems":1000000}""" },
        { "'minItems' is -1", """{"type":"array","minItems":-1}""" },
        { "too large for a grammar", """{"type":"array","maxItems":2000,"items":{"type":"array","maxItems":2000,"items":{"type":"string","maxLength":2000}},"minItems":2000,"prefixItems":[{"type":"string","pattern":"^((a{1000}){1000}){1000}$"}]}""" },
        { "no type 'strnig'", """{"type":"strnig"}""" },
        { "of the wrong kind", """{"type":"object","properties":[]}""" },
        { "of the wrong kind", """{"required":null}""" },
        { "of the wrong kind", """{"minimum":1e300}""" },
        { "nothing at the reference '#/$defs/x'", """{"$ref":"#/$defs/x"}""" },
        { "not to a part of the schema itself", """{"$ref":"https://example.com/schema.json"}""" },
        { "leads back to itself", """{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""" },
        { "leads back to itself", """{"anyOf":[{"type":"string"},{"$ref":"#"}],"$comment":"x"}""" },
        { "nested too deep", """{"allOf":[{"$ref":"#"}]}""" },
        { "nothing in common", """{"allOf":[{"type":"string"},{"type":"integer"}]}""" },
        { "no number lies", """{"type":"integer","minimum":5,"maximum":4}""" },
        { "false allows no value", """{"type":"object","properties":{"a":false}}""" },
        { "look-around", """{"type":"string","pattern":"^(?=a)b$"}""" },
        { "'\\1' is not possible", """{"type":"string","pattern":"(a)\\1"}""" },
        { "is not closed", """{"type":"string","pattern":"[a-"}""" },
        { "beside 'minLength'", """{"type":"string","pattern":"a","minLength":2}""" },
        { "look-around", """{"type":"string","pattern":"(?<!a)b"}""" },
        { "converted", """{"allOf":[{"exclusiveMinimum":true},{"exclusiveMinimum":1}]}""" },
        { "x", """{"x":1,"x":2}""" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Schemas_ThatNoGrammarCanExpress_AreRefusedByName(string message, string schema) =>
        Assert.Contains(message, Assert.Throws<JsonSchemaException>(() => Build(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"$defs":{"a":{"anyOf":[{"type":"array","minItems":1,"items":{"$ref":"#/$defs/a"}},{"type":"array","maxItems":3,"items":{"$ref":"#/$defs/a"}}]}},"$ref":"#/$defs/a"}""", "[", "]")]
    [InlineData("""{"anyOf":[{"properties":{"l":{"$ref":"#"},"op":{"const":"+"}},"required":["op"]},{"properties":{"l":{"$ref":"#"},"op":{"const":"-"}},"required":["op"]}]}""", "{\"l\":", "{\"op\":\"+\"}", ",\"op\":\"-\"}")]
    [InlineData("""{"anyOf":[{"additionalProperties":{"$ref":"#"}},{"properties":{"x":{"type":"null"}},"additionalProperties":{"$ref":"#"}}]}""", "{\"a\":", "{}", "}")]
    public void ChoicesThatAreToldApartAtAnyDepth_AreFollowed(string schema, string open, string close, string? around = null)
    {
        // Each level doubles the ways to read what has been written.
        const int Depth = 200;
        var text = string.Concat(Enumerable.Repeat(open, Depth)) + close + string.Concat(Enumerable.Repeat(around ?? close, Depth - (around is null ? 1 : 0)));
        var grammar = Build(schema);
        Assert.True(grammar.Matches(text));
        Assert.False(grammar.Matches(text + close));
    }

    [Fact]
    public void LongChainsOfReferences_AreFollowed()
    {
        // Each property begins where the chain is known already, so that no step of reading is deep.
        const int Length = 480;
        var links = string.Join(',', Enumerable.Range(0, Length).Select(i => $$$"""  "a{{{i}}}":{"properties":{"x":{"$ref":"#/$defs/a{{{i + 1}}}"} } }  """));
        var starts = string.Join(',', Enumerable.Range(1, Length / 20).Select(i => $$$"""  "p{{{i}}}":{"$ref":"#/$defs/a{{{Length - 20 * i}}}"}  """));
        var schema = "{\"$defs\":{" + links + $",\"a{Length}\":{{\"type\":\"null\"}}" + "},\"properties\":{" + starts + "}}";
        var grammar = Build(schema);
        Exception? refusal = null;
        var small = new Thread(() => refusal = Record.Exception(() => Build(schema)), maxStackSize: 256 * 1024); // a stack overflow would end the process
        small.Start();
        small.Join();
        Assert.True(refusal is null or JsonSchemaException, refusal?.ToString());
        Assert.True(grammar.Matches("""{"p1":{"x":{"x":{}}}}"""));
    }

    [Theory]
    [InlineData("""{"anyOf":[{"properties":{"op":{"const":"+"},"l":{"$ref":"#"},"r":{"$ref":"#"}},"required":["op","l","r"]},{"properties":{"op":{"enum":["-","*"]},"l":{"$ref":"#"},"r":{"$ref":"#"}},"required":["op","l","r"]},{"type":"integer"}]}""",
        """{"op":"-","l":{"op":"+","l":1,"r":2},"r":3}""")]
    [InlineData("""{"anyOf":[{"properties":{"name":{"type":"string"},"in":{"items":{"$ref":"#"}}},"required":["name"]},{"properties":{"title":{"type":"string"},"in":{"items":{"$ref":"#"}}},"required":["title"]}]}""",
        """{"name":"a","in":[{"title":"b"}]}""")]
    [InlineData("""{"anyOf":[{"properties":{"not":{"$ref":"#"}}},{"properties":{"all":{"items":{"$ref":"#"}}}},{"type":"string"}]}""", """{"not":{"all":["a",{}]}}""")]
    [InlineData("""{"anyOf":[true,{"type":"array","items":{"$ref":"#"}}]}""", """[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]""")]
    [InlineData("""{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]},"also":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}""", """{"next":{"next":null,"also":{}}}""")]
    public void RecursiveChoices_AreTaken(string schema, string text) => Assert.True(Build(schema).Matches(text));

    [Fact]
    public void DeepAndLargeSchemas_AreRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 60)) + "true" + new string('}', 60);
        Assert.Contains("deep", Assert.Throws<JsonSchemaException>(() => Build(deep)).Message, StringComparison.Ordinal);
        var wide = """{"type":"object","properties":{""" + string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"p{i}\":{{}}")) + "}}";
        Assert.Throws<JsonSchemaException>(() => Build(wide));
        var doubled = """{"$defs":{""" + string.Concat(Enumerable.Range(0, 40).Select(i => $"\"d{i}\":{{\"allOf\":[{{\"$ref\":\"#/$defs/d{i + 1}\"}},{{\"$ref\":\"#/$defs/d{i + 1}\"}}]}},")) + "\"d40\":{}},\"$ref\":\"#/$defs/d0\"}";
        Assert.Throws<JsonSchemaException>(() => Build(doubled));
        var name = """{"properties":{"NAME":{}},"additionalProperties":true}""".Replace("NAME", new string('x', 100_000), StringComparison.Ordinal);
        Assert.Contains("100000 characters", Assert.Throws<JsonSchemaException>(() => Build(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedSchemas_BecomeAGrammarOrOneClearError()
    {
        string[] keywords = ["type", "nullable", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "minLength", "maxLength",
            "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "oneOf", "allOf", "$ref", "not"];
        string[] junk = ["null", "true", "false", "0", "-1", "1.5", "1e30", "12345678901234567890", "\"\"", "\"#\"", "\"#/$defs/tree\"", "\"string\"", "\"^(a|b)*$\"", "\"[\"", "[]", "[null]",
            "[\"string\",\"integer\"]", "[{}]", "[[]]", "{}", "{\"a\":{}}", "{\"a\":null}", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}"];
        var (grammars, errors) = (0, 0);
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var schema = new RandomSchema(random).Root();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                var all = Objects(schema).ToList();
                all[random.Next(all.Count)][keywords[random.Next(keywords.Length)]] = JsonNode.Parse(junk[random.Next(junk.Length)]);
            }
            try
            {
                Build(schema.ToJsonString());
                grammars++;
            }
            catch (JsonSchemaException e)
            {
                Assert.StartsWith("The JSON schema cannot be used: ", e.Message, StringComparison.Ordinal);
                errors++;
            }
        }
        Assert.True(grammars > 100 && errors > 100, $"{grammars} grammars, {errors} errors");

        static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
        {
            JsonObject members => members.SelectMany(member => Objects(member.Value)).Prepend(members),
            JsonArray items => items.SelectMany(Objects),
            _ => [],
        };
    }

    private static Grammar Build(string schema) => JsonSchemaGrammar.Build(JsonElement.Parse(schema));

    private static string Mutate(string text, Random random)
    {
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, "1"),
            _ => text[..at] + (char)(text[at] + 1) + text[(at + 1)..],
        };
    }

    private static bool IsValid(SchemaValidator validator, string text)
    {
        try
        {
            return validator.IsValid(JsonNode.Parse(text));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            return false;
        }
    }
}
