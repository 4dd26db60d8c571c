using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

/// <summary>Forward passes, gradients and three optimiser steps against values recorded from PyTorch.</summary>
public sealed class ReferenceTrainingTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private sealed class NotebookViT : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Conv2d patch_embed = Conv2d(1, 32, 7, stride: 7);
        private readonly Parameter cls_token = Parameter(zeros(1, 1, 32));
        private readonly Parameter pos_embed = Parameter(zeros(1, 17, 32));
        private readonly TransformerEncoder encoder = TransformerEncoder(TransformerEncoderLayer(32, 4, 64, dropout: 0, Activations.GELU), 2);
        private readonly LayerNorm norm = LayerNorm(32);
        private readonly Linear head = Linear(32, 10);

        public NotebookViT() : base(nameof(NotebookViT)) => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor pixels)
        {
            using var inner = NewDisposeScope();
            var x = patch_embed.call(pixels).flatten(2).transpose(1, 2);
            x = cat([cls_token.expand(x.shape[0], -1, -1), x], dim: 1) + pos_embed;
            x = encoder.call(x.transpose(0, 1)).transpose(0, 1);
            return head.call(norm.call(x[.., 0])).MoveToOuterDisposeScope();
        }
    }

    private sealed class ProjectionHead : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear projection, fc;
        private readonly LayerNorm layer_norm = LayerNorm(256);

        public ProjectionHead(long size) : base(nameof(ProjectionHead))
        {
            (projection, fc) = (Linear(size, 256), Linear(256, 256));
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor x)
        {
            var projected = projection.call(x);
            return layer_norm.call(fc.call(projected.gelu()) + projected);
        }
    }

    private sealed class LanceClip : Module<torch.Tensor, torch.Tensor, torch.Tensor>
    {
        private readonly ProjectionHead image_projection = new(2048), text_projection = new(768);

        public LanceClip() : base(nameof(LanceClip)) => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor images, torch.Tensor texts)
        {
            var (i, t) = (image_projection.call(images), text_projection.call(texts));
            var logits = matmul(t, i.T);
            var targets = ((matmul(i, i.T) + matmul(t, t.T)) / 2).softmax(-1);
            var texts_loss = (-targets * logits.log_softmax(-1)).sum(dim: 1);
            var images_loss = (-targets.T * logits.T.log_softmax(-1)).sum(dim: 1);
            return ((images_loss + texts_loss) / 2).mean();
        }
    }

    /// <summary>Three steps on one batch; the losses before each and after the last.</summary>
    private static void Train(Module model, optim.Optimizer optimizer, Func<torch.Tensor> loss, double[] expected, Action<Dictionary<string, torch.Tensor>>? checkGradients)
    {
        for (var step = 0; step < 4; step++)
        {
            optimizer.zero_grad();
            var value = loss();
            Assert.Equal(expected[step], value.ToDouble(), 2e-4 * expected[step]);
            if (step == 3)
                return;
            value.backward();
            if (step == 0)
                checkGradients?.Invoke(model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!));
            optimizer.step();
        }
    }

    private static double[] Losses(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).EnumerateArray().Select(value => value.GetDouble()).ToArray();

    [Theory]
    [InlineData("adamw")]
    [InlineData("adam")]
    public void NotebookViT_TrainsAsInPyTorch(string kind)
    {
        var folder = ReferenceData.Folder("vit_notebook");
        var (inputs, expected) = (ReferenceData.Read(Path.Combine(folder, "inputs.safetensors")), ReferenceData.Read(Path.Combine(folder, "expected.safetensors")));
        var json = ReferenceData.Json(Path.Combine(folder, "expected.json"));
        using var model = new NotebookViT();
        model.load_state_dict(ReferenceData.Read(Path.Combine(folder, "model.safetensors")));
        ReferenceData.Close(expected["logits"], model.call(inputs["pixel_values"]), 1e-5, "logits");

        using optim.Optimizer optimizer = kind == "adamw"
            ? optim.AdamW(model.parameters(), lr: 1e-3, weight_decay: 0.01)
            : optim.Adam(model.parameters(), lr: 1e-3);
        Train(model, optimizer, () => F.cross_entropy(model.call(inputs["pixel_values"]), inputs["labels"]), Losses(json, $"losses_{kind}"), gradients =>
        {
            foreach (var (name, gradient) in gradients)
            {
                if (!name.EndsWith("in_proj_bias", StringComparison.Ordinal)) // its key third is 0 up to rounding
                    ReferenceData.Close(expected["grad." + name], gradient, 2e-5, name);
            }
        });
        foreach (var (name, parameter) in model.named_parameters())
        {
            var (wanted, found) = (expected[$"{kind}3.{name}"], parameter.detach());
            if (name.EndsWith("in_proj_bias", StringComparison.Ordinal))
            {
                long[] thirds = [0, 2];
                (wanted, found) = (stack(thirds.Select(i => wanted.chunk(3)[i])), stack(thirds.Select(i => found.chunk(3)[i])));
            }
            ReferenceData.AlmostAllClose(wanted, found, 1e-5, 1e-4, name);
        }
    }

    [Fact]
    public void ProjectorAndClassifier_TrainAsInPyTorch()
    {
        var folder = ReferenceData.Folder("projector_lvm");
        var expected = ReferenceData.Read(Path.Combine(folder, "expected.safetensors"));
        var json = ReferenceData.Json(Path.Combine(folder, "expected.json"));
        var (inputs, targets) = (ReferenceData.Fill([33, 1536], 200, 2), ReferenceData.Fill([33, 4096], 201, 1));
        using var mlp = Sequential(Linear(1536, 100), ReLU(), Linear(100, 100), ReLU(), Linear(100, 4096));
        SetWeights(mlp, 0);
        ReferenceData.Close(expected["output"], mlp.call(inputs), 1e-5, "output");
        using var adam = optim.Adam(mlp.parameters(), lr: 0.01);
        Train(mlp, adam, () => F.mse_loss(mlp.call(inputs), targets), Losses(json, "losses_adam"), gradients =>
        {
            foreach (var (name, gradient) in gradients)
                ReferenceData.Close(expected["grad." + name], gradient, 1e-5, name);
        });
        foreach (var (name, parameter) in mlp.named_parameters())
            ReferenceData.AlmostAllClose(expected["adam3." + name], parameter, 2e-5, 1e-4, name);

        using var classifier = Sequential(Linear(4096, 500), ReLU(), Linear(500, 3));
        SetWeights(classifier, 100);
        var labels = ReferenceData.Read(Path.Combine(folder, "inputs.safetensors"))["labels"];
        ReferenceData.Close(expected["classifier_logits"], classifier.call(targets), 1e-5, "classifier_logits");
        using var slow = optim.Adam(classifier.parameters(), lr: 5e-4);
        Train(classifier, slow, () => F.cross_entropy(classifier.call(targets), labels), Losses(json, "classifier_losses_adam"), null);
        ReferenceData.AlmostAllClose(expected["classifier_adam3.2.weight"], classifier.get_parameter("2.weight")!, 2e-5, 1e-3, "2.weight");
    }

    private static void SetWeights(Module model, uint first)
    {
        using var gradient = no_grad();
        foreach (var ((name, parameter), index) in model.named_parameters().Select((pair, index) => (pair, (uint)index)))
            parameter.copy_(ReferenceData.Fill(parameter.shape, first + index, name.EndsWith("weight", StringComparison.Ordinal) ? 2 * Math.Sqrt(6.0 / parameter.shape[1]) * 0.7 : 0.2));
    }

    [Fact]
    public void LanceClip_TrainsAsInPyTorch()
    {
        var folder = ReferenceData.Folder("lance_clip");
        var (inputs, expected) = (ReferenceData.Read(Path.Combine(folder, "inputs.safetensors")), ReferenceData.Read(Path.Combine(folder, "expected.safetensors")));
        using var model = new LanceClip();
        model.load_state_dict(ReferenceData.Read(Path.Combine(folder, "model.safetensors")));
        using var adam = optim.Adam(model.parameters(), lr: 1e-3);
        Train(model, adam, () => model.call(inputs["image_features"], inputs["text_features"]),
            Losses(ReferenceData.Json(Path.Combine(folder, "expected.json")), "losses_adam"), gradients =>
            {
                foreach (var (name, gradient) in gradients)
                    ReferenceData.Close(expected["grad." + name], gradient, 2e-5, name);
            });
        foreach (var (name, parameter) in model.named_parameters())
            ReferenceData.AlmostAllClose(expected["adam3." + name], parameter, 2e-5, 1e-4, name);
    }
}
