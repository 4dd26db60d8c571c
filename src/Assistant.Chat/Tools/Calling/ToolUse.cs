using Assistant.Chat.Engine;
using Assistant.Chat.Grammars;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Chat.Tools.Schemas;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Calling;

/// <summary>How one request's tools reach a model and come back from it: by its template where that has a place for tools, else by a system message; its calls bound by a grammar.</summary>
public sealed class ToolUse
{
    /// <summary>Most tools of a request.</summary>
    public const int MaxTools = 128;

    private readonly ChatTemplate template;
    private readonly IReadOnlyList<AIFunctionDeclaration> tools;
    private readonly ToolCallSyntax syntax;
    private readonly bool required, several;

    private ToolUse(ChatTemplate template, IReadOnlyList<AIFunctionDeclaration> tools, bool required, bool several)
    {
        (this.template, this.tools, this.required, this.several) = (template, tools, required, several);
        syntax = template.TakesTools ? template.ToolCalls : ToolCallSyntax.Hermes;
    }

    /// <summary>What the options ask for; null where no tool may be called.</summary>
    /// <param name="options">The request's options: <see cref="ChatOptions.Tools"/>, <see cref="ChatOptions.ToolMode"/>, <see cref="ChatOptions.AllowMultipleToolCalls"/>.</param>
    /// <param name="template">The model's template.</param>
    /// <exception cref="ChatRequestException">There are too many tools, two of one name, or the required one is not among them.</exception>
    public static ToolUse? For(ChatOptions? options, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        List<AIFunctionDeclaration> tools = [.. options?.Tools?.OfType<AIFunctionDeclaration>() ?? []];
        if (tools.Count == 0 || options!.ToolMode is NoneChatToolMode)
            return null;
        if (tools.Count > MaxTools)
            throw new ChatRequestException($"{tools.Count} tools are offered; at most {MaxTools} are possible.");
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ChatRequestException($"The tool '{twice.Key}' is offered {twice.Count()} times.");
        var several = options.AllowMultipleToolCalls != false;
        if (options.ToolMode is not RequiredChatToolMode mode)
            return new ToolUse(template, tools, required: false, several);
        if (mode.RequiredFunctionName is not { } name)
            return new ToolUse(template, tools, required: true, several);
        var chosen = tools.Find(tool => tool.Name == name)
            ?? throw new ChatRequestException($"The tool '{name}' must be called, but is not offered; offered: {string.Join(", ", tools.Select(tool => tool.Name))}.");
        return new ToolUse(template, [chosen], required: true, several: false);
    }

    /// <summary>The tools that go into the template; null where it has no place for them.</summary>
    public IReadOnlyList<AIFunctionDeclaration>? TemplateTools => template.TakesTools ? tools : null;

    /// <summary>The conversation as the template takes it: with a system message about the tools where the template has no place for them.</summary>
    public IReadOnlyList<ChatMessage> Prepare(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return template.TakesTools ? messages : ToolPrompt.Describe(messages, tools);
    }

    /// <summary>What the answer must follow: calls by the tools' schemas, and around them words, or the format that was asked for.</summary>
    /// <param name="format">The answer's format.</param>
    /// <exception cref="ChatRequestException">The format asks for a schema that cannot become a grammar.</exception>
    public Grammar Grammar(ChatResponseFormat? format)
    {
        try
        {
            return Build(format, anyArguments: false);
        }
        catch (JsonSchemaException) // the tools' schemas together can be too large
        {
            try
            {
                return Build(format, anyArguments: true);
            }
            catch (JsonSchemaException e)
            {
                throw new ChatRequestException(e.Message, e);
            }
        }
    }

    private Grammar Build(ChatResponseFormat? format, bool anyArguments)
    {
        var grammar = new GrammarRules();
        var calls = syntax.AddCalls(grammar, tools, several, anyArguments);
        if (required)
            return grammar.Build(calls.Whole);
        return grammar.Build(format switch
        {
            ChatResponseFormatJson { Schema: { } schema } => $"{calls.Whole} | {SchemaRules.Add(grammar, schema)}",
            ChatResponseFormatJson => $"{calls.Whole} | {grammar.Value}",
            _ => syntax.AddAnswer(grammar, calls),
        });
    }

    /// <summary>Reads the calls out of an answer.</summary>
    public ToolCallReader Read() => new(tools.Select(tool => tool.Name));
}
