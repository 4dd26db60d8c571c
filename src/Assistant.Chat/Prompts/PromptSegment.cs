namespace Assistant.Chat.Prompts;

/// <summary>A piece of a rendered prompt. Pictures are pieces of their own rather than marks in a text, so no text can forge one.</summary>
public abstract record PromptSegment;

/// <summary>Text of the template: its special tokens count as such.</summary>
/// <param name="Text">As the template spells it.</param>
public sealed record TemplateSegment(string Text) : PromptSegment;

/// <summary>Text of a message: whatever it spells, it is text.</summary>
/// <param name="Text">As somebody wrote it.</param>
public sealed record TextSegment(string Text) : PromptSegment;

/// <summary>The place of a picture.</summary>
/// <param name="Image">The picture.</param>
public sealed record ImageSegment(PromptImage Image) : PromptSegment;
