namespace Assistant.Vision.Pipelines;

/// <summary>Sentences that make a text out of a label: CLIP was trained on captions, not on single words.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020, section 3.1.4: the embeddings of several templates are averaged.</remarks>
public sealed class PromptTemplates
{
    /// <summary>What a label takes the place of.</summary>
    public const string Slot = "{}";

    /// <param name="templates">At least one, each with a <see cref="Slot"/>.</param>
    /// <exception cref="ArgumentException">There is none, or one has no place for the label.</exception>
    public PromptTemplates(params IReadOnlyList<string> templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        if (templates.Count == 0)
            throw new ArgumentException("At least one template is needed.", nameof(templates));
        if (templates.FirstOrDefault(template => !template.Contains(Slot, StringComparison.Ordinal)) is { } wrong)
            throw new ArgumentException($"The template '{wrong}' has no {Slot}, the place of the label.", nameof(templates));
        Templates = [.. templates];
    }

    /// <summary>The label as it is.</summary>
    public static PromptTemplates Bare { get; } = new(Slot);

    /// <summary>"a photo of a {}.", the paper's default.</summary>
    public static PromptTemplates Photo { get; } = new("a photo of a {}.");

    /// <summary>The 80 templates with which CLIP's authors classify ImageNet.</summary>
    public static PromptTemplates ImageNet { get; } = new(
        "a bad photo of a {}.", "a photo of many {}.", "a sculpture of a {}.", "a photo of the hard to see {}.", "a low resolution photo of the {}.",
        "a rendering of a {}.", "graffiti of a {}.", "a bad photo of the {}.", "a cropped photo of the {}.", "a tattoo of a {}.",
        "the embroidered {}.", "a photo of a hard to see {}.", "a bright photo of a {}.", "a photo of a clean {}.", "a photo of a dirty {}.",
        "a dark photo of the {}.", "a drawing of a {}.", "a photo of my {}.", "the plastic {}.", "a photo of the cool {}.",
        "a close-up photo of a {}.", "a black and white photo of the {}.", "a painting of the {}.", "a painting of a {}.", "a pixelated photo of the {}.",
        "a sculpture of the {}.", "a bright photo of the {}.", "a cropped photo of a {}.", "a plastic {}.", "a photo of the dirty {}.",
        "a jpeg corrupted photo of a {}.", "a blurry photo of the {}.", "a photo of the {}.", "a good photo of the {}.", "a rendering of the {}.",
        "a {} in a video game.", "a photo of one {}.", "a doodle of a {}.", "a close-up photo of the {}.", "a photo of a {}.",
        "the origami {}.", "the {} in a video game.", "a sketch of a {}.", "a doodle of the {}.", "a origami {}.",
        "a low resolution photo of a {}.", "the toy {}.", "a rendition of the {}.", "a photo of the clean {}.", "a photo of a large {}.",
        "a rendition of a {}.", "a photo of a nice {}.", "a photo of a weird {}.", "a blurry photo of a {}.", "a cartoon {}.",
        "art of a {}.", "a sketch of the {}.", "a embroidered {}.", "a pixelated photo of a {}.", "itap of the {}.",
        "a jpeg corrupted photo of the {}.", "a good photo of a {}.", "a plushie {}.", "a photo of the nice {}.", "a photo of the small {}.",
        "a photo of the weird {}.", "the cartoon {}.", "art of the {}.", "a drawing of the {}.", "a photo of the large {}.",
        "a black and white photo of a {}.", "the plushie {}.", "a dark photo of a {}.", "itap of a {}.", "graffiti of the {}.",
        "a toy {}.", "itap of my {}.", "a photo of a cool {}.", "a photo of a small {}.", "a tattoo of the {}.");

    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> Templates { get; }

    /// <summary>The texts of a label, one for each template.</summary>
    public IReadOnlyList<string> Fill(string label) => [.. Templates.Select(template => template.Replace(Slot, label, StringComparison.Ordinal))];
}
