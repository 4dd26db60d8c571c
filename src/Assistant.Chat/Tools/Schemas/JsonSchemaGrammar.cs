using System.Text.Json;
using Assistant.Chat.Grammars;

namespace Assistant.Chat.Tools.Schemas;

/// <summary>Turns a JSON schema into a grammar that a model's answer must follow.</summary>
/// <remarks>
/// <para>Expressed exactly: <c>type</c> (also several, and <c>nullable</c>), <c>enum</c>, <c>const</c>, <c>properties</c> in their order, <c>required</c>,
/// <c>additionalProperties</c>, <c>items</c>, <c>prefixItems</c>, <c>minItems</c>, <c>maxItems</c>, <c>minLength</c>, <c>maxLength</c>, <c>pattern</c> (without
/// look-around and back references), the formats date, time, date-time, uuid, ipv4 and email, <c>minimum</c>, <c>maximum</c> and their exclusive forms,
/// <c>anyOf</c>, <c>allOf</c>, <c>$ref</c> within the schema, also recursive.</para>
/// <para>Narrowed: where properties are named, others are written only if <c>additionalProperties</c> says so; a schema without <c>type</c> means the type that its
/// keywords are for; <c>enum</c> and <c>const</c> have one spelling. Widened: <c>oneOf</c> is read as <c>anyOf</c>.
/// Ignored, since no grammar can check them: titles and other annotations, other formats, <c>uniqueItems</c>. Every other keyword is an error that names it.</para>
/// </remarks>
public static class JsonSchemaGrammar
{
    /// <summary>Longest schema, in characters of JSON.</summary>
    public const int MaxLength = 128 * 1024;

    /// <summary>Deepest nesting, references followed.</summary>
    public const int MaxDepth = 48;

    /// <summary>Most parts of a schema, alternatives that were multiplied out included.</summary>
    public const int MaxParts = 4000;

    /// <summary>Longest name of a property, in characters.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Largest count of items or characters, the grammar's own bound.</summary>
    public const int MaxCount = Grammar.MaxRepetition;

    /// <summary>The grammar of a schema's instances as JSON text.</summary>
    /// <param name="schema">The schema: an object, or true for any value.</param>
    /// <exception cref="JsonSchemaException">It is too large, contradicts itself, or uses a keyword that no grammar can express.</exception>
    public static Grammar Build(JsonElement schema)
    {
        var grammar = new GrammarRules();
        var root = SchemaRules.Add(grammar, schema);
        return grammar.Build(root);
    }
}
