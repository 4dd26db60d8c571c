using Assistant.Chat.Tools.Calling;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>Turns messages into a model's prompt. A pure function: one per family of models is built in, any other is executed from its Jinja source.</summary>
public abstract class ChatTemplate
{
    /// <summary>Every built-in template.</summary>
    public static IReadOnlyList<ChatTemplate> BuiltIn { get; } =
    [
        new RoleTemplate
        {
            Name = "phi3",
            System = ("<|system|>\n", "<|end|>\n"),
            User = ("<|user|>\n", "<|end|>\n"),
            Assistant = ("<|assistant|>\n", "<|end|>\n"),
            // The published files name only <|endoftext|> as end of text; the model ends its turn with <|end|>.
            Stops = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>", "<|endoftext|>"],
        },
        new RoleTemplate
        {
            Name = "vicuna",
            DefaultSystem = "A chat between a curious user and an artificial intelligence assistant. "
                + "The assistant gives helpful, detailed, and polite answers to the user's questions.",
            System = ("", " "),
            User = ("USER: ", " "),
            Assistant = ("ASSISTANT: ", "</s>"),
            Generation = "ASSISTANT:", // the space belongs to the answer's first token
            AnswerLead = " ",
            Stops = ["</s>", "USER:", "ASSISTANT:"],
        },
        new RoleTemplate
        {
            Name = "chatml",
            System = ("<|im_start|>system\n", "<|im_end|>\n"),
            User = ("<|im_start|>user\n", "<|im_end|>\n"),
            Assistant = ("<|im_start|>assistant\n", "<|im_end|>\n"),
            Stops = ["<|im_end|>", "<|im_start|>"],
        },
        new InstructTemplate { Name = "llama2", System = ("<<SYS>>\n", "\n<</SYS>>\n\n"), AnswerEnd = " </s><s>" },
        new InstructTemplate { Name = "mistral-inst", System = ("", "\n\n"), AnswerEnd = "</s>" },
    ];

    /// <summary>Its name in configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Spellings that end an answer, besides the vocabulary's own end tokens.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>What a model writes before its answer because the template puts it there: left out of the answer, put back when the answer is rendered as history.</summary>
    /// <value>The default is empty.</value>
    public string AnswerLead { get; init; } = "";

    /// <summary>Whether it has a place for tools, their calls and results; otherwise they are put into words.</summary>
    public virtual bool TakesTools => false;

    /// <summary>Whether its models think before they answer, or can be told to and not to.</summary>
    public virtual bool Thinks => false;

    /// <summary>Whether answers may begin with thoughts between marks: see <see cref="Thinking.ThoughtReader"/>.</summary>
    public virtual bool MarksThoughts => false;

    /// <summary>How its models write calls of tools.</summary>
    public virtual ToolCallSyntax ToolCalls => ToolCallSyntax.Hermes;

    /// <summary>Whether messages of one role that follow each other are to be joined before it renders them: models were trained on turns.</summary>
    internal virtual bool JoinsTurns => true;

    /// <summary>Joins messages of one role that follow each other by a blank line, but not what tools are asked and answer.</summary>
    internal static IReadOnlyList<ChatMessage> JoinTurns(IReadOnlyList<ChatMessage> messages)
    {
        var joined = new List<ChatMessage>();
        foreach (var message in messages)
        {
            if (joined is [.., var last] && last.Role == message.Role && message.Role != ChatRole.Tool && !HoldsTools(message) && !HoldsTools(last))
                joined[^1] = new ChatMessage(message.Role, [.. last.Contents, .. Separated(last.Contents, message.Contents)]);
            else
                joined.Add(message);
        }
        return joined;
    }

    /// <summary>Contents with a blank line before them, if something stands there.</summary>
    private protected static IEnumerable<AIContent> Separated(IList<AIContent> before, IList<AIContent> contents) => before.Count == 0 ? contents : [new TextContent("\n\n"), .. contents];

    /// <summary>Whether a message calls tools or holds their results.</summary>
    private protected static bool HoldsTools(ChatMessage message) => message.Contents.Any(content => content is FunctionCallContent or FunctionResultContent);

    /// <summary>The built-in template of this name; null if there is none.</summary>
    public static ChatTemplate? Find(string name) => BuiltIn.FirstOrDefault(template => string.Equals(template.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The built-in template that a file's Jinja template stands for; null if it is none of them.</summary>
    public static ChatTemplate? Recognise(string? jinja) => jinja switch
    {
        null => null,
        _ when Has(jinja, "<|im_start|>") => Find("chatml"),
        _ when Has(jinja, "<|end|>") && Has(jinja, "<|") && (Has(jinja, "<|user|>") || Has(jinja, "message['role']") || Has(jinja, "message.role")) => Find("phi3"),
        _ when Has(jinja, "[INST]") && Has(jinja, "<<SYS>>") => Find("llama2"),
        _ when Has(jinja, "[INST]") => Find("mistral-inst"),
        _ when Has(jinja, "USER:") && Has(jinja, "ASSISTANT:") => Find("vicuna"),
        _ => null,
    };

    /// <summary>Whether a configured template is Jinja rather than a name.</summary>
    internal static bool IsJinja(string configured) => Has(configured, "{%") || Has(configured, "{{");

    /// <summary>Whether a configured template is a file's path rather than a name.</summary>
    internal static bool IsFile(string configured) => !IsJinja(configured) && configured.EndsWith(".jinja", StringComparison.OrdinalIgnoreCase);

    /// <summary>Renders a conversation up to where the answer begins; a last message by the assistant is left open, to be continued.</summary>
    /// <param name="messages">At least one message.</param>
    /// <param name="tools">Tools that may be called; only where <see cref="TakesTools"/>.</param>
    /// <param name="thinking">Whether the model is to think, where <see cref="Thinks"/>; null leaves it to the template.</param>
    /// <exception cref="Models.ChatRequestException">A message holds something that no prompt can hold.</exception>
    public IReadOnlyList<PromptSegment> Render(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools = null, bool? thinking = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var prompt = new PromptBuilder();
        Render(TakesTools ? messages : ToolPrompt.Speak(messages), tools, thinking, prompt);
        return prompt.Segments;
    }

    /// <summary>Renders into a builder.</summary>
    protected internal abstract void Render(IReadOnlyList<ChatMessage> messages, PromptBuilder prompt);

    /// <summary>Renders into a builder, with tools and thoughts.</summary>
    protected internal virtual void Render(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration>? tools, bool? thinking, PromptBuilder prompt) => Render(messages, prompt);

    private static bool Has(string jinja, string text) => jinja.Contains(text, StringComparison.Ordinal);
}

/// <summary>A template that puts the same marks around every message of a role.</summary>
public sealed class RoleTemplate : ChatTemplate
{
    /// <summary>System message where the conversation has none; null for none.</summary>
    public string? DefaultSystem { get; init; }

    /// <summary>Marks around a system message.</summary>
    public required (string Before, string After) System { get; init; }

    /// <summary>Marks around a user's message, and a tool's.</summary>
    public required (string Before, string After) User { get; init; }

    /// <summary>Marks around an answer.</summary>
    public required (string Before, string After) Assistant { get; init; }

    /// <summary>What asks for an answer; null: what stands before one.</summary>
    public string? Generation { get; init; }

    /// <inheritdoc/>
    protected internal override void Render(IReadOnlyList<ChatMessage> messages, PromptBuilder prompt)
    {
        if (DefaultSystem is not null && (messages.Count == 0 || messages[0].Role != ChatRole.System))
            prompt.Template(System.Before + DefaultSystem + System.After);
        foreach (var (index, message) in messages.Index())
        {
            var (before, after) = message.Role == ChatRole.System ? System : message.Role == ChatRole.Assistant ? Assistant : User;
            var open = index == messages.Count - 1 && message.Role == ChatRole.Assistant;
            prompt.Template(before).Contents(message).Template(open ? "" : after);
        }
        if (messages.Count == 0 || messages[^1].Role != ChatRole.Assistant)
            prompt.Template(Generation ?? Assistant.Before);
    }
}

/// <summary>Templates of the <c>[INST]</c> kind: the system message stands inside the first instruction.</summary>
public sealed class InstructTemplate : ChatTemplate
{
    /// <summary>For Llama 2 and Mistral.</summary>
    public InstructTemplate() => (Stops, AnswerLead) = (["</s>", "[INST]"], " ");

    /// <summary>Marks around the system message.</summary>
    public required (string Before, string After) System { get; init; }

    /// <summary>What follows an answer.</summary>
    public required string AnswerEnd { get; init; }

    /// <inheritdoc/>
    protected internal override void Render(IReadOnlyList<ChatMessage> messages, PromptBuilder prompt)
    {
        var systems = messages.Where(message => message.Role == ChatRole.System).ToList();
        var inside = false; // between [INST] and [/INST]
        var first = true;
        foreach (var (index, message) in messages.Index())
        {
            if (message.Role == ChatRole.System)
                continue;
            if (message.Role == ChatRole.Assistant)
            {
                if (inside)
                    prompt.Template(" [/INST]");
                prompt.Template(AnswerLead).Contents(message);
                if (index != messages.Count - 1)
                    prompt.Template(AnswerEnd);
                inside = false;
                continue;
            }
            prompt.Template(inside ? "\n\n" : "[INST] ");
            if (first)
            {
                foreach (var system in systems)
                    prompt.Template(System.Before).Contents(system).Template(System.After);
            }
            prompt.Contents(message);
            (inside, first) = (true, false);
        }
        if (inside)
            prompt.Template(" [/INST]");
    }
}
