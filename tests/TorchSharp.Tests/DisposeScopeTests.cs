using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_DisposesWhatWasCreatedInIt_ExceptWhatMovedOut()
    {
        var before = torch.Tensor.TotalCount;
        torch.Tensor kept, inner;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inner = ones(2) + 1;
                kept = inner.mul(2).MoveToOuterDisposeScope();
            }
            Assert.True(inner.IsInvalid);
            Assert.False(kept.IsInvalid);
            Assert.True(outer.Contains(kept));
        }
        Assert.True(kept.IsInvalid);
        Assert.True(torch.Tensor.TotalCount <= before);
    }

    [Fact]
    public void DetachedTensors_OutliveTheirScope()
    {
        torch.Tensor detached;
        using (NewDisposeScope())
            detached = ones(1).DetachFromDisposeScope();
        Assert.Equal(1f, detached.item<float>());
        detached.Dispose();
        detached.Dispose(); // twice does no harm
    }

    [Fact]
    public void Parameters_BelongToNoScope()
    {
        Modules.Linear layer;
        using (NewDisposeScope())
            layer = nn.Linear(2, 3);
        using (layer)
            Assert.Equal([3L, 2], layer.weight!.shape);
        Assert.Throws<InvalidOperationException>(() => layer.weight!.shape);
    }

    [Fact]
    public void Scopes_AreCounted_AndBelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (ones(1), ones(2));
        Assert.Equal(2, scope.DisposablesCount);
        var elsewhere = new Thread(() => ones(3).Dispose());
        elsewhere.Start();
        elsewhere.Join();
        Assert.Equal(2, scope.DisposablesCount);
        scope.DisposeEverythingBut(second);
        Assert.True(first.IsInvalid);
        Assert.False(second.IsInvalid);
    }

    [Fact]
    public void Statistics_CountTensorsOfTheThread()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        using (NewDisposeScope())
        {
            ones(1);
            ones(1).DetachFromDisposeScope().Dispose();
        }
        Assert.Equal((2, 1, 1), (statistics.CreatedInScopeCount, statistics.DisposedInScopeCount, statistics.DetachedFromScopeCount));
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void EndingAnOuterScopeFirst_KeepsTheInnerOneWorking()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var tensor = ones(1);
        Assert.True(inner.Contains(tensor));
        inner.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Null(CurrentDisposeScope);
        Assert.Throws<ObjectDisposedException>(() => inner.DisposablesCount);
    }
}
