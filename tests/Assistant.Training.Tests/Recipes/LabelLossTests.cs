using Assistant.Training.Recipes;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Tests.Recipes;

[Collection("the generator that all threads share")]
public class LabelLossTests
{
    [Fact]
    public void RowsWithoutALabelDoNotCount()
    {
        using var scope = NewDisposeScope();
        var scores = randn(4, 3);
        var expected = F.cross_entropy(scores.index_select(0, tensor(new[] { 0L, 2L })), tensor(new[] { 1L, 2L })).item<float>();
        Assert.Equal(expected, LabelLoss.Of(scores, [1, -1, 2, -1]).item<float>(), 5);
    }

    [Fact]
    public void ABatchWithoutAnyLabelCostsNothingAndMovesNothing()
    {
        using var scope = NewDisposeScope();
        var scores = randn(4, 3).requires_grad_();
        var loss = LabelLoss.Of(scores, [-1, -1, -1, -1]);
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, scores.grad!.abs().max().item<float>());
    }
}
