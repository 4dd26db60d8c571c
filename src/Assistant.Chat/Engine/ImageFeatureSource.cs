using System.Diagnostics;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Engine;

/// <summary>Pictures to rows: decodes and encodes what the cache does not know.</summary>
/// <param name="encoder">Tower and projector.</param>
/// <param name="cache">Features known already.</param>
public sealed class ImageFeatureSource(IImageEncoder encoder, ImageFeatureCache cache)
{
    /// <summary>Features of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="report">Told of the time taken, if the tower ran.</param>
    /// <param name="cancellationToken">Stops the tower between blocks.</param>
    /// <returns>Row-major [<see cref="IImageEncoder.TokensPerImage"/>, <see cref="IImageEncoder.EmbeddingLength"/>].</returns>
    /// <exception cref="ChatRequestException">The data is no picture that can be read.</exception>
    public float[] Get(PromptImage image, GenerationReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(report);
        var key = image.FeatureKey(encoder.Fingerprint);
        if (cache.Find(key) is { } known)
            return known;
        var started = Stopwatch.GetTimestamp();
        RgbImage pixels;
        try
        {
            pixels = ImageDecoder.Decode(image.Data.Span);
        }
        catch (ImageDecodeException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
        cancellationToken.ThrowIfCancellationRequested();
        var features = encoder.Encode(pixels, cancellationToken);
        if (features.Length != encoder.TokensPerImage * encoder.EmbeddingLength)
            throw new InvalidOperationException($"The encoder gave {features.Length} values, not {encoder.TokensPerImage} x {encoder.EmbeddingLength}.");
        cache.Add(key, features);
        report.TowerRuns++;
        report.Vision += Stopwatch.GetElapsedTime(started);
        return features;
    }
}
