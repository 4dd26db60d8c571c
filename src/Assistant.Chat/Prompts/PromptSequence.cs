namespace Assistant.Chat.Prompts;

/// <summary>What stands at a position of the context: a token, or a row of a picture's features.</summary>
/// <param name="Image">0 for a token, else the picture's <see cref="PromptImage.FeatureKey"/>.</param>
/// <param name="Value">Token id, or index of the row.</param>
public readonly record struct PositionKey(UInt128 Image, int Value);

/// <summary>A run of a prompt's positions.</summary>
/// <param name="Start">Its first position.</param>
/// <param name="Count">How many.</param>
public abstract record PromptPart(int Start, int Count);

/// <summary>Tokens.</summary>
/// <param name="Start">First position.</param>
/// <param name="Tokens">Their ids.</param>
public sealed record TokenPart(int Start, IReadOnlyList<int> Tokens) : PromptPart(Start, Tokens.Count);

/// <summary>A picture's rows.</summary>
/// <param name="Start">First position.</param>
/// <param name="Count">Rows.</param>
/// <param name="Image">The picture.</param>
public sealed record ImagePart(int Start, int Count, PromptImage Image) : PromptPart(Start, Count);

/// <summary>A tokenized prompt, position by position.</summary>
public sealed class PromptSequence
{
    private readonly List<PromptPart> parts = [];
    private readonly List<PositionKey> keys = [];

    /// <summary>What was tokenized, for people: without what was given as tokens.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<PromptSegment> Segments { get; init; } = [];

    /// <summary>Tokens and pictures in order.</summary>
    public IReadOnlyList<PromptPart> Parts => parts;

    /// <summary>What stands at each position.</summary>
    public IReadOnlyList<PositionKey> Keys => keys;

    /// <summary>Positions.</summary>
    public int Count => keys.Count;

    /// <summary>Pictures.</summary>
    public int ImageCount => parts.OfType<ImagePart>().Count();

    /// <summary>Appends tokens.</summary>
    public void Add(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0)
            return;
        parts.Add(new TokenPart(Count, tokens));
        foreach (var token in tokens)
            keys.Add(new PositionKey(0, token));
    }

    /// <summary>Appends a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="rows">Rows that it becomes.</param>
    /// <param name="key">Its <see cref="PromptImage.FeatureKey"/>.</param>
    public void Add(PromptImage image, int rows, UInt128 key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        parts.Add(new ImagePart(Count, rows, image));
        for (var row = 0; row < rows; row++)
            keys.Add(new PositionKey(key, row));
    }
}
