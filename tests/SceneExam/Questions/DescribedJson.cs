using System.Text.Json;
using System.Text.Json.Serialization;
using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Writes an object as {"shape": "star", "color": "red"}, {"thing": "dog"} or {"glyph": "A", "color": "red"}.</summary>
internal sealed class DescribedJson : JsonConverter<Described>
{
    public override void Write(Utf8JsonWriter writer, Described value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        switch (value.Kind)
        {
            case GlyphKind(var character):
                writer.WriteString("glyph", character.ToString());
                break;
            default:
                writer.WriteString(value.Kind is ShapeKind ? "shape" : "thing", Words.Noun(value.Kind));
                break;
        }
        if (value.Color is { } color)
            writer.WriteString("color", Words.Color(color));
        writer.WriteEndObject();
    }

    public override Described Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Expectations are written for other programs; this one makes them anew from the seed.");
}
