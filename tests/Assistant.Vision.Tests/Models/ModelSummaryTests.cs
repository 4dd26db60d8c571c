using Assistant.Vision.Models;

namespace Assistant.Vision.Tests.Models;

public class ModelSummaryTests
{
    [Fact]
    public void Summary_ListsEveryTensor_AndCountsParameters()
    {
        using var model = new Mlp(4, 3, 2);
        model.named_parameters().First(entry => entry.name == "0.bias").parameter.requires_grad_(false);
        var summary = ModelSummary.Of(model);
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], summary.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(4 * 3 + 3 + 3 * 2 + 2, summary.Parameters);
        Assert.Equal(summary.Parameters - 3, summary.Trainable);
        Assert.Contains("0.weight  Float32   [3, 4]", summary.ToString(), StringComparison.Ordinal);
        Assert.Contains("23 parameters, 20 trainable", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ResNet50_HasAsManyParametersAsTorchvisions()
    {
        using var model = ResNet.ResNet50();
        var summary = ModelSummary.Of(model);
        Assert.Equal(25_557_032, summary.Parameters);
        Assert.Contains(summary.Tensors, tensor => tensor is { Name: "bn1.running_mean", IsParameter: false });
    }
}
