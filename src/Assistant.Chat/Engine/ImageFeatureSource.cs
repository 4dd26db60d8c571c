using System.Diagnostics;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Vision;

namespace Assistant.Chat.Engine;

/// <summary>Pictures to rows: decodes and encodes what the caches do not know, in the order of asking. Safe to use from several threads.</summary>
/// <param name="encoder">Tower and projector.</param>
/// <param name="cache">Features known already.</param>
/// <param name="pixels">Pictures decoded already; null for a cache of its own.</param>
public sealed class ImageFeatureSource(IImageEncoder encoder, ImageFeatureCache cache, DecodedImageCache? pixels = null) : IDisposable
{
    private readonly TowerQueue tower = new(encoder, cache, pixels ?? new DecodedImageCache(), TimeProvider.System);

    /// <summary>Features of pictures.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="report">Told of the tower's runs and the time taken, waiting for others' pictures included, if it ran.</param>
    /// <param name="cancellationToken">Stops waiting for the tower, and the tower between blocks.</param>
    /// <returns>For each picture, row-major [<see cref="IImageEncoder.TokensPerImage"/>, <see cref="IImageEncoder.EmbeddingLength"/>].</returns>
    /// <exception cref="ChatRequestException">The data is no picture that can be read.</exception>
    /// <exception cref="InvalidOperationException">The encoder gave something else than finite rows of that size.</exception>
    public async Task<float[][]> GetAsync(IReadOnlyList<PromptImage> images, GenerationReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(report);
        var started = Stopwatch.GetTimestamp();
        var found = await Task.WhenAll(images.Select(image => tower.EncodeAsync(image, cancellationToken))).ConfigureAwait(false);
        var ran = found.Count(picture => picture.Ran);
        report.TowerRuns += ran;
        if (ran > 0)
            report.Vision += Stopwatch.GetElapsedTime(started);
        return [.. found.Select(picture => picture.Features)];
    }

    /// <summary>Told whether answers are being written: then the tower takes half of the cores, also for a picture that it is at.</summary>
    public void ShareCores(bool shared) => encoder.ShareCores(shared);

    /// <summary>Nobody may be waiting for a picture; the encoder stays its owner's.</summary>
    public void Dispose() => tower.Dispose();
}
