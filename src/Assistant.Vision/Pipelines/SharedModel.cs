using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>A network in evaluation mode that several callers use: one at a time, since one already uses every core.</summary>
/// <typeparam name="TModel">The network.</typeparam>
internal sealed class SharedModel<TModel>(TModel model, ScalarType dtype) : IDisposable where TModel : nn.Module
{
    // A semaphore, not a lock: waiting for it can be cancelled. It is never disposed, so a late caller gets the sentence below.
    private readonly SemaphoreSlim turn = new(1, 1);
    private int owner; // the managed thread whose turn it is, 0 for none
    private bool disposed;

    /// <summary>The network's precision: floating-point inputs are converted to it.</summary>
    public ScalarType Precision => dtype;

    /// <summary>Runs the network when its turn comes, without gradients; tensors made by the work are released after it.</summary>
    /// <remarks>A callback of the work may ask again on the same thread.</remarks>
    /// <exception cref="ObjectDisposedException">The model was released.</exception>
    public T Run<T>(Func<TModel, T> work, CancellationToken cancellationToken)
    {
        if (owner == Environment.CurrentManagedThreadId)
            return InScope(work);
        turn.Wait(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(TModel));
            cancellationToken.ThrowIfCancellationRequested();
            owner = Environment.CurrentManagedThreadId;
            return InScope(work);
        }
        finally
        {
            owner = 0;
            turn.Release();
        }
    }

    /// <summary>Releases the weights once the running call is done.</summary>
    /// <exception cref="InvalidOperationException">Called from a callback of the running call.</exception>
    public void Dispose()
    {
        if (owner == Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("A pipeline cannot be disposed of from a callback of its own call.");
        turn.Wait();
        try
        {
            if (!disposed)
                model.Dispose();
            disposed = true;
        }
        finally
        {
            turn.Release();
        }
    }

    private T InScope<T>(Func<TModel, T> work)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return work(model);
    }
}
