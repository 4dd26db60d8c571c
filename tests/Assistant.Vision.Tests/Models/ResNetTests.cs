using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class ResNetTests
{
    [Fact]
    public void ResNet50_AgreesWithTheReference_InEvaluationAndTraining()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open("resnet50");
        using var model = ResNet.ResNet50();
        FormulaValues.Load(model, parity.Values.GetProperty("parameters"));
        var pixel_values = FormulaValues.Images(4, 224, 224, 19000);
        TrainingParity.AssertWithin("images", parity.Input("pixel_values"), pixel_values.narrow(0, 0, 1), 0);

        model.eval();
        var two = pixel_values.narrow(0, 0, 2);
        parity.AssertClose("eval_bn1_sample", Sample(model.Stem(two))); // recorded after torchvision's in-place ReLU
        var stages = model.StageOutputs(two);
        for (var stage = 0; stage < 3; stage++)
            parity.AssertClose($"eval_layer{stage + 1}_mean_hw", stages[stage].mean([2, 3]));
        parity.AssertClose("eval_features", model.Features(two));
        parity.AssertClose("eval_logits", model.call(two));

        model.train();
        var features = model.Features(pixel_values); // one pass in training mode: the running statistics move once
        parity.AssertClose("train_features", features);
        parity.AssertClose("train_logits", model.Classify(features));
        var state = model.state_dict();
        foreach (var name in new[] { "bn1", "layer1.0.bn3", "layer2.0.downsample.1", "layer4.2.bn3" })
        {
            parity.AssertClose($"after_train.{name}.running_mean", state[$"{name}.running_mean"]);
            parity.AssertClose($"after_train.{name}.running_var", state[$"{name}.running_var"]);
        }
        model.eval();
        parity.AssertClose("after_train.eval_features", model.Features(two));
        model.train();
        parity.AssertClose("train_bn1_sample", Sample(model.Stem(pixel_values)));
    }

    [Theory]
    [InlineData(18, 512)]
    [InlineData(34, 512)]
    [InlineData(101, 2048)]
    public void OtherDepths_HaveTorchvisionsNames(int depth, int width)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = depth switch { 18 => ResNet.ResNet18(3), 34 => ResNet.ResNet34(3), _ => ResNet.ResNet101(3) };
        model.eval();
        Assert.Equal([1, 3], model.call(zeros(1, 3, 64, 64)).shape);
        Assert.Equal(width, model.FeatureWidth);
        var names = model.state_dict().Keys;
        Assert.Contains("layer2.0.downsample.0.weight", names);
        Assert.Equal(width == 2048, names.Contains("layer1.0.downsample.0.weight")); // a bottleneck widens the first stage too
        Assert.Equal(width == 2048, names.Contains("layer1.0.conv3.weight"));
    }

    [Fact]
    public void FourStages_AreRequired() =>
        Assert.Contains("four stages", Assert.Throws<ArgumentException>(() => new ResNet([3, 4], bottleneck: true)).Message, StringComparison.Ordinal);

    private static Tensor Sample(Tensor map)
    {
        var indices = arange(0, map.shape[2], 16, dtype: ScalarType.Int64);
        return map.index_select(2, indices).index_select(3, indices);
    }
}
