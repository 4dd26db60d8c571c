using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>A picture on the wire: base64, bare or as a data URL.</summary>
/// <param name="Data">The file's bytes.</param>
internal sealed record ImagePayload(byte[] Data)
{
    /// <summary>Media type by the first bytes: names and declared types are often wrong, and the decoder decides by the bytes, too.</summary>
    public string MediaType => Data.AsSpan() switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'a', (byte)'v', (byte)'i', ..] => "image/avif",
        _ => "image/unknown", // the decoder says what is wrong with it
    };

    /// <summary>The picture as a message's content.</summary>
    public DataContent ToContent() => new(Data, MediaType);
}

/// <summary>Reads a picture from a JSON string without making a .NET string of it, which would double its size.</summary>
internal sealed class ImagePayloadConverter : JsonConverter<ImagePayload>
{
    public override ImagePayload Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("a picture must be a base64 string");
        if (!reader.HasValueSequence && !reader.ValueIsEscaped)
            return Parse(reader.ValueSpan);
        var length = reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Parse(buffer.AsSpan(0, reader.CopyString(buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Write(Utf8JsonWriter writer, ImagePayload value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Data);

    private static ImagePayload Parse(ReadOnlySpan<byte> text)
    {
        if (StartsWith(text, "http://"u8) || StartsWith(text, "https://"u8))
            throw new JsonException("image URLs are not currently supported, please use base64 encoded data instead");
        if (StartsWith(text, "data:"u8))
        {
            var comma = text.IndexOf((byte)',');
            if (comma < 0 || !text[..comma].EndsWith(";base64"u8))
                throw new JsonException("invalid image input: a data URL of a picture looks like data:image/png;base64,...");
            text = text[(comma + 1)..];
        }
        if (text.IsEmpty)
            throw new JsonException("invalid image input: the picture is empty");
        var data = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, data, out _, out var written) != OperationStatus.Done)
            throw new JsonException("invalid image input: illegal base64 data");
        if (written < data.Length)
            Array.Resize(ref data, written);
        return new(data);
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) =>
        text.Length >= lowerCase.Length && Ascii.EqualsIgnoreCase(text[..lowerCase.Length], lowerCase);
}
