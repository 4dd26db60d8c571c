using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>A contrastive loss and its halves.</summary>
/// <param name="Loss">The mean of both halves, [].</param>
/// <param name="Images">Each picture against all texts: [] for <see cref="ContrastiveLoss.Symmetric"/>, [batch] for <see cref="ContrastiveLoss.SoftTargets"/>.</param>
/// <param name="Texts">Each text against all pictures, as <paramref name="Images"/>.</param>
public sealed record ContrastiveLossParts(Tensor Loss, Tensor Images, Tensor Texts);

/// <summary>Losses that draw a picture and its text together and push the batch's other pairs apart.</summary>
public static class ContrastiveLoss
{
    /// <summary>CLIP's loss: cross entropy of each picture's cosines over the texts, and of each text's over the pictures, row i belonging to row i.</summary>
    /// <param name="image_features">[batch, width]; normalised here, which leaves features of length 1 as they are.</param>
    /// <param name="text_features">[batch, width]; normalised here.</param>
    /// <param name="logit_scale">Logarithm of the factor on the cosines, [].</param>
    /// <returns>Scalars with gradients.</returns>
    /// <exception cref="ArgumentException">The batches differ.</exception>
    /// <remarks>Radford et al. 2021, arXiv:2103.00020, figure 3.</remarks>
    public static ContrastiveLossParts Symmetric(Tensor image_features, Tensor text_features, Tensor logit_scale)
    {
        Same(image_features, text_features);
        using var scope = NewDisposeScope();
        var logits = LogitsPerImage(F.normalize(image_features, dim: -1), F.normalize(text_features, dim: -1), logit_scale);
        var parts = FromLogits(logits);
        return Kept(parts.Loss, parts.Images, parts.Texts);
    }

    /// <summary>CLIP's loss of similarities that were made elsewhere.</summary>
    /// <param name="logits_per_image">Scaled similarities, [batch, batch].</param>
    /// <returns>Scalars with gradients.</returns>
    public static ContrastiveLossParts FromLogits(Tensor logits_per_image)
    {
        if (logits_per_image.shape is not [var images, var texts] || images != texts)
            throw new ArgumentException($"Every picture must have its text: the logits are [{string.Join(", ", logits_per_image.shape)}].", nameof(logits_per_image));
        using var scope = NewDisposeScope();
        var pairs = arange(images, dtype: ScalarType.Int64, device: logits_per_image.device);
        var perImage = F.cross_entropy(logits_per_image, pairs);
        var perText = F.cross_entropy(logits_per_image.t(), pairs);
        return Kept((perImage + perText) / 2, perImage, perText);
    }

    /// <summary>Similarities of embeddings, scaled.</summary>
    /// <param name="image_embeds">[images, width].</param>
    /// <param name="text_embeds">[texts, width].</param>
    /// <param name="logit_scale">Logarithm of the factor, [].</param>
    /// <returns>[images, texts].</returns>
    public static Tensor LogitsPerImage(Tensor image_embeds, Tensor text_embeds, Tensor logit_scale)
    {
        using var scope = NewDisposeScope();
        return (logit_scale.exp() * matmul(image_embeds, text_embeds.t())).MoveToOuterDisposeScope();
    }

    /// <summary>A contrastive loss whose targets are not the diagonal but the batch's own similarities: pictures that look alike and texts that read alike may share.</summary>
    /// <param name="image_embeddings">[batch, width], as the projection head gives them.</param>
    /// <param name="text_embeddings">[batch, width].</param>
    /// <param name="temperature">Divides the logits and multiplies the targets' similarities.</param>
    /// <returns>The mean, and the halves of each row; with gradients, through the targets too.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>As in the dual encoders that tutorials train on Flickr8k with a ResNet-50 and a BERT.</remarks>
    public static ContrastiveLossParts SoftTargets(Tensor image_embeddings, Tensor text_embeddings, double temperature = 1)
    {
        Same(image_embeddings, text_embeddings);
        using var scope = NewDisposeScope();
        var logits = SoftLogits(image_embeddings, text_embeddings, temperature);     // [texts, images]
        var targets = SoftTargetWeights(image_embeddings, text_embeddings, temperature);
        var texts = -(targets * F.log_softmax(logits, -1)).sum(1);                    // [batch]
        var images = -(targets.t() * F.log_softmax(logits.t(), -1)).sum(1);           // [batch]
        return Kept(((images + texts) / 2).mean(), images, texts);
    }

    /// <summary>The logits of <see cref="SoftTargets"/>.</summary>
    /// <returns>[texts, images].</returns>
    public static Tensor SoftLogits(Tensor image_embeddings, Tensor text_embeddings, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        return (matmul(text_embeddings, image_embeddings.t()) / temperature).MoveToOuterDisposeScope();
    }

    /// <summary>The targets of <see cref="SoftTargets"/>: softmax of the mean of picture-picture and text-text similarities.</summary>
    /// <returns>[batch, batch], rows of sum 1.</returns>
    public static Tensor SoftTargetWeights(Tensor image_embeddings, Tensor text_embeddings, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        var images = matmul(image_embeddings, image_embeddings.t());
        var texts = matmul(text_embeddings, text_embeddings.t());
        return ((images + texts) / 2 * temperature).softmax(-1).MoveToOuterDisposeScope();
    }

    private static void Same(Tensor images, Tensor texts)
    {
        if (!images.shape.SequenceEqual(texts.shape))
            throw new ArgumentException($"Every picture must have its text: pictures are [{string.Join(", ", images.shape)}], texts [{string.Join(", ", texts.shape)}].");
    }

    private static ContrastiveLossParts Kept(Tensor loss, Tensor images, Tensor texts) =>
        new(loss.MoveToOuterDisposeScope(), images.MoveToOuterDisposeScope(), texts.MoveToOuterDisposeScope());
}
