using System.Buffers;
using System.Text;
using System.Text.Json;
using Assistant.Web.Apis;

namespace Assistant.Web.Tests.Apis;

public class ImagePayloadTests
{
    private static readonly JsonSerializerOptions options = new() { Converters = { new ImagePayloadConverter() } };

    [Theory]
    [InlineData("iVBORw0KGgo=", "image/png")]
    [InlineData("/9j/4AAQ", "image/jpeg")]
    [InlineData("R0lGODlh", "image/gif")]
    [InlineData("UklGRgAAAABXRUJQVlA4", "image/webp")]
    [InlineData("AAAAHGZ0eXBhdmlm", "image/avif")]
    [InlineData("aGVsbG8=", "image/unknown")]
    public void MediaType_FollowsTheBytes_WhateverTheUrlSays(string base64, string mediaType)
    {
        Assert.Equal(mediaType, Read($"\"{base64}\"").MediaType);
        Assert.Equal(mediaType, Read($"\"data:image/bmp;base64,{base64}\"").MediaType);
    }

    [Theory]
    [InlineData("aGVsbG8=")]
    [InlineData("aGVs\\r\\nbG8=")] // MIME's line breaks
    [InlineData("data:image/png;charset=utf-8;base64,aGVsbG8=")]
    [InlineData("\\u0064ata:;base64,aGVsbG8=")]
    public void Data_IsDecoded(string text) => Assert.Equal("hello"u8.ToArray(), Read($"\"{text}\"").Data);

    [Theory]
    [InlineData("aGVsbG8")] // no padding
    [InlineData("aGVs*G8=")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png,hello")]
    [InlineData("file:///etc/passwd")]
    [InlineData("HTTPS://example.org/a.png")]
    public void Others_AreRefused(string text) => Assert.Throws<JsonException>(() => Read($"\"{text}\""));

    [Fact]
    public void Data_IsDecoded_AcrossSegments()
    {
        // As a large body comes from the network.
        var json = Encoding.UTF8.GetBytes("\"data:image/png;base64,aGVs\\/G8=\"");
        for (var cut = 1; cut < json.Length; cut++)
        {
            var first = new Segment(json.AsMemory(0, cut), 0);
            var last = new Segment(json.AsMemory(cut), cut);
            first.Append(last);
            var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));
            Assert.Equal(Convert.FromBase64String("aGVs/G8="), JsonSerializer.Deserialize<ImagePayload>(ref reader, options)!.Data);
        }
    }

    private static ImagePayload Read(string json) => JsonSerializer.Deserialize<ImagePayload>(json, options)!;

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public void Append(Segment next) => Next = next;
    }
}
