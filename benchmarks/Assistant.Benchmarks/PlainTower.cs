using Assistant.Vision.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Benchmarks;

/// <summary>CLIP's image encoder written line by line as the formulas have it, one libtorch operator after the other: what care for speed is measured against.</summary>
internal sealed class PlainTower(ClipModel model, ClipVisionConfig config)
{
    private readonly Dictionary<string, Tensor> weights = model.state_dict();

    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <returns>[batch, projection_dim].</returns>
    public Tensor Features(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        const string tower = "vision_model.";
        var patches = F.conv2d(pixel_values, W(tower + "embeddings.patch_embedding.weight"), strides: [config.PatchSize, config.PatchSize]).flatten(2).transpose(1, 2);
        var cls = W(tower + "embeddings.class_embedding").expand(patches.shape[0], 1, config.HiddenSize);
        var x = cat([cls, patches], dim: 1) + W(tower + "embeddings.position_embedding.weight"); // [batch, length, width]
        x = Norm(tower + "pre_layrnorm", x);
        for (var i = 0; i < config.NumHiddenLayers; i++)
        {
            using var block = NewDisposeScope();
            var layer = $"{tower}encoder.layers.{i}.";
            x = x + Attend(layer + "self_attn.", Norm(layer + "layer_norm1", x));
            var inner = Linear(layer + "mlp.fc1", Norm(layer + "layer_norm2", x));
            x = (x + Linear(layer + "mlp.fc2", inner * (1.702 * inner).sigmoid())).MoveToOuterDisposeScope();
        }
        return F.linear(Norm(tower + "post_layernorm", x.select(1, 0)), W("visual_projection.weight")).MoveToOuterDisposeScope();
    }

    private Tensor Attend(string name, Tensor x)
    {
        var (batch, length, heads) = (x.shape[0], x.shape[1], config.NumAttentionHeads);
        var q = Heads(Linear(name + "q_proj", x)) * Math.Pow(config.HiddenSize / heads, -0.5);
        var (k, v) = (Heads(Linear(name + "k_proj", x)), Heads(Linear(name + "v_proj", x)));
        var weights = matmul(q, k.transpose(-2, -1)).softmax(-1); // [batch, heads, length, length]
        return Linear(name + "out_proj", matmul(weights, v).transpose(1, 2).reshape(batch, length, -1));

        Tensor Heads(Tensor states) => states.view(batch, length, heads, -1).transpose(1, 2);
    }

    private Tensor Norm(string name, Tensor x) => F.layer_norm(x, [config.HiddenSize], W(name + ".weight"), W(name + ".bias"), config.LayerNormEps);

    private Tensor Linear(string name, Tensor x) => F.linear(x, W(name + ".weight"), W(name + ".bias"));

    private Tensor W(string name) => weights[name];
}
