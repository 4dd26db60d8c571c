using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Projects an encoder's features into the space that pictures and texts share: linear, then a residual GELU-linear block, then a norm.</summary>
/// <remarks>The head of dual encoders that are trained on frozen or pretrained encoders, such as ResNet-50 and BERT.</remarks>
public sealed class ProjectionHead : Module<Tensor, Tensor>
{
    private readonly Linear projection, fc;
    private readonly Dropout dropout;
    private readonly LayerNorm layer_norm;

    /// <param name="featureWidth">Width of the encoder's features.</param>
    /// <param name="width">Width of the common space.</param>
    /// <param name="dropout">Share of activations dropped in training.</param>
    public ProjectionHead(int featureWidth, int width = 256, double dropout = 0.3) : base(nameof(ProjectionHead))
    {
        projection = Linear(featureWidth, width);
        fc = Linear(width, width);
        this.dropout = Dropout(dropout);
        layer_norm = LayerNorm(width);
        RegisterComponents();
    }

    /// <param name="features">[batch, feature width].</param>
    /// <returns>[batch, width].</returns>
    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var projected = projection.call(features);
        return layer_norm.call(dropout.call(fc.call(F.gelu(projected))) + projected).MoveToOuterDisposeScope();
    }
}

/// <summary>Two projection heads, for features of pictures and of texts; <see cref="ContrastiveLoss.SoftTargets"/> trains them.</summary>
public sealed class DualEncoderHeads : Module
{
    private readonly ProjectionHead image_projection, text_projection;

    /// <param name="imageWidth">Width of the picture features (2048 for ResNet-50).</param>
    /// <param name="textWidth">Width of the text features (768 for BERT).</param>
    /// <param name="width">Width of the common space.</param>
    /// <param name="dropout">Share of activations dropped in training.</param>
    public DualEncoderHeads(int imageWidth = 2048, int textWidth = 768, int width = 256, double dropout = 0.3) : base(nameof(DualEncoderHeads))
    {
        image_projection = new ProjectionHead(imageWidth, width, dropout);
        text_projection = new ProjectionHead(textWidth, width, dropout);
        RegisterComponents();
    }

    /// <summary>The head of pictures.</summary>
    public ProjectionHead ImageProjection => image_projection;

    /// <summary>The head of texts.</summary>
    public ProjectionHead TextProjection => text_projection;
}
