using Assistant.Vision;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Tests;

/// <summary>Rows that depend on a picture's colour alone, and a count of how often they were asked for.</summary>
internal sealed class FakeImageEncoder(int width = 64, int rows = 8) : IImageEncoder
{
    public int EmbeddingLength => width;

    public int TokensPerImage => rows;

    public string Fingerprint { get; init; } = "fake-1";

    public int Runs { get; private set; }

    /// <summary>How many pictures were given at a time.</summary>
    public List<int> Groups { get; } = [];

    public bool Disposed { get; private set; }

    /// <summary>Called with each picture's number, from 1, before its rows are made.</summary>
    public Action<int, CancellationToken>? OnEncode { get; set; }

    /// <summary>Whether to make something else than numbers of a picture's rows.</summary>
    public Predicate<float[]>? Spoil { get; set; }

    public float[] Encode(RgbImage image, CancellationToken cancellationToken = default)
    {
        Runs++;
        OnEncode?.Invoke(Runs, cancellationToken);
        var random = new Random(image.Pixels[0] + 256 * image.Pixels[1] + 65536 * image.Pixels[2]);
        var features = new float[rows * width];
        for (var i = 0; i < features.Length; i++)
            features[i] = (float)(2 * random.NextDouble() - 1);
        if (Spoil?.Invoke(features) == true)
            features[^1] = float.NaN;
        return features;
    }

    public float[][] Encode(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        Groups.Add(images.Count);
        return [.. images.Select(image => Encode(image, cancellationToken))];
    }

    public void Dispose() => Disposed = true;
}
