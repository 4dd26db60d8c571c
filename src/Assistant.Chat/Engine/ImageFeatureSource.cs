using System.Diagnostics;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Assistant.Vision.Imaging;

namespace Assistant.Chat.Engine;

/// <summary>Pictures to rows: decodes and encodes what the caches do not know. Safe to use from several threads.</summary>
/// <param name="encoder">Tower and projector.</param>
/// <param name="cache">Features known already.</param>
/// <param name="pixels">Pictures decoded already; null for a cache of its own.</param>
public sealed class ImageFeatureSource(IImageEncoder encoder, ImageFeatureCache cache, DecodedImageCache? pixels = null) : IDisposable
{
    private readonly DecodedImageCache pixels = pixels ?? new DecodedImageCache();
    private readonly SemaphoreSlim tower = new(1, 1); // a tower uses every core; and who waits for the same picture finds it known

    /// <summary>Features of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="report">Told of the time taken, if the tower ran.</param>
    /// <param name="cancellationToken">Stops waiting for the tower, and the tower between blocks.</param>
    /// <param name="shareCores">Whether answers are being written meanwhile: then the tower takes half of the cores.</param>
    /// <returns>Row-major [<see cref="IImageEncoder.TokensPerImage"/>, <see cref="IImageEncoder.EmbeddingLength"/>].</returns>
    /// <exception cref="ChatRequestException">The data is no picture that can be read.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave something else than finite rows of that size.</exception>
    public float[] Get(PromptImage image, GenerationReport report, CancellationToken cancellationToken, bool shareCores = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(report);
        var key = image.FeatureKey(encoder.Fingerprint);
        var length = encoder.TokensPerImage * encoder.EmbeddingLength;
        if (cache.Find(key, length) is { } known)
            return known;
        RgbImage decoded;
        var started = Stopwatch.GetTimestamp();
        try
        {
            decoded = pixels.Get(image);
        }
        catch (ImageDecodeException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
        tower.Wait(cancellationToken);
        try
        {
            if (cache.Find(key, length) is { } meanwhile)
                return meanwhile;
            cancellationToken.ThrowIfCancellationRequested();
            encoder.ShareCores(shareCores);
            var features = encoder.Encode(decoded, cancellationToken);
            if (features.Length != length)
                throw new InvalidOperationException($"The encoder gave {features.Length} values, not {encoder.TokensPerImage} x {encoder.EmbeddingLength}.");
            if (Array.Exists(features, value => !float.IsFinite(value)))
                throw new InvalidOperationException("The encoder gave values that are not finite.");
            cache.Add(key, features);
            report.TowerRuns++;
            report.Vision += Stopwatch.GetElapsedTime(started);
            return features;
        }
        finally
        {
            tower.Release();
        }
    }

    /// <summary>Nobody may be waiting for a picture; the encoder stays its owner's.</summary>
    public void Dispose() => tower.Dispose();
}
