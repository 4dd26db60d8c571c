using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Tests.Models;

public class ContrastiveLossTests
{
    [Fact]
    public void Symmetric_OfNormalisedEmbeddings_AgreesWithTheReference_GradientsToo()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("clip_loss");
        var (images, texts, scale) = (Leaf(parity, "image_embeds"), Leaf(parity, "text_embeds"), Leaf(parity, "logit_scale"));
        var logits = ContrastiveLoss.LogitsPerImage(images, texts, scale);
        Within(parity, "logits_per_image", logits);
        var parts = ContrastiveLoss.FromLogits(logits);
        Within(parity, "loss", parts.Loss);
        Within(parity, "loss_image", parts.Images);
        Within(parity, "loss_text", parts.Texts);
        parts.Loss.backward();
        Within(parity, "grad_image_embeds", images.grad!);
        Within(parity, "grad_text_embeds", texts.grad!);
        Within(parity, "grad_logit_scale", scale.grad!);
    }

    [Fact]
    public void Symmetric_OfRawFeatures_AgreesWithTheReference_GradientsToo()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("clip_loss");
        var (images, texts, scale) = (Leaf(parity, "raw_image_features"), Leaf(parity, "raw_text_features"), Leaf(parity, "logit_scale"));
        Within(parity, "raw_logits_per_image", ContrastiveLoss.LogitsPerImage(F.normalize(images, dim: -1), F.normalize(texts, dim: -1), scale));
        var loss = ContrastiveLoss.Symmetric(images, texts, scale).Loss;
        Within(parity, "raw_loss", loss);
        loss.backward();
        Within(parity, "grad_raw_image_features", images.grad!);
        Within(parity, "grad_raw_text_features", texts.grad!);
        Within(parity, "raw_grad_logit_scale", scale.grad!);
    }

    [Fact]
    public void SoftTargets_WithTheirHeads_AgreeWithTheReference()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("lance_clip");
        using var heads = Heads(parity);
        var temperature = parity.Values.GetProperty("temperature").GetDouble();
        var images = heads.ImageProjection.call(parity.Input("image_features"));
        var texts = heads.TextProjection.call(parity.Input("text_features"));
        parity.AssertClose("image_embeddings", images, 1e-5);
        parity.AssertClose("text_embeddings", texts, 1e-5);
        parity.AssertClose("logits", ContrastiveLoss.SoftLogits(images, texts, temperature), 1e-5);
        parity.AssertClose("targets", ContrastiveLoss.SoftTargetWeights(images, texts, temperature), 1e-5);
        var parts = ContrastiveLoss.SoftTargets(images, texts, temperature);
        parity.AssertClose("images_loss", parts.Images, 1e-5);
        parity.AssertClose("texts_loss", parts.Texts, 1e-5);
        parity.AssertClose("loss", parts.Loss, 1e-5);
        parts.Loss.backward();
        foreach (var (name, parameter) in heads.named_parameters())
            parity.AssertClose($"grad.{name}", parameter.grad!, 1e-5);
    }

    [Fact]
    public void SoftTargets_AfterThreeSteps_AgreeWithTheReference()
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open("lance_clip");
        using var heads = Heads(parity);
        var settings = parity.Values.GetProperty("optimiser");
        using var optimizer = TrainingParity.Optimizer("adam", settings, heads.parameters());
        var losses = TrainingParity.Train(optimizer, settings.GetProperty("steps").GetInt32(), () => ContrastiveLoss.SoftTargets(
            heads.ImageProjection.call(parity.Input("image_features")), heads.TextProjection.call(parity.Input("text_features")),
            parity.Values.GetProperty("temperature").GetDouble()).Loss);
        TrainingParity.AssertLosses(parity.Values.GetProperty("losses_adam"), losses);
        foreach (var (name, parameter) in heads.named_parameters())
            TrainingParity.AssertWithin(name, parity.Expected($"adam3.{name}"), parameter.detach(), 2e-5, share: 1e-4, outliers: 1e-3);
    }

    [Fact]
    public void PairsThatDoNotMatch_AreNamed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("pictures are [2, 4], texts [3, 4]", Assert.Throws<ArgumentException>(() => ContrastiveLoss.Symmetric(ones(2, 4), ones(3, 4), zeros([]))).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => ContrastiveLoss.FromLogits(ones(2, 3))).Message, StringComparison.Ordinal);
    }

    private static DualEncoderHeads Heads(Parity parity)
    {
        var width = parity.Expected("image_embeddings").shape[1];
        var heads = new DualEncoderHeads((int)parity.Input("image_features").shape[1], (int)parity.Input("text_features").shape[1], (int)width);
        parity.LoadWeights(heads);
        heads.eval(); // the reference's dropout is off
        return heads;
    }

    private static Tensor Leaf(Parity parity, string name) => parity.Input(name).clone().requires_grad_(true);

    private static void Within(Parity parity, string name, Tensor actual) =>
        TrainingParity.AssertWithin(name, parity.Expected(name), actual.detach(), 1e-5);
}
