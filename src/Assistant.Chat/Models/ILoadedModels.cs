namespace Assistant.Chat.Models;

/// <summary>Which models are in memory, and how one gets in and out without being asked anything.</summary>
public interface ILoadedModels
{
    /// <summary>The models in memory, the one that stays longest first.</summary>
    IReadOnlyList<LoadedModel> Loaded();

    /// <summary>The models that are on their way into memory.</summary>
    IReadOnlyList<LoadingModel> Loading() => [];

    /// <summary>Why the last change of the configuration is not in force, in one sentence; null where it is.</summary>
    string? ConfigurationProblem => null;

    /// <summary>Brings a model into memory, or renews its stay if it is there.</summary>
    /// <param name="name">A configured model.</param>
    /// <param name="keepAlive">How long it stays after its last request; <see cref="Timeout.InfiniteTimeSpan"/> for good; null for the configured time.</param>
    /// <param name="contextLength">Tokens of context that it is to have at least, within what it was trained with; null for those that it has, or is configured with.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    /// <exception cref="ChatRequestException">The context takes more memory than models may take.</exception>
    Task LoadAsync(string name, TimeSpan? keepAlive, int? contextLength, CancellationToken cancellationToken);

    /// <summary>Takes a model out of memory as soon as its running requests are done; nothing happens if it is not there.</summary>
    /// <exception cref="ModelNotFoundException">No model has this name.</exception>
    Task UnloadAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A model in memory.</summary>
/// <param name="Name">The name without tag, as configured.</param>
/// <param name="ContextLength">Context window it was loaded with, in tokens.</param>
/// <param name="Memory">Bytes it takes.</param>
/// <param name="GpuMemory">Bytes of those that are on a GPU.</param>
/// <param name="ExpiresAt">When it leaves if nobody asks; null if it stays.</param>
public sealed record LoadedModel(string Name, int ContextLength, long Memory, long GpuMemory = 0, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Requests that it answers side by side; 0 for a model that writes no answers.</summary>
    public int Slots { get; init; }

    /// <summary>Requests being served.</summary>
    public int Active { get; init; }

    /// <summary>Requests waiting for their turn.</summary>
    public int Waiting { get; init; }
}

/// <summary>A model on its way into memory.</summary>
/// <param name="Name">The name without tag, as configured.</param>
/// <param name="Progress">The share that is loaded, 0 to 1; 0 also while it waits for others to leave.</param>
public sealed record LoadingModel(string Name, float Progress);
