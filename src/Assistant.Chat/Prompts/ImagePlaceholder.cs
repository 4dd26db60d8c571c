namespace Assistant.Chat.Prompts;

/// <summary>What a template writes where a picture belongs, and what surrounds the picture's rows there.</summary>
/// <param name="Spelling">The placeholder, which the rows take the place of.</param>
/// <param name="Before">What stands before the rows.</param>
/// <param name="After">What stands after them.</param>
/// <remarks>
/// Templates write one placeholder a picture, and the model's own processor replaces it by one token a row, with marks around them where its training had any.
/// Reference: huggingface/transformers, <c>processing_llava.py</c>, <c>processing_qwen2_vl.py</c>, <c>processing_gemma3.py</c>, <c>processing_internvl.py</c>.
/// </remarks>
internal sealed record ImagePlaceholder(string Spelling, string Before = "", string After = "")
{
    /// <summary>Those of the families whose pictures become one run of rows. None is a part of another.</summary>
    public static IReadOnlyList<ImagePlaceholder> Known { get; } =
    [
        new("<|image_pad|>"), // Qwen-VL; the template itself writes <|vision_start|> and <|vision_end|>
        new("<start_of_image>", "\n\n<start_of_image>", "<end_of_image>\n\n"), // Gemma 3
        new("<IMG_CONTEXT>", "<img>", "</img>"), // InternVL
        new("<|media_pad|>"), // Kimi-VL
        new("<|image|>"), // GLM-V
        new("[IMG]"), // Pixtral
        new("<image>"), // LLaVA
    ];

    /// <summary>The one that a template's own text holds exactly once; null if there is none.</summary>
    public static ImagePlaceholder? Find(IReadOnlyList<PromptSegment> segments) => Known.FirstOrDefault(known => Count(segments, known) == 1);

    /// <summary>How often the template wrote it. What a message spells does not count.</summary>
    private static int Count(IReadOnlyList<PromptSegment> segments, ImagePlaceholder known) =>
        segments.OfType<TemplateSegment>().Sum(segment => segment.Text.Split(known.Spelling).Length - 1);

    /// <summary>Puts pictures where the template wrote the placeholder, in their order.</summary>
    /// <returns>Null if there are not as many places as pictures.</returns>
    public IReadOnlyList<PromptSegment>? Place(IReadOnlyList<PromptSegment> segments, IReadOnlyList<PromptImage> images)
    {
        if (Count(segments, this) != images.Count)
            return null;
        var (prompt, next) = (new PromptBuilder(), 0);
        foreach (var segment in segments)
        {
            switch (segment)
            {
                case TemplateSegment template:
                    foreach (var (i, piece) in template.Text.Split(Spelling).Index())
                    {
                        if (i > 0)
                            prompt.Template(Before).Image(images[next++]).Template(After);
                        prompt.Template(piece);
                    }
                    break;
                default:
                    prompt.Add([segment]);
                    break;
            }
        }
        return prompt.Segments;
    }
}
