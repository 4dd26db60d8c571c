using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts.Jinja;
using Assistant.Chat.Prompts.Thinking;
using Assistant.Chat.Tools.Calling;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>What a template may know of the model's tokens.</summary>
/// <param name="Begin">Spelling of the token that begins a text; null without one.</param>
/// <param name="End">Spelling of the token that ends one; null without one.</param>
/// <param name="AddsBegin">Whether the tokenizer puts <paramref name="Begin"/> there itself, so that the template must not.</param>
public sealed record TemplateTokens(string? Begin = null, string? End = null, bool AddsBegin = true);

/// <summary>A template that a model's file carries, or the configuration: Jinja, executed.</summary>
/// <remarks>
/// <para>What a template cannot do is found out by trying when it is read, and made up for: a system message that it drops or refuses goes before the first
/// user's text, and messages of one role that it wants to alternate are joined.</para>
/// <para>Pictures stand where the template puts them, if it has a placeholder for parts of type <c>image</c> (see <see cref="ImagePlaceholder"/>); else where the message has them:
/// their marks travel through the template like characters.</para>
/// </remarks>
public sealed class JinjaChatTemplate : ChatTemplate
{
    private static readonly string[] knownEnds = ["<|im_end|>", "<|end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "</s>"];

    private readonly JinjaTemplate template;
    private readonly TemplateTokens tokens;
    private readonly TimeProvider time;
    private readonly bool takesSystem, shortToolIds, wantsParts;
    private readonly ImagePlaceholder? placeholder;
    private readonly ChatTemplate? shortcut;
    private string imageType = "image";

    /// <summary>Reads a template and tries it out.</summary>
    /// <param name="source">Jinja, as transformers' <c>apply_chat_template</c> takes it.</param>
    /// <param name="tokens">The model's tokens.</param>
    /// <param name="time">Clock of <c>strftime_now</c>; null for the system's.</param>
    /// <exception cref="JinjaException">It cannot be read, or fails on a plain question.</exception>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public JinjaChatTemplate(string source, TemplateTokens? tokens = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        template = new JinjaTemplate(source);
        (this.tokens, this.time) = (tokens ?? new(), time ?? TimeProvider.System);
        shortToolIds = source.Contains("length 9", StringComparison.Ordinal) || source.Contains("length != 9", StringComparison.Ordinal);
        ToolCalls = ToolCallSyntax.Recognise(source) ?? ToolCallSyntax.Hermes;
        var known = Recognise(source);
        Name = "jinja";
        AnswerLead = known?.AnswerLead ?? "";
        Stops = [.. (known?.Stops ?? []).Union(knownEnds.Where(end => source.Contains(end, StringComparison.Ordinal)))];

        if (!Try([Probe.Question], null, out var plain, out var failure) || !plain.Contains(Probe.QuestionText, StringComparison.Ordinal))
        {
            wantsParts = true; // some read a message's content as a list alone
            if (!Try([Probe.Question], null, out plain, out _) || !plain.Contains(Probe.QuestionText, StringComparison.Ordinal))
                throw failure ?? new JinjaException(1, "the template leaves out what the user says");
        }
        placeholder = FindPlaceholder();
        takesSystem = Try([Probe.System, Probe.Question], null, out var text, out _) && text.Contains(Probe.SystemText, StringComparison.Ordinal);
        TakesTools = Try([Probe.Question, Probe.Call, Probe.Result], [Probe.Tool], out text, out _)
            && text.Contains(Probe.ToolName, StringComparison.Ordinal) && text.Contains(Probe.Argument, StringComparison.Ordinal) && text.Contains(Probe.ResultText, StringComparison.Ordinal)
            && Try([Probe.Question], [Probe.Tool], out text, out _) && text.Contains(Probe.Description, StringComparison.Ordinal);
        MarksThoughts = source.Contains(ThoughtReader.Close, StringComparison.Ordinal);
        Thinks = MarksThoughts && (plain.TrimEnd().EndsWith(ThoughtReader.Open, StringComparison.Ordinal)
            || (Try([Probe.Question], null, out var on, out _, thinking: true) && Try([Probe.Question], null, out var off, out _, thinking: false) && on != off));
        shortcut = known is not null && Probe.Conversations(takesSystem).All(messages => Same(known, messages)) ? known : null;
    }

    /// <summary>The built-in template that was seen to give the same prompts and is used where no tools are; null if there is none.</summary>
    public ChatTemplate? Shortcut => shortcut;

    /// <inheritdoc/>
    public override bool TakesTools { get; }

    /// <inheritdoc/>
    public override bool Thinks { get; }

    /// <inheritdoc/>
    public override bool MarksThoughts { get; }

    /// <inheritdoc/>
    internal override bool JoinsTurns => false; // it may have a way of its own; where it has none, they are joined after all

    /// <inheritdoc/>
    public override ToolCallSyntax ToolCalls { get; }

    /// <inheritdoc/>
    protected internal override void Render(IReadOnlyList<ChatMessage> messages, PromptBuilder prompt) => Render(messages, null, null, prompt);

    /// <inheritdoc/>
    protected internal override void Render(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools, bool? thinking, PromptBuilder prompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(prompt);
        if (shortcut is not null && !(Thinks && thinking is not null) && tools is null or { Count: 0 } && !messages.Any(message => HoldsTools(message) || (placeholder is not null && PromptBuilder.HasImage(message))))
        {
            shortcut!.Render(messages, prompt);
            return;
        }
        if (!takesSystem)
            messages = FoldSystem(messages);
        try
        {
            Execute(messages, tools, prompt, thinking);
        }
        catch (JinjaException first)
        {
            // Many templates insist on turns: what came in a row is joined.
            var joined = JoinTurns(FoldSystem(messages));
            if (joined.Count == messages.Count)
                throw Refuse(first);
            try
            {
                Execute(joined, tools, prompt, thinking);
            }
            catch (JinjaException)
            {
                throw Refuse(first);
            }
        }
    }

    private static ChatRequestException Refuse(JinjaException e) => new($"The model's chat template does not take this conversation: {e.Message}", e);

    /// <exception cref="JinjaException">The template does not take it.</exception>
    private void Execute(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools, PromptBuilder prompt, bool? thinking = null)
    {
        var open = messages is [.., var last] && last.Role == ChatRole.Assistant && !HoldsTools(last) ? last : null;
        IReadOnlyList<ChatMessage> closed = open is null ? messages : [.. messages.SkipLast(1)];
        var images = new List<PromptImage>();
        var segments = Execute(closed, tools, images, asParts: wantsParts || placeholder is not null, thinking);
        if (images.Count > 0 && !segments.OfType<ImageSegment>().Any())
        {
            segments = placeholder?.Place(segments, images)
                ?? (wantsParts ? throw new JinjaException(1, $"the template has no places for {images.Count} pictures") : Execute(closed, tools, [], asParts: false, thinking));
        }
        prompt.Add(segments);
        if (open is not null)
            prompt.Template(AnswerLead).Contents(open);
    }

    /// <param name="messages">Without an answer that is to be continued.</param>
    /// <param name="tools">Tools that may be called.</param>
    /// <param name="images">Takes the pictures, in their order.</param>
    /// <param name="asParts">Whether the template is given pictures as parts of a list, and so writes placeholders, rather than as characters.</param>
    /// <param name="thinking">Whether the model is to think; null leaves it to the template.</param>
    /// <exception cref="JinjaException">The template does not take it.</exception>
    private IReadOnlyList<PromptSegment> Execute(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools, List<PromptImage> images, bool asParts, bool? thinking = null)
    {
        var names = messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().GroupBy(call => call.CallId).ToDictionary(group => group.Key, group => group.First().Name);
        List<object?> values = [.. messages.SelectMany(message => ToValues(message, images, names, asParts))];
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = values,
            ["tools"] = tools is null or { Count: 0 } ? null : tools.Select(tool => JinjaValue.FromJson(ToolJson.Of(tool))).ToList(),
            ["documents"] = null,
            ["add_generation_prompt"] = true,
            ["bos_token"] = JinjaText.Of(tokens.AddsBegin ? "" : tokens.Begin ?? ""),
            ["eos_token"] = JinjaText.Of(tokens.End ?? ""),
            ["strftime_now"] = JinjaFunctions.TimeNow(time.GetLocalNow()),
        };
        if (thinking is { } wanted)
            variables["enable_thinking"] = variables["thinking"] = wanted; // Qwen's and GLM's name, and Granite's and DeepSeek's
        var text = template.Render(variables);
        // Some templates spell the first token out.
        if (tokens is { AddsBegin: true, Begin: { Length: > 0 } begin } && text.Value.StartsWith(begin, StringComparison.Ordinal))
            text = text.Slice(begin.Length);
        var (prompt, from) = (new PromptBuilder(), 0);
        foreach (var (end, origin) in text.Runs)
        {
            var run = text.Value[from..end];
            from = end;
            if (origin >= JinjaText.FirstImage)
                prompt.Image(images[origin - JinjaText.FirstImage]);
            else if (origin == JinjaText.Written)
                prompt.Text(run);
            else
                prompt.Template(run);
        }
        return prompt.Segments;
    }

    /// <summary>A message as templates know it; a tool's message with several results is several.</summary>
    private IEnumerable<object?> ToValues(ChatMessage message, List<PromptImage> images, Dictionary<string, string> names, bool asParts)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        foreach (var result in results)
        {
            yield return new JinjaDict
            {
                { "role", JinjaText.Of("tool") },
                { "content", wantsParts ? new List<object?> { TextPart(ToolJson.Of(result)) } : JinjaText.Of(ToolJson.Of(result), JinjaText.Written) },
                { "name", JinjaText.Of(names.GetValueOrDefault(result.CallId, ""), JinjaText.Written) },
                { "tool_call_id", ToolId(result.CallId) },
            };
        }
        if (results.Count > 0 && message.Contents.All(content => content is FunctionResultContent))
            yield break;
        var value = new JinjaDict { { "role", JinjaText.Of(message.Role == ChatRole.Tool ? "user" : message.Role.Value) }, { "content", wantsParts || (asParts && PromptBuilder.HasImage(message)) ? Parts(message, images) : Content(message, images) } };
        var calls = message.Contents.OfType<FunctionCallContent>().Select(call => (object?)new JinjaDict
        {
            { "id", ToolId(call.CallId) },
            { "type", JinjaText.Of("function") },
            { "function", new JinjaDict { { "name", JinjaText.Of(call.Name, JinjaText.Written) }, { "arguments", JinjaValue.FromJson(ToolJson.Arguments(call)) } } },
        }).ToList();
        if (calls.Count > 0)
            value["tool_calls"] = calls;
        yield return value;
    }

    private static JinjaText Content(ChatMessage message, List<PromptImage> images)
    {
        var parts = new PromptBuilder();
        parts.Contents(message, results: false);
        var text = new JinjaText.Builder();
        foreach (var segment in parts.Segments)
        {
            switch (segment)
            {
                case TextSegment written:
                    text.Append(JinjaText.Of(written.Text, JinjaText.Written));
                    break;
                case TemplateSegment space:
                    text.Append(JinjaText.Of(space.Text));
                    break;
                case ImageSegment image:
                    text.Append(JinjaText.Image(images.Count));
                    images.Add(image.Image);
                    break;
            }
        }
        return text.ToText();
    }

    /// <summary>A message's content as a list of parts. What stands between a picture and its neighbours is the template's business.</summary>
    private List<object?> Parts(ChatMessage message, List<PromptImage> images)
    {
        var parts = new List<object?>();
        foreach (var segment in new PromptBuilder().Contents(message, results: false).Segments)
        {
            if (segment is TextSegment text)
                parts.Add(TextPart(text.Text));
            else if (segment is ImageSegment image)
            {
                parts.Add(new JinjaDict { { "type", JinjaText.Of(imageType) } });
                images.Add(image.Image);
            }
        }
        return parts;
    }

    private static JinjaDict TextPart(string text) => new() { { "type", JinjaText.Of("text") }, { "text", JinjaText.Of(text, JinjaText.Written) } };

    /// <summary>Tries out what the template writes for a picture.</summary>
    private ImagePlaceholder? FindPlaceholder()
    {
        foreach (var type in (string[])["image", "image_url"])
        {
            imageType = type;
            try
            {
                var segments = Execute([Probe.Picture], null, [], asParts: true);
                if (segments.OfType<TextSegment>().Any(text => text.Text.Contains(Probe.QuestionText, StringComparison.Ordinal)) && ImagePlaceholder.Find(segments) is { } found)
                    return found;
            }
            catch (JinjaException)
            {
                // It takes text alone.
            }
        }
        return null;
    }

    // Mistral's templates take ids of nine letters and digits alone.
    private JinjaText ToolId(string id) => JinjaText.Of(
        shortToolIds && !(id.Length == 9 && id.All(char.IsAsciiLetterOrDigit)) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..9] : id, JinjaText.Written);

    /// <summary>System messages before the text of the next user message.</summary>
    private static List<ChatMessage> FoldSystem(IReadOnlyList<ChatMessage> messages)
    {
        var folded = new List<ChatMessage>();
        var waiting = new List<AIContent>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
                waiting.AddRange(Separated(waiting, message.Contents));
            else if (message.Role == ChatRole.User && waiting.Count > 0)
            {
                folded.Add(new ChatMessage(ChatRole.User, [.. waiting, .. Separated(waiting, message.Contents)]));
                waiting.Clear();
            }
            else
                folded.Add(message);
        }
        if (waiting.Count > 0)
            folded.Add(new ChatMessage(ChatRole.User, waiting));
        return folded;
    }

    private bool Try(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools, out string text, out JinjaException? failure, bool? thinking = null)
    {
        var prompt = new PromptBuilder();
        (text, failure) = ("", null);
        try
        {
            Execute(messages, tools, prompt, thinking);
            text = prompt.ToString();
            return true;
        }
        catch (JinjaException e)
        {
            failure = e;
            return false;
        }
    }

    private bool Same(ChatTemplate known, IReadOnlyList<ChatMessage> messages)
    {
        var prompt = new PromptBuilder();
        try
        {
            Execute(messages, null, prompt);
            return prompt.Segments.SequenceEqual(known.Render(messages));
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    /// <summary>What a template is tried out on.</summary>
    private static class Probe
    {
        public const string QuestionText = "probe-question", SystemText = "probe-system", ToolName = "probe_tool", Description = "probe-description", Argument = "probe-argument", ResultText = "probe-result";

        public static readonly ChatMessage System = new(ChatRole.System, SystemText), Question = new(ChatRole.User, QuestionText), Answer = new(ChatRole.Assistant, "probe-answer"),
            Picture = new(ChatRole.User, [new DataContent(new byte[] { 0 }, "image/png"), new TextContent(QuestionText)]),
            Call = new(ChatRole.Assistant, [new FunctionCallContent("callprobe", ToolName, new Dictionary<string, object?> { ["value"] = Argument })]),
            Result = new(ChatRole.Tool, [new FunctionResultContent("callprobe", ResultText)]);

        public static readonly AIFunctionDeclaration Tool = AIFunctionFactory.CreateDeclaration(
            ToolName, Description, JsonElement.Parse("""{"type":"object","properties":{"value":{"type":"string","description":"A value."}},"required":["value"]}"""));

        public static IEnumerable<IReadOnlyList<ChatMessage>> Conversations(bool takesSystem)
        {
            yield return [Question];
            yield return [Question, Answer, Question];
            yield return [Question, Answer];
            if (takesSystem)
                yield return [System, Question, Answer, Question];
        }
    }
}
