using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Collects the tensors created on one thread while it is the innermost scope, and disposes them at its end.</summary>
/// <remarks>Scopes nest and belong to the thread that opened them; what leaves one is moved outwards or detached.</remarks>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? manager;
    private HashSet<IDisposable> disposables = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope(DisposeScopeManager manager)
    {
        this.manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }

    private DisposeScopeManager Manager => manager ?? throw new ObjectDisposedException(nameof(DisposeScope));

    /// <summary>A snapshot of what the scope holds.</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            _ = Manager;
            return disposables.ToArray();
        }
    }

    /// <summary>How many objects the scope holds.</summary>
    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return disposables.Count;
        }
    }

    /// <summary>Whether the scope holds this object.</summary>
    public bool Contains(IDisposable disposable) => disposables.Contains(disposable);

    internal void Add(Tensor tensor) => disposables.Add(tensor);

    internal void Remove(Tensor tensor) => disposables.Remove(tensor);

    /// <summary>Moves an object to the next outer scope; without one it is detached.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    /// <summary>Moves two objects to the next outer scope.</summary>
    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    /// <summary>Moves three objects to the next outer scope.</summary>
    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    /// <summary>Moves objects to the next outer scope.</summary>
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    /// <summary>Moves objects to the next outer scope.</summary>
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    /// <summary>Moves an object to another scope; with null it is detached.</summary>
    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        MoveToOther(scope, [disposable]);
        return disposable;
    }

    /// <summary>Moves objects to another scope; with null they are detached.</summary>
    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    /// <summary>Moves objects to another scope; with null they are detached.</summary>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        _ = Manager;
        foreach (var disposable in disposables)
        {
            if (scope is null)
                DetachOne(disposable);
            else if (this.disposables.Contains(disposable))
                AddTo(scope, disposable);
        }
    }

    /// <summary>Takes an object out of the scope: its holder disposes it, or the garbage collector.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        _ = Manager;
        DetachOne(disposable);
        return disposable;
    }

    /// <summary>Takes two objects out of the scope.</summary>
    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(first), Detach(second));

    /// <summary>Takes three objects out of the scope.</summary>
    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (Detach(first), Detach(second), Detach(third));

    /// <summary>Takes objects out of the scope.</summary>
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes objects out of the scope.</summary>
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        _ = Manager;
        foreach (var disposable in disposables)
            DetachOne(disposable);
    }

    private void DetachOne(IDisposable disposable)
    {
        if (!disposables.Remove(disposable))
            return;
        Manager.StatisticsInstance.TensorStatistics.DetachedFromScopeCount++;
        AsTensor(disposable).OwningDisposeScope = null;
    }

    /// <summary>Puts an object under this scope, whichever scope held it before.</summary>
    public void Attach(IDisposable disposable) => Attach([disposable]);

    /// <summary>Puts objects under this scope, whichever scope held them before.</summary>
    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    /// <summary>Puts objects under this scope, whichever scope held them before.</summary>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var statistics = Manager.StatisticsInstance.TensorStatistics;
        var result = disposables.ToArray();
        foreach (var disposable in result)
        {
            if (AddTo(this, disposable))
                statistics.AttachedToScopeCount++;
        }
        return result;
    }

    /// <summary>Disposes all that the scope holds.</summary>
    public void DisposeEverything() => DisposeEverythingBut(Enumerable.Empty<IDisposable>());

    /// <summary>Disposes all that the scope holds except these.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        var before = disposables;
        disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in before)
        {
            if (!disposables.Contains(disposable))
                disposable.Dispose();
        }
    }

    /// <summary>Disposes all that the scope holds except these.</summary>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <summary>Disposes all that the scope holds except this.</summary>
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Forgets an object that was disposed elsewhere.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _ = Manager;
        disposables.Remove(disposable);
        AsTensor(disposable).OwningDisposeScope = null;
    }

    /// <summary>Disposes all that the scope holds and ends it.</summary>
    public void Dispose()
    {
        if (manager is null)
            return;
        DisposeEverything();
        manager.RemoveDisposeScope(this);
        manager = null;
    }

    private static bool AddTo(DisposeScope scope, IDisposable disposable)
    {
        var tensor = AsTensor(disposable);
        var before = tensor.OwningDisposeScope;
        if (before == scope)
            return false;
        scope.disposables.Add(tensor);
        before?.disposables.Remove(tensor);
        tensor.OwningDisposeScope = scope;
        return true;
    }

    private static Tensor AsTensor(IDisposable disposable) =>
        disposable as Tensor ?? throw new InvalidOperationException($"A dispose scope manages tensors, not {disposable.GetType()}.");
}
