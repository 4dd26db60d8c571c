using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The dispose scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => threadSingleton ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();

    internal DisposeScope? CurrentDisposeScope { get; private set; }

    /// <summary>The counts of the calling thread.</summary>
    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal DisposeScope? Register(Tensor tensor)
    {
        var scope = CurrentDisposeScope;
        if (scope is null)
        {
            StatisticsInstance.TensorStatistics.CreatedOutsideScopeCount++;
        }
        else
        {
            StatisticsInstance.TensorStatistics.CreatedInScopeCount++;
            scope.Add(tensor);
        }
        return scope;
    }

    internal void Disposing(Tensor tensor)
    {
        if (tensor.OwningDisposeScope is null)
            StatisticsInstance.TensorStatistics.DisposedOutsideScopeCount++;
        else
            StatisticsInstance.TensorStatistics.DisposedInScopeCount++;
    }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    /// <summary>Ends a scope, also one that is not the innermost: then the scope inside it gets its outer scope.</summary>
    internal void RemoveDisposeScope(DisposeScope ended)
    {
        if (CurrentDisposeScope == ended)
        {
            CurrentDisposeScope = ended.OuterScope;
            return;
        }
        for (var scope = CurrentDisposeScope; scope is not null; scope = scope.OuterScope)
        {
            if (scope.OuterScope == ended)
            {
                scope.OuterScope = ended.OuterScope;
                return;
            }
        }
    }
}

/// <summary>What happened to the tensors of one thread.</summary>
public class ThreadDisposeScopeStatistics
{
    /// <summary>The counts of tensors.</summary>
    public LifetimeStatistics TensorStatistics { get; } = new();

    /// <summary>Tensors created while no scope was open.</summary>
    public long CreatedOutsideScopeCount => TensorStatistics.CreatedOutsideScopeCount;
    /// <summary>Tensors disposed that no scope held.</summary>
    public long DisposedOutsideScopeCount => TensorStatistics.DisposedOutsideScopeCount;
    /// <summary>Tensors created under a scope.</summary>
    public long CreatedInScopeCount => TensorStatistics.CreatedInScopeCount;
    /// <summary>Tensors disposed by or under a scope.</summary>
    public long DisposedInScopeCount => TensorStatistics.DisposedInScopeCount;
    /// <summary>Tensors attached to a scope by request.</summary>
    public long AttachedToScopeCount => TensorStatistics.AttachedToScopeCount;
    /// <summary>Tensors detached from their scope.</summary>
    public long DetachedFromScopeCount => TensorStatistics.DetachedFromScopeCount;
    /// <summary>Tensors created on this thread and not yet disposed on it.</summary>
    public long ThreadTotalLiveCount => TensorStatistics.ThreadTotalLiveCount;

    /// <summary>Sets all counts to 0.</summary>
    public void Reset() => TensorStatistics.Reset();
}

/// <summary>Counts of objects created, disposed and moved.</summary>
public class LifetimeStatistics
{
    /// <summary>Created while no scope was open.</summary>
    public long CreatedOutsideScopeCount { get; internal set; }
    /// <summary>Disposed while no scope held it.</summary>
    public long DisposedOutsideScopeCount { get; internal set; }
    /// <summary>Created under a scope.</summary>
    public long CreatedInScopeCount { get; internal set; }
    /// <summary>Disposed by or under a scope.</summary>
    public long DisposedInScopeCount { get; internal set; }
    /// <summary>Attached to a scope by request.</summary>
    public long AttachedToScopeCount { get; internal set; }
    /// <summary>Detached from its scope.</summary>
    public long DetachedFromScopeCount { get; internal set; }
    /// <summary>Created and not yet disposed.</summary>
    public long ThreadTotalLiveCount =>
        CreatedInScopeCount - DisposedInScopeCount + CreatedOutsideScopeCount - DisposedOutsideScopeCount;

    /// <summary>Sets all counts to 0.</summary>
    public void Reset() =>
        CreatedOutsideScopeCount = DisposedOutsideScopeCount = CreatedInScopeCount = DisposedInScopeCount
            = AttachedToScopeCount = DetachedFromScopeCount = 0;
}
