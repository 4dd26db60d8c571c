using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class NotebookViTTests
{
    [Fact]
    public void Forward_AndGradients_AgreeWithTheReference()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("vit_notebook");
        using var model = Load(parity);
        var (pixel_values, labels) = (parity.Input("pixel_values"), parity.Input("labels"));

        var embedded = model.Embed(pixel_values);
        parity.AssertClose("embedded", embedded, 1e-5);
        var states = model.LayerStates(embedded);
        for (var layer = 0; layer < states.Count; layer++)
            parity.AssertClose($"layer_{layer}", states[layer], 1e-5);
        parity.AssertClose("cls_normed", model.Pool(states[^1]), 1e-5);
        var logits = model.call(pixel_values);
        parity.AssertClose("logits", logits, 1e-5);
        var loss = nn.functional.cross_entropy(logits, labels);
        parity.AssertClose("loss", loss, 1e-5);
        loss.backward();
        var compared = 0;
        foreach (var (name, parameter) in model.named_parameters())
        {
            parity.AssertClose($"grad.{name}", parameter.grad!, 1e-5);
            compared++;
        }
        Assert.Equal(32, compared);
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("adam")]
    public void ThreeSteps_AgreeWithTheReference(string optimiser)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("vit_notebook");
        using var model = Load(parity);
        var settings = parity.Values.GetProperty("optimisers").GetProperty(optimiser);
        using var optimizer = TrainingParity.Optimizer(optimiser, settings, model.parameters());
        var losses = TrainingParity.Train(optimizer, settings.GetProperty("steps").GetInt32(),
            () => nn.functional.cross_entropy(model.call(parity.Input("pixel_values")), parity.Input("labels")));
        TrainingParity.AssertLosses(parity.Values.GetProperty($"losses_{optimiser}"), losses);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var (wanted, actual) = (parity.Expected($"{optimiser}3.{name}"), parameter.detach());
            if (name.EndsWith("in_proj_bias", StringComparison.Ordinal))
            {
                // The keys' bias has no true gradient (softmax cancels it): Adam turns rounding noise into steps there.
                var width = wanted.shape[0] / 3;
                foreach (var start in new[] { 0, 2 * width })
                    TrainingParity.AssertWithin(name, wanted.narrow(0, start, width), actual.narrow(0, start, width), 1e-5);
                continue;
            }
            TrainingParity.AssertWithin(name, wanted, actual, 1e-5);
        }
    }

    [Fact]
    public void SizesThatDoNotFit_AreNamed()
    {
        Assert.Contains("Width 30 is not a multiple of 4 heads", Assert.Throws<ArgumentException>(() => new NotebookViT(new NotebookViTConfig { Width = 30 })).Message, StringComparison.Ordinal);
        Assert.Contains("4 pixels holds no patch of 7", Assert.Throws<ArgumentException>(() => new NotebookViT(new NotebookViTConfig { ImageSize = 4 })).Message, StringComparison.Ordinal);
    }

    private static NotebookViT Load(Parity parity)
    {
        var sizes = parity.Values.GetProperty("architecture");
        int Size(string name) => sizes.GetProperty(name).GetInt32();
        var model = new NotebookViT(new NotebookViTConfig
        {
            ImageSize = Size("img"), PatchSize = Size("patch"), Channels = Size("chans"), Width = Size("dim"),
            Heads = Size("heads"), Layers = Size("layers"), FeedForward = Size("ff"), Classes = Size("classes"),
        });
        parity.LoadWeights(model);
        return model;
    }
}
