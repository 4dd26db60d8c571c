using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Chat.Prompts;

/// <summary>A picture of a conversation: its file's bytes and their hash.</summary>
public sealed class PromptImage
{
    /// <summary>Wraps a picture file without decoding it.</summary>
    /// <param name="data">The file: JPEG, PNG, WebP, GIF or AVIF.</param>
    public PromptImage(ReadOnlyMemory<byte> data)
    {
        Data = data;
        Hash = Convert.ToHexStringLower(SHA256.HashData(data.Span));
    }

    /// <summary>The file's bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>SHA-256 of the bytes, 64 hex digits. Names and order never identify a picture: the same name can hold another one tomorrow.</summary>
    public string Hash { get; }

    /// <summary>Identifies the features that an encoder makes of this picture; never 0.</summary>
    /// <param name="fingerprint">The encoder's <see cref="Vision.IImageEncoder.Fingerprint"/>.</param>
    public UInt128 FeatureKey(string fingerprint)
    {
        var key = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Hash + fingerprint)));
        return key == 0 ? 1 : key; // 0 stands for "a token" in PositionKey
    }
}
