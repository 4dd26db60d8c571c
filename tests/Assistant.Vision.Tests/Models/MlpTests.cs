using System.Text.Json;
using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

public class MlpTests
{
    [Fact]
    public void Projector_AgreesWithTheReference_AfterThreeStepsToo()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("projector_lvm");
        using var model = new Mlp(1536, 100, 100, 4096);
        FillParameters(model, 0);
        var (inputs, targets) = (FormulaValues.Fill([33, 1536], 200, 2), FormulaValues.Fill([33, 4096], 201, 1));
        TrainingParity.AssertWithin("inputs", parity.Input("inputs"), inputs, 0);

        var output = model.call(inputs);
        parity.AssertClose("output", output, 1e-5);
        var loss = nn.functional.mse_loss(output, targets);
        parity.AssertClose("loss", loss, 1e-5);
        loss.backward();
        foreach (var (name, parameter) in model.named_parameters())
            parity.AssertClose($"grad.{name}", parameter.grad!, 1e-5);

        var losses = Train(parity, model, "lr", () => nn.functional.mse_loss(model.call(inputs), targets));
        TrainingParity.AssertLosses(parity.Values.GetProperty("losses_adam"), losses);
        foreach (var (name, parameter) in model.named_parameters())
            AssertStepped(parity, $"adam3.{name}", parameter.detach());
    }

    [Fact]
    public void Classifier_AgreesWithTheReference_AfterThreeStepsToo()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("projector_lvm");
        using var model = new Mlp(4096, 500, 3);
        FillParameters(model, 100);
        var (inputs, labels) = (FormulaValues.Fill([33, 4096], 201, 1), parity.Input("labels"));

        var logits = model.call(inputs);
        parity.AssertClose("classifier_logits", logits, 1e-5);
        var loss = nn.functional.cross_entropy(logits, labels);
        parity.AssertClose("classifier_loss", loss, 1e-5);
        loss.backward();
        foreach (var (name, parameter) in model.named_parameters())
            Compare(name, (key, kept) => parity.AssertClose($"classifier_grad.{key}", kept, 1e-5), parameter.grad!);

        var losses = Train(parity, model, "classifier_lr", () => nn.functional.cross_entropy(model.call(inputs), labels));
        TrainingParity.AssertLosses(parity.Values.GetProperty("classifier_losses_adam"), losses);
        foreach (var (name, parameter) in model.named_parameters())
            Compare(name, (key, kept) => AssertStepped(parity, $"classifier_adam3.{key}", kept), parameter.detach());
    }

    [Fact]
    public void TwoWidths_AreRequired() =>
        Assert.Contains("given: [5]", Assert.Throws<ArgumentException>(() => new Mlp(5)).Message, StringComparison.Ordinal);

    /// <summary>Of the big first matrix the reference keeps the first 20 rows.</summary>
    private static void Compare(string name, Action<string, Tensor> compare, Tensor value)
    {
        if (name == "0.weight")
            compare("0.weight_rows0_20", value.narrow(0, 0, 20));
        else
            compare(name, value);
    }

    private static List<double> Train(Parity parity, Mlp model, string rate, Func<Tensor> loss)
    {
        JsonElement settings = parity.Values.GetProperty("optimiser");
        using var optimizer = TrainingParity.Optimizer("adam", settings, model.parameters(), rate);
        return TrainingParity.Train(optimizer, settings.GetProperty("steps").GetInt32(), loss);
    }

    private static void AssertStepped(Parity parity, string name, Tensor actual) =>
        TrainingParity.AssertWithin(name, parity.Expected(name), actual, 2e-5, share: 1e-4, outliers: 1e-3);

    private static void FillParameters(Mlp model, uint salt)
    {
        using var noGrad = no_grad();
        var k = salt;
        foreach (var (name, parameter) in model.named_parameters())
            FormulaValues.FillInto(parameter, k++, name.EndsWith("weight", StringComparison.Ordinal) ? 2 * Math.Sqrt(6.0 / parameter.shape[1]) * 0.7 : 0.2);
    }
}
