using System.Text.Json.Nodes;

namespace Assistant.Chat.Models.Library;

/// <summary>Reads values of documents that anybody may have written: what has another type counts as absent.</summary>
internal static class JsonNodes
{
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Integer(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
}
