namespace Assistant.Chat.Grammars;

/// <summary>What stands in a rule.</summary>
internal abstract record GbnfNode
{
    /// <summary>One character of a set.</summary>
    public sealed record Character(CharSet Set) : GbnfNode;

    /// <summary>Another rule, by its index.</summary>
    public sealed record Rule(int Index) : GbnfNode;

    /// <summary>One after another; none for nothing.</summary>
    public sealed record Sequence(IReadOnlyList<GbnfNode> Items) : GbnfNode;

    /// <summary>One of these.</summary>
    public sealed record Choice(IReadOnlyList<GbnfNode> Alternatives) : GbnfNode;

    /// <summary>The same several times; without an end where <see cref="Most"/> is null.</summary>
    public sealed record Repetition(GbnfNode Item, int Least, int? Most) : GbnfNode;
}
