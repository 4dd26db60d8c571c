using Assistant.Chat.Models;
using Assistant.Chat.Tools.Schemas;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>The grammar that an answer's format asks for.</summary>
internal static class AnswerGrammar
{
    /// <summary>The grammar; null for free text.</summary>
    /// <exception cref="ChatRequestException">The format asks for a JSON schema that cannot become a grammar.</exception>
    public static LlamaGrammar? For(ChatResponseFormat? format)
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
