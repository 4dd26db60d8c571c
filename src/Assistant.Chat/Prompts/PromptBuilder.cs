using System.Runtime.CompilerServices;
using System.Text;
using Assistant.Chat.Models;
using Assistant.Chat.Tools.Calling;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>Collects the segments of a prompt.</summary>
public sealed class PromptBuilder
{
    // A conversation is rendered again and again, as long as its client keeps the same objects: hash each picture once.
    private static readonly ConditionalWeakTable<DataContent, PromptImage> images = [];

    private readonly List<PromptSegment> segments = [];

    /// <summary>What was collected, neighbours of the same kind joined.</summary>
    public IReadOnlyList<PromptSegment> Segments => segments;

    /// <summary>Adds text of the template.</summary>
    public PromptBuilder Template(string text)
    {
        if (text.Length == 0)
            return this;
        if (segments is [.., TemplateSegment last])
            segments[^1] = new TemplateSegment(last.Text + text);
        else
            segments.Add(new TemplateSegment(text));
        return this;
    }

    /// <summary>Adds text that somebody wrote.</summary>
    public PromptBuilder Text(string text)
    {
        if (text.Length == 0)
            return this;
        if (segments is [.., TextSegment last])
            segments[^1] = new TextSegment(last.Text + text); // joined: two halves of a special token's spelling must not meet unseen
        else
            segments.Add(new TextSegment(text));
        return this;
    }

    /// <summary>Adds a message's text and pictures where they stand, with a newline between a picture and what is next to it.</summary>
    /// <exception cref="ChatRequestException">The message holds something that no prompt can hold.</exception>
    public PromptBuilder Contents(ChatMessage message) => Contents(message, results: true);

    /// <summary>Adds the place of a picture.</summary>
    public PromptBuilder Image(PromptImage image)
    {
        segments.Add(new ImageSegment(image));
        return this;
    }

    /// <summary>Adds a message's text and pictures, and, where a template knows of no tools, what a tool returned.</summary>
    internal PromptBuilder Contents(ChatMessage message, bool results)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (first, afterImage) = (true, false);
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case DataContent data when data.HasTopLevelMediaType("image"):
                    if (!first)
                        Template("\n");
                    segments.Add(new ImageSegment(ImageOf(data)));
                    (first, afterImage) = (false, true);
                    break;
                case TextReasoningContent or UsageContent or FunctionCallContent:
                case FunctionResultContent when !results:
                    break;
                case TextContent { Text.Length: > 0 } text:
                    if (afterImage)
                        Template("\n");
                    Text(text.Text);
                    (first, afterImage) = (false, false);
                    break;
                case TextContent:
                    break;
                case FunctionResultContent result:
                    Text(ToolJson.Of(result));
                    first = false;
                    break;
                case DataContent data:
                    throw new ChatRequestException($"A message holds data of type '{data.MediaType}'; only text and pictures can be understood.");
                case UriContent uri:
                    throw new ChatRequestException($"A message refers to '{Shorten(uri.Uri.ToString())}'; pictures must be sent as data.");
                default:
                    throw new ChatRequestException($"A message holds content of type {content.GetType().Name}; only text and pictures can be understood.");
            }
        }
        return this;
    }

    /// <summary>Whether a message holds a picture.</summary>
    public static bool HasImage(ChatMessage message) =>
        message.Contents.Any(content => content is DataContent data && data.HasTopLevelMediaType("image"));

    /// <summary>The segments as one text, pictures as <c>{image}</c>: for people, not for models.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in segments)
        {
            text.Append(segment switch
            {
                TemplateSegment template => template.Text,
                TextSegment written => written.Text,
                _ => "{image}",
            });
        }
        return text.ToString();
    }

    /// <summary>Adds what another builder collected.</summary>
    internal PromptBuilder Add(IReadOnlyList<PromptSegment> others)
    {
        foreach (var segment in others)
        {
            _ = segment switch
            {
                TemplateSegment template => Template(template.Text),
                TextSegment text => Text(text.Text),
                ImageSegment image => Image(image.Image),
                _ => this,
            };
        }
        return this;
    }

    private static PromptImage ImageOf(DataContent data) => images.GetValue(data, static data => new PromptImage(data.Data));

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
