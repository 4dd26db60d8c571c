using Assistant.Chat.Models;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Engine;

/// <summary>The grammar that an answer's format asks for.</summary>
internal static class AnswerGrammar
{
    // RFC 8259, with white space kept short: a model that may write any amount of it can go on for ever.
    private static readonly LlamaGrammar Json = new("""
        root   ::= value
        value  ::= object | array | string | number | "true" | "false" | "null"
        object ::= "{" ws ( member ( "," ws member )* )? "}"
        member ::= string ":" ws value ws
        array  ::= "[" ws ( value ws ( "," ws value ws )* )? "]"
        string ::= "\"" ( [^"\\\x00-\x1F] | "\\" ( ["\\/bfnrt] | "u" [0-9a-fA-F]{4} ) )* "\""
        number ::= "-"? ( "0" | [1-9] [0-9]{0,15} ) ( "." [0-9]{1,16} )? ( [eE] [-+]? [0-9]{1,3} )?
        ws     ::= ( " " | "\n" [ \t]{0,16} )?
        """);

    /// <summary>The grammar; null for free text.</summary>
    /// <exception cref="ChatRequestException">The format asks for a JSON schema.</exception>
    public static LlamaGrammar? For(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: not null } => throw new ChatRequestException("Answers by a JSON schema are not offered; 'json' asks for any JSON value."),
        ChatResponseFormatJson => Json,
        _ => null,
    };
}
