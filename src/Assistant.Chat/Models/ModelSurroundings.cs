using Assistant.Chat.Engine;
using Assistant.Vision;
using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Models;

/// <summary>What the models of a process share: cores, memory, known pictures, clock, log.</summary>
/// <param name="createEncoder">Makes the image encoder of a projector file; null for a program without one.</param>
/// <param name="loggers">Where to log.</param>
/// <param name="time">The clock.</param>
/// <param name="cache">Folder of what can be computed again; null for none.</param>
internal sealed class ModelSurroundings(Func<string, IImageEncoder>? createEncoder, ILoggerFactory loggers, TimeProvider time, string? cache = null)
{
    private readonly ILogger logger = loggers.CreateLogger<ModelCatalog>();

    public Func<string, IImageEncoder>? CreateEncoder => createEncoder;

    public ILoggerFactory Loggers => loggers;

    public TimeProvider Time => time;

    /// <summary>Held while computing: two models at once are several times slower than one after the other.</summary>
    public SemaphoreSlim Compute { get; } = new(1, 1);

    public ImageFeatureCache Features { get; } = new(files: cache is null ? null : new ImageFeatureFiles(Path.Combine(cache, "image-features")));

    public DecodedImageCache Pixels { get; } = new();

    public ModelMemory Memory { get; } = new();

    /// <summary>Loads a model, and logs what became of it.</summary>
    public ModelInMemory Load(IModelFiles files, int contextLength, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var model = files.Load(contextLength, this, progress, cancellationToken);
            logger.LogInformation("Loaded the model {Model} in {Seconds:0.0} s: {Summary}", files.Options.Name, time.GetElapsedTime(started).TotalSeconds, model.Summary);
            return model;
        }
        catch (OperationCanceledException)
        {
            logger.LogInformation("Loading the model {Model} was stopped: nobody waits for it any more", files.Options.Name);
            throw;
        }
        catch (Exception e)
        {
            logger.LogError("{Message}", e.Message);
            throw;
        }
    }
}
