namespace LlamaCpp;

/// <summary>What an answer must follow, token by token, from its beginning.</summary>
public interface ITokenConstraint
{
    /// <summary>Whether a token can come next.</summary>
    /// <param name="token">A token of the vocabulary, also one that ends an answer.</param>
    /// <exception cref="LlamaException">It cannot be found out with bounded work.</exception>
    bool Allows(int token);

    /// <summary>All tokens that can come next: the bit <c>1 &lt;&lt; (token &amp; 63)</c> of the element <c>token &gt;&gt; 6</c>. Valid until the next call.</summary>
    /// <exception cref="LlamaException">They cannot be found out with bounded work.</exception>
    ReadOnlySpan<ulong> Allowed();

    /// <summary>Goes on behind a token, which is allowed.</summary>
    void Accept(int token);

    /// <summary>Begins anew.</summary>
    void Reset();
}
