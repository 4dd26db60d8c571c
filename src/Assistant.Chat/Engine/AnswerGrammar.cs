using Assistant.Chat.Grammars;
using Assistant.Chat.Models;
using Assistant.Chat.Tools.Calling;
using Assistant.Chat.Tools.Schemas;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>The grammar that a request asks for: its own, its tools', or its format's.</summary>
internal static class AnswerGrammar
{
    /// <summary>The additional property that holds a grammar in GBNF, a string.</summary>
    public const string Key = "grammar";

    /// <summary>The grammar; null for free text.</summary>
    /// <param name="options">The request's options.</param>
    /// <param name="tools">How its tools are used; null for none.</param>
    /// <exception cref="ChatRequestException">It asks for two at once, for a grammar that cannot be used, or for a JSON schema that cannot become one.</exception>
    public static Grammar? For(ChatOptions? options, ToolUse? tools)
    {
        if (options?.AdditionalProperties?.GetValueOrDefault(Key) is not { } own)
            return tools is null ? For(options?.ResponseFormat) : tools.Grammar(options?.ResponseFormat);
        if (own is not string { Length: > 0 } text)
            throw new ChatRequestException("The option 'grammar' must be a text in GBNF.");
        if (tools is not null || options.ResponseFormat is ChatResponseFormatJson)
            throw new ChatRequestException($"A grammar and {(tools is not null ? "tools" : "a response format")} were asked for; an answer follows one of them.");
        try
        {
            return Grammar.Parse(text);
        }
        catch (GrammarException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
    }

    private static Grammar? For(ChatResponseFormat? format)
    {
        try
        {
            return format switch
            {
                ChatResponseFormatJson { Schema: { } schema } => JsonSchemaGrammar.Build(schema),
                ChatResponseFormatJson => GrammarRules.AnyJson,
                _ => null,
            };
        }
        catch (JsonSchemaException e)
        {
            throw new ChatRequestException(e.Message, e);
        }
    }
}
