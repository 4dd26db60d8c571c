namespace Assistant.Chat.Models;

/// <summary>A model in memory, ready to be used by several requests.</summary>
internal abstract class ModelInMemory : IDisposable
{
    /// <summary>Context window in tokens.</summary>
    public abstract int ContextLength { get; }

    /// <summary>One line about it for the log.</summary>
    public abstract string Summary { get; }

    /// <summary>Requests that it answers side by side; 0 where it writes no answers.</summary>
    public virtual int Slots => 0;

    /// <summary>Requests being served, and waiting for their turn.</summary>
    public virtual (int Active, int Waiting) Requests => (0, 0);

    /// <summary>Frees it; nobody uses it any more.</summary>
    public abstract void Dispose();
}

/// <summary>The files of a model in this process, looked at without loading them.</summary>
internal interface IModelFiles
{
    /// <summary>The model's settings.</summary>
    ModelOptions Options { get; }

    /// <summary>Tells the files as they are now from others; equal while nothing has changed.</summary>
    object Stamp();

    /// <summary>What is known of the model; what is wrong with its files stands in <see cref="ModelDescription.Problem"/>.</summary>
    ModelDescription Describe();

    /// <summary>The same with all of the files' metadata, read anew.</summary>
    ModelDescription DescribeWhole() => Describe();

    /// <summary>The context that it has when it is loaded with one of so many tokens: no more than it was trained with, which 0 takes.</summary>
    int ContextFor(int contextLength);

    /// <summary>Bytes that it will take in memory with such a context, roughly: weights, slots and the saved prefixes that it may keep.</summary>
    long EstimateMemory(int contextLength);

    /// <summary>Loads it; blocks for as long as that takes.</summary>
    /// <param name="contextLength">Tokens of context; see <see cref="ContextFor"/>.</param>
    /// <param name="surroundings">What models share.</param>
    /// <param name="progress">Told of the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    ModelInMemory Load(int contextLength, ModelSurroundings surroundings, IProgress<float> progress, CancellationToken cancellationToken);
}
