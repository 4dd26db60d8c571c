using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Tests;

public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private sealed class Block : Module<torch.Tensor, torch.Tensor>
    {
        private readonly LayerNorm norm = LayerNorm(4);
        private readonly Module<torch.Tensor, torch.Tensor> act = GELU(Modules.GELU.Approximate.tanh);
        public Block() : base(nameof(Block)) => RegisterComponents();
        public override torch.Tensor forward(torch.Tensor x) => act.call(norm.call(x));
    }

    private sealed class Network : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Embedding token_embedding = Embedding(5, 4);
        private readonly Parameter scale = Parameter(ones(4));
        private readonly torch.Tensor offset = zeros(4);
        private readonly ModuleList<Block> blocks = ModuleList(new Block(), new Block());
        private readonly Sequential head = Sequential(("fc1", Linear(4, 3)), ("relu", ReLU()), ("fc2", Linear(3, 2, hasBias: false)));
        private readonly Dropout dropout = Dropout(0.5);

        public Network() : base(nameof(Network))
        {
            register_buffer("steps", zeros(1), persistent: false);
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor ids)
        {
            using var inner = NewDisposeScope();
            var x = token_embedding.call(ids) * scale + offset;
            foreach (var block in blocks)
                x = block.call(x);
            return head.call(dropout.call(x)).MoveToOuterDisposeScope();
        }
    }

    [Fact]
    public void StateDict_IsNamedByFields()
    {
        using var network = new Network();
        string[] expected =
        [
            "blocks.0.norm.bias", "blocks.0.norm.weight", "blocks.1.norm.bias", "blocks.1.norm.weight",
            "head.fc1.bias", "head.fc1.weight", "head.fc2.weight", "offset", "scale", "token_embedding.weight",
        ];
        Assert.Equal(expected, network.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Where(name => name != "offset"), network.named_parameters().Select(pair => pair.name).Order(StringComparer.Ordinal));
        Assert.Equal(["offset", "steps"], network.named_buffers().Select(pair => pair.name).Order(StringComparer.Ordinal));
        Assert.Contains("blocks.1.norm", network.named_modules().Select(pair => pair.name));
        Assert.True(network.has_parameter("blocks.1.norm.weight"));
        Assert.Null(network.get_parameter("blocks.2.norm.weight"));
    }

    [Fact]
    public void TransformerModules_CarryPyTorchsNames()
    {
        using var encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16), 2);
        string[] layer =
        [
            "linear1.bias", "linear1.weight", "linear2.bias", "linear2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight",
            "self_attn.in_proj_bias", "self_attn.in_proj_weight", "self_attn.out_proj.bias", "self_attn.out_proj.weight",
        ];
        Assert.Equal(layer.Select(name => "layers.0." + name).Concat(layer.Select(name => "layers.1." + name)),
            encoder.state_dict().Keys.Order(StringComparer.Ordinal));
        using var norm = BatchNorm2d(3);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], norm.state_dict().Keys);
    }

    [Fact]
    public void LoadStateDict_NamesWhatDoesNotFit_AndCopiesNothing()
    {
        using var network = new Network();
        var state = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        state.Remove("scale");
        state.Add("surplus", ones(1));
        state["offset"] = ones(5);
        var message = Assert.Throws<InvalidOperationException>(() => network.load_state_dict(state)).Message;
        Assert.Contains("missing (scale)", message, StringComparison.Ordinal);
        Assert.Contains("unexpected (surplus)", message, StringComparison.Ordinal);
        Assert.Contains("offset is [5], expected [4]", message, StringComparison.Ordinal);

        state["offset"] = ones(4);
        var (missing, unexpected) = network.load_state_dict(state, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["surplus"], unexpected);
        Assert.Equal([1f, 1, 1, 1], network.get_buffer("offset")!.data<float>().ToArray());
        state.Remove("surplus");
        network.load_state_dict(state, skip: ["scale"]);
    }

    [Fact]
    public void SaveAndLoad_KeepValues()
    {
        using var first = new Network();
        using var second = new Network();
        using var stream = new MemoryStream();
        first.save(new BinaryWriter(stream));
        stream.Position = 0;
        second.load(new BinaryReader(stream));
        first.eval();
        second.eval();
        var ids = tensor(new long[] { 0, 4, 2 });
        Assert.True(first.call(ids).Equals(second.call(ids)));
    }

    [Fact]
    public void To_ConvertsInPlace_SoThatOptimizersKeepTheirParameters()
    {
        using var network = new Network();
        var weight = network.get_parameter("head.fc2.weight")!;
        network.call(tensor(new long[] { 1 })).sum().backward();
        Assert.Same(network, network.to(bfloat16));
        Assert.Same(weight, network.get_parameter("head.fc2.weight"));
        Assert.All(network.state_dict().Values, value => Assert.Equal(bfloat16, value.dtype));
        Assert.Equal(bfloat16, weight.grad!.dtype);
        Assert.True(weight.requires_grad && weight.is_leaf);
        Assert.Equal(bfloat16, network.call(tensor(new long[] { 1, 2 })).dtype);
        Assert.Throws<ArgumentException>(() => network.to(int64));
        Assert.Throws<InvalidOperationException>(() => network.to(DeviceType.CUDA));
    }

    [Fact]
    public void TrainAndEval_ReachAllModules()
    {
        using var network = new Network();
        Assert.True(network.training);
        network.eval();
        Assert.All(network.modules(), module => Assert.False(module.training));
        var ids = tensor(new long[] { 0, 1, 2, 3 });
        Assert.True(network.call(ids).Equals(network.call(ids)));
        network.train();
        Assert.False(network.call(ids).Equals(network.call(ids)));
    }

    [Fact]
    public void SharedParameters_AreListedOnce_ButStayInTheStateDict()
    {
        var shared = Linear(2, 2);
        using var network = Sequential(("a", shared), ("b", shared));
        Assert.Equal(["a.weight", "a.bias"], network.named_parameters().Select(pair => pair.name));
        Assert.Equal(4, network.state_dict().Count);
    }

    [Fact]
    public void ZeroGrad_ForgetsGradients_AndApplyReachesAll()
    {
        using var network = new Network();
        network.call(tensor(new long[] { 1 })).sum().backward();
        Assert.Contains(network.parameters(), parameter => parameter.grad is not null);
        network.zero_grad();
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
        var linears = 0;
        network.apply(module => linears += module is Linear ? 1 : 0);
        Assert.Equal(2, linears);
    }

    [Fact]
    public void Hooks_SeeAndReplaceValues()
    {
        using var layer = Identity();
        var before = layer.register_forward_pre_hook((_, input) => input + 1);
        layer.register_forward_hook((_, _, output) => output * 10);
        Assert.Equal(20f, layer.call(ones(1)).item<float>());
        before.remove();
        Assert.Equal(10f, layer.call(ones(1)).item<float>());
    }

    [Fact]
    public void Registration_RefusesBadNames()
    {
        using var network = new Network();
        Assert.Throws<InvalidOperationException>(() => network.register_module("head", Identity()));
        Assert.Throws<ArgumentException>(() => network.register_module("a.b", Identity()));
        Assert.Throws<ArgumentNullException>(() => network.register_buffer("none", null!));
    }

    [Fact]
    public void BatchNorm_KeepsRunningStatistics()
    {
        using var norm = BatchNorm2d(1);
        var x = tensor(new float[] { 1, 2, 3, 4 }, [4, 1, 1, 1]);
        Assert.Equal(0, norm.call(x).mean().ToDouble(), 1e-6);
        Assert.Equal(0.25f, norm.running_mean!.item<float>(), 1e-6f);
        Assert.Equal(0.9f + 0.1f * 5 / 3, norm.running_var!.item<float>(), 1e-6f);
        Assert.Equal(1, norm.num_batches_tracked!.item<long>());
        norm.eval();
        Assert.Equal((1 - 0.25) / Math.Sqrt(0.9 + 0.5 / 3 + 1e-5), norm.call(x)[0, 0, 0, 0].ToDouble(), 1e-5);
        Assert.Equal(1, norm.num_batches_tracked.item<long>());
    }

    [Fact]
    public void MultiheadAttention_LeavesMaskedKeysOut()
    {
        manual_seed(1);
        using var attention = MultiheadAttention(8, 2);
        var x = randn(3, 2, 8);
        var padding = tensor(new[,] { { false, false, true }, { false, false, false } });
        var (output, weights) = attention.call(x, x, x, key_padding_mask: padding);
        Assert.Equal([3L, 2, 8], output.shape);
        Assert.Equal([2L, 3, 3], weights.shape);
        Assert.Equal([0f, 0, 0], weights[0, TensorIndex.Colon, 2].data<float>().ToArray());
        Assert.True(weights.sum(dim: -1).allclose(ones(2, 3)));
        var causal = ones(3, 3, dtype: torch.@bool).triu(1);
        var (_, masked) = attention.call(x, x, x, attn_mask: causal);
        Assert.True(masked.triu(1).Equals(zeros(2, 3, 3)));
        var (_, none) = attention.call(x, x, x, need_weights: false);
        Assert.Null(none);
    }

    [Fact]
    public void Pooling_FollowsHandComputedValues()
    {
        var x = arange(16, dtype: float32).view(1, 1, 4, 4);
        Assert.Equal([5f, 7, 13, 15], MaxPool2d(2).call(x).data<float>().ToArray());
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], AvgPool2d(2).call(x).data<float>().ToArray());
        Assert.Equal(7.5f, AdaptiveAvgPool2d(1).call(x).item<float>());
        Assert.Equal([5f, 6, 9, 10], functional.interpolate(x[TensorIndex.Ellipsis, 1..3, 1..3], size: [2, 2]).data<float>().ToArray());
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], functional.interpolate(x, scale_factor: [0.5], mode: InterpolationMode.Bilinear).data<float>().ToArray());
    }

    [Fact]
    public void Losses_FollowHandComputedValues()
    {
        var logits = tensor(new float[,] { { 2, 0 }, { 0, 1 }, { 9, 9 } });
        var target = tensor(new long[] { 0, 0, -100 });
        var (first, second) = (Math.Log(1 + Math.Exp(-2)), Math.Log(1 + Math.Exp(1)));
        Assert.Equal((first + second) / 2, functional.cross_entropy(logits, target).ToDouble(), 1e-6);
        Assert.Equal(first + second, functional.cross_entropy(logits, target, reduction: Reduction.Sum).ToDouble(), 1e-6);
        Assert.Equal(first, CrossEntropyLoss(reduction: Reduction.None).call(logits, target)[0].ToDouble(), 1e-6);
        Assert.Equal((first + second) / 2, functional.nll_loss(logits[..2].log_softmax(1), target[..2]).ToDouble(), 1e-6);
        Assert.Equal(2.5, functional.mse_loss(tensor(new float[] { 1, 2 }), zeros(2)).ToDouble(), 1e-6);
        Assert.Equal(Math.Log(2), functional.binary_cross_entropy_with_logits(zeros(1), ones(1)).ToDouble(), 1e-6);
        Assert.Equal(0.6, functional.cosine_similarity(tensor(new float[,] { { 3, 4 } }), tensor(new float[,] { { 1, 0 } })).ToDouble(), 1e-6);
        Assert.Equal([0L, 1, 0, 1, 0, 0], functional.one_hot(tensor(new long[] { 1, 0 }), 3).data<long>().ToArray());
        Assert.Equal([0.6f, 0.8f], functional.normalize(tensor(new float[,] { { 3, 4 } })).data<float>().ToArray());
        Assert.Equal([0f, 1, 2, 0, 0], functional.pad(tensor(new float[] { 1, 2 }), (1, 2)).data<float>().ToArray());
    }
}
