using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Web.Apis;

/// <summary>Values of unknown type (file metadata, arguments of a tool call) as JSON.</summary>
internal static class JsonValues
{
    /// <summary>An object of such values.</summary>
    public static JsonObject ToJson(this IEnumerable<KeyValuePair<string, object?>> values)
    {
        var json = new JsonObject();
        foreach (var (key, value) in values)
            json[key] = ToNode(value);
        return json;
    }

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        // JSON has no word for them.
        float number when !float.IsFinite(number) => null,
        double number when !double.IsFinite(number) => null,
        float number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        byte or sbyte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        IEnumerable<KeyValuePair<string, object?>> dictionary => dictionary.ToJson(),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(ToNode)]),
        IFormattable formattable => JsonValue.Create(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };
}
