using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SceneExam.Fonts;

/// <summary>Reads the PNG files of a colour font with their transparency, which the product's own image reading leaves out.</summary>
/// <remarks>Palettes of up to 256 colours and true colour with alpha, not interlaced: what such fonts hold. Checksums are not verified. PNG specification, third edition.</remarks>
internal static class PngReader
{
    private const int MaxSide = 1024, Palette = 3, TrueColorAlpha = 6;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>R, G, B and alpha of each pixel, row by row.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such PNG file.</exception>
    public static (int Width, int Height, byte[] Rgba) Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
            throw new InvalidDataException("This is not a PNG file.");
        byte[] header = [], colors = [], alphas = [];
        using var packed = new MemoryStream();
        for (var rest = file[Signature.Length..]; rest.Length >= 12;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                throw new InvalidDataException("The PNG file is cut off.");
            var body = rest.Slice(8, (int)length);
            switch (Encoding.ASCII.GetString(rest.Slice(4, 4)))
            {
                case "IHDR": header = body.ToArray(); break;
                case "PLTE": colors = body.ToArray(); break;
                case "tRNS": alphas = body.ToArray(); break;
                case "IDAT": packed.Write(body); break;
            }
            rest = rest[(12 + (int)length)..];
        }
        if (header.Length != 13)
            throw new InvalidDataException("The PNG file has no header.");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)));
        var (depth, color, interlaced) = (header[8], header[9], header[12] != 0);
        if (width is 0 or > MaxSide || height is 0 or > MaxSide)
            throw new InvalidDataException($"The PNG file is {width} x {height} pixels; a pictograph has at most {MaxSide} a side.");
        if (interlaced || !((color == Palette && depth is 1 or 2 or 4 or 8) || (color == TrueColorAlpha && depth == 8)))
            throw new InvalidDataException($"PNG files of colour type {color} with {depth} bits{(interlaced ? ", interlaced," : "")} are not read here.");
        var samples = Unfilter(packed, (int)height, rowBytes: (int)(color == Palette ? ((width * depth) + 7) / 8 : 4 * width), step: color == Palette ? 1 : 4);
        return ((int)width, (int)height, color == Palette ? Look(samples, (int)width, (int)height, depth, colors, alphas) : samples);
    }

    private static byte[] Unfilter(MemoryStream packed, int height, int rowBytes, int step)
    {
        packed.Position = 0;
        var rows = new byte[height * rowBytes];
        var filter = new byte[1];
        var before = new byte[rowBytes].AsSpan();
        try
        {
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            for (var y = 0; y < height; y++)
            {
                unpacked.ReadExactly(filter);
                var row = rows.AsSpan(y * rowBytes, rowBytes);
                unpacked.ReadExactly(row);
                for (var x = 0; x < rowBytes; x++)
                {
                    var (left, up, corner) = (x < step ? 0 : row[x - step], before[x], x < step ? 0 : before[x - step]);
                    row[x] += (byte)(filter[0] switch
                    {
                        0 => 0,
                        1 => left,
                        2 => up,
                        3 => (left + up) / 2,
                        4 => Paeth(left, up, corner),
                        _ => throw new InvalidDataException($"The PNG file has an unknown row filter, {filter[0]}."),
                    });
                }
                before = row;
            }
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException("The PNG file has fewer pixels than it says.", exception);
        }
        return rows;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (dLeft, dUp, dCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - (2 * corner)));
        return dLeft <= dUp && dLeft <= dCorner ? left : dUp <= dCorner ? up : corner;
    }

    private static byte[] Look(byte[] rows, int width, int height, int depth, byte[] colors, byte[] alphas)
    {
        var rgba = new byte[4 * width * height];
        var rowBytes = rows.Length / height;
        for (var i = 0; i < width * height; i++)
        {
            var bit = i % width * depth;
            var index = (rows[(i / width * rowBytes) + (bit / 8)] >> (8 - depth - (bit % 8))) & ((1 << depth) - 1);
            if ((3 * index) + 3 > colors.Length)
                throw new InvalidDataException($"The PNG file uses colour {index} of a palette of {colors.Length / 3}.");
            colors.AsSpan(3 * index, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[(4 * i) + 3] = index < alphas.Length ? alphas[index] : (byte)255;
        }
        return rgba;
    }
}
