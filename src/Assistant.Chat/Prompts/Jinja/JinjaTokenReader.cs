namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Goes through a template's tokens, and counts how deep its blocks and brackets are nested.</summary>
/// <param name="tokens">The tokens; the last one is the end.</param>
internal sealed class JinjaTokenReader(List<JinjaToken> tokens)
{
    private const int MaxDepth = 100; // of nested blocks, brackets and signs: the stack is finite

    private int at, depth;

    /// <summary>The token to be read.</summary>
    public JinjaToken Current => tokens[at];

    /// <summary>The one after it; there is one unless the current one is the end.</summary>
    public JinjaToken Next => tokens[at + 1];

    /// <summary>Reads a token, whatever it is.</summary>
    public JinjaToken Read() => tokens[at++];

    /// <summary>Reads a name.</summary>
    /// <exception cref="JinjaException">It is none.</exception>
    public JinjaToken Name() => Current.Kind == JinjaTokenKind.Name ? Read() : throw Unexpected();

    /// <summary>Reads a name or operator if it is this one.</summary>
    public bool Take(string text)
    {
        if (!Current.Is(text))
            return false;
        at++;
        return true;
    }

    /// <summary>Reads a token of a kind.</summary>
    /// <exception cref="JinjaException">It is another.</exception>
    public void Expect(JinjaTokenKind kind)
    {
        if (Current.Kind != kind)
            throw Unexpected();
        at++;
    }

    /// <summary>Reads a name or operator.</summary>
    /// <exception cref="JinjaException">It is another.</exception>
    public void Expect(string text)
    {
        if (!Take(text))
            throw new JinjaException(Current.Line, $"'{text}' is expected, there is {Describe(Current)}");
    }

    /// <summary>Begins something nested.</summary>
    /// <exception cref="JinjaException">That is too deep.</exception>
    public void Enter()
    {
        if (++depth > MaxDepth)
            throw new JinjaException(Current.Line, $"blocks or brackets are nested more than {MaxDepth} deep");
    }

    /// <summary>Ends what <see cref="Enter"/> began.</summary>
    public void Leave() => depth--;

    /// <summary>The error that the current token is.</summary>
    public JinjaException Unexpected() => Unexpected(Current);

    /// <summary>The error that a token is.</summary>
    public static JinjaException Unexpected(JinjaToken token) => new(token.Line, $"{Describe(token)} is not expected here");

    private static string Describe(JinjaToken token) => token.Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.BlockEnd => "'%}'",
        JinjaTokenKind.VariableEnd => "'}}'",
        JinjaTokenKind.BlockBegin => "'{%'",
        _ => $"'{token.Text}'",
    };
}
