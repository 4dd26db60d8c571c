using LlamaCpp;

namespace Assistant.Chat.Grammars;

/// <summary>Binds the tokens of an answer by a grammar.</summary>
/// <param name="grammar">The grammar.</param>
/// <param name="tokens">The model's tokens.</param>
/// <param name="vocab">Says which tokens end an answer.</param>
internal sealed class GrammarConstraint(Grammar grammar, TokenBytes tokens, LlamaVocab vocab) : ITokenConstraint
{
    private readonly GrammarReader reader = new(grammar.Automaton);
    private bool ended;

    public bool Allows(int token)
    {
        reader.Restart();
        return vocab.IsEndOfGeneration(token) ? reader.AtEnd : !ended && tokens.After(reader, token) is not null;
    }

    public ReadOnlySpan<ulong> Allowed()
    {
        reader.Restart();
        return tokens.Allowed(reader);
    }

    public void Accept(int token)
    {
        reader.Restart();
        ended |= vocab.IsEndOfGeneration(token);
        if (!ended)
            reader.GoTo(tokens.After(reader, token) ?? throw new InvalidOperationException($"The grammar forbids token {token} here."));
    }

    public void Reset()
    {
        ended = false;
        reader.Reset();
    }
}
