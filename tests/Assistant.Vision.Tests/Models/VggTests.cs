using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class VggTests
{
    [Fact]
    public void Vgg16_AgreesWithTheReference()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var parity = Parity.Open("vgg16");
        using var model = Vgg.Vgg16();
        FormulaValues.Load(model, parity.Values.GetProperty("parameters"));
        model.eval();
        var pixel_values = FormulaValues.Images(2, 224, 224, 29000);
        TrainingParity.AssertWithin("images", parity.Input("pixel_values"), pixel_values.narrow(0, 0, 1), 0);

        var map = model.Map(pixel_values);
        parity.AssertClose("features_mean_hw", map.mean([2, 3]));
        var flat = model.Flatten(map);
        parity.AssertClose("avgpool_sample", flat.index_select(1, arange(0, flat.shape[1], 49, dtype: ScalarType.Int64)));
        parity.AssertClose("classifier_0_only", model.Classify(flat, 1));
        parity.AssertClose("classifier_0_to_2", model.Classify(flat, 3));
        parity.AssertClose("classifier_0_to_4", model.Classify(flat, 5));
        parity.AssertClose("logits", model.Classify(flat));
    }

    [Fact]
    public void SmallStages_Work_AndLayersAreCounted()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new Vgg([[2], [3, 4]], classes: 5);
        model.eval();
        Assert.Equal([1, 5], model.call(zeros(1, 3, 40, 32)).shape);
        Assert.Contains("features.5.weight", model.state_dict().Keys);
        Assert.Contains("layers 1 to 7", Assert.Throws<ArgumentOutOfRangeException>(() => model.Classify(zeros(1, 196), 8)).Message, StringComparison.Ordinal);
    }
}
