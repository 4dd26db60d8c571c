using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a small vision transformer that is trained from scratch.</summary>
public sealed record NotebookViTConfig
{
    /// <summary>Side of the input square in pixels.</summary>
    public int ImageSize { get; init; } = 28;
    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 7;
    /// <summary>Input channels.</summary>
    public int Channels { get; init; } = 1;
    /// <summary>Width of the transformer.</summary>
    public int Width { get; init; } = 64;
    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;
    /// <summary>Number of blocks.</summary>
    public int Layers { get; init; } = 4;
    /// <summary>Width of the feed-forward layers.</summary>
    public int FeedForward { get; init; } = 128;
    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 10;
    /// <summary>Share of activations dropped in training.</summary>
    public double Dropout { get; init; }
}

/// <summary>The blocks, each a <c>TransformerEncoderLayer</c>.</summary>
internal sealed class NotebookViTEncoder : Module
{
    private readonly ModuleList<TransformerEncoderLayer> layers;

    public NotebookViTEncoder(NotebookViTConfig config) : base(nameof(NotebookViTEncoder))
    {
        layers = ModuleList(Enumerable.Range(0, config.Layers)
            .Select(_ => TransformerEncoderLayer(config.Width, config.Heads, config.FeedForward, config.Dropout, nn.Activations.GELU)).ToArray());
        RegisterComponents();
    }

    /// <summary>Lazily the state after each block, [length, batch, width]: that module takes the length first.</summary>
    public IEnumerable<Tensor> States(Tensor x)
    {
        foreach (var layer in layers)
        {
            x = layer.call(x);
            yield return x;
        }
    }
}

/// <summary>A vision transformer as tutorials write it by hand: patch convolution, class token, learned positions, post-norm encoder layers, norm and linear head of the class token.</summary>
/// <remarks>Dosovitskiy et al. 2020, arXiv:2010.11929, over torch.nn.TransformerEncoderLayer with erf GELU.</remarks>
public sealed class NotebookViT : Module<Tensor, Tensor>
{
    private readonly Conv2d patch_embed;
    private readonly Parameter cls_token; // [1, 1, width]
    private readonly Parameter pos_embed; // [1, patches + 1, width]
    private readonly NotebookViTEncoder encoder;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <param name="config">Sizes.</param>
    /// <exception cref="ArgumentException">The sizes do not go together.</exception>
    public NotebookViT(NotebookViTConfig config) : base(nameof(NotebookViT))
    {
        if (config.Width % config.Heads != 0)
            throw new ArgumentException($"Width {config.Width} is not a multiple of {config.Heads} heads.", nameof(config));
        if (config.ImageSize < config.PatchSize)
            throw new ArgumentException($"A picture of {config.ImageSize} pixels holds no patch of {config.PatchSize}.", nameof(config));
        var grid = config.ImageSize / config.PatchSize;
        patch_embed = Conv2d(config.Channels, config.Width, config.PatchSize, stride: config.PatchSize);
        cls_token = Parameter(randn(1, 1, config.Width) * 0.02);
        pos_embed = Parameter(randn(1, grid * grid + 1, config.Width) * 0.02);
        encoder = new NotebookViTEncoder(config);
        norm = LayerNorm(config.Width);
        head = Linear(config.Width, config.Classes);
        RegisterComponents();
    }

    /// <summary>Patches with class token and positions.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>[batch, patches + 1, width].</returns>
    public Tensor Embed(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var x = patch_embed.call(pixel_values).flatten(2).transpose(1, 2);                 // [batch, patches, width]
        x = cat([cls_token.expand(x.shape[0], 1, cls_token.shape[2]), x], dim: 1);         // [batch, patches + 1, width]
        return (x + pos_embed).MoveToOuterDisposeScope();
    }

    /// <summary>The state after each block.</summary>
    /// <param name="embedded">[batch, patches + 1, width].</param>
    /// <returns>Each [batch, patches + 1, width].</returns>
    public IReadOnlyList<Tensor> LayerStates(Tensor embedded)
    {
        using var scope = NewDisposeScope();
        return encoder.States(embedded.transpose(0, 1)).Select(state => state.transpose(0, 1).MoveToOuterDisposeScope()).ToList();
    }

    /// <summary>The normed class token.</summary>
    /// <param name="state">[batch, patches + 1, width].</param>
    /// <returns>[batch, width].</returns>
    public Tensor Pool(Tensor state)
    {
        using var scope = NewDisposeScope();
        return norm.call(state.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Class scores.</summary>
    /// <param name="pooled">[batch, width].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public Tensor Classify(Tensor pooled) => head.call(pooled);

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public override Tensor forward(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var last = encoder.States(Embed(pixel_values).transpose(0, 1)).Last(); // [patches + 1, batch, width]
        return Classify(Pool(last.transpose(0, 1))).MoveToOuterDisposeScope();
    }
}
