namespace Assistant.Chat.Prompts.Thinking;

/// <summary>A piece of an answer.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsThought">Whether the model thinks it rather than says it.</param>
public readonly record struct AnswerPiece(string Text, bool IsThought);

/// <summary>Tells the thoughts of an answer, which stand between marks at its beginning, from its words as it grows.</summary>
/// <remarks>White space next to the marks belongs to them. Marks that stand elsewhere are words like any other.</remarks>
public sealed class ThoughtReader
{
    /// <summary>Mark that begins thoughts.</summary>
    public const string Open = "<think>";

    /// <summary>Mark that ends them.</summary>
    public const string Close = "</think>";

    private State state;
    private string held = "";

    /// <summary>Makes a reader.</summary>
    /// <param name="opened">Whether the prompt ends with <see cref="Open"/>, so that the answer begins inside its thoughts.</param>
    public ThoughtReader(bool opened) => state = opened ? State.BeforeThought : State.Start;

    private enum State
    {
        Start,
        BeforeThought,
        Thought,
        AfterThought,
        Words,
    }

    /// <summary>Adds text.</summary>
    /// <returns>What is certain now, in order; none of it is empty.</returns>
    public IReadOnlyList<AnswerPiece> Add(string text) => Read(text, atEnd: false);

    /// <summary>What was held back, once the answer has ended.</summary>
    public IReadOnlyList<AnswerPiece> Flush() => Read("", atEnd: true);

    private List<AnswerPiece> Read(string text, bool atEnd)
    {
        held += text;
        var pieces = new List<AnswerPiece>();
        while (Step(pieces, atEnd))
        {
        }
        return pieces;
    }

    /// <summary>Goes one state further; false where more text must come first.</summary>
    private bool Step(List<AnswerPiece> pieces, bool atEnd)
    {
        switch (state)
        {
            case State.Start:
                var start = held.TrimStart();
                if (start.StartsWith(Open, StringComparison.Ordinal))
                    return Go(State.BeforeThought, start[Open.Length..]);
                if (!atEnd && Open.StartsWith(start, StringComparison.Ordinal))
                    return false;
                return Go(State.Words, held);
            case State.BeforeThought:
                held = held.TrimStart();
                return held.Length > 0 && Go(State.Thought, held);
            case State.Thought:
                return ReadThought(pieces, atEnd);
            case State.AfterThought:
                held = held.TrimStart();
                return held.Length > 0 && Go(State.Words, held);
            default:
                Add(pieces, held, isThought: false);
                held = "";
                return false;
        }
    }

    private bool ReadThought(List<AnswerPiece> pieces, bool atEnd)
    {
        var end = held.IndexOf(Close, StringComparison.Ordinal);
        if (end >= 0)
        {
            Add(pieces, held[..end].TrimEnd(), isThought: true);
            return Go(State.AfterThought, held[(end + Close.Length)..]);
        }
        // The mark's beginning may stand at the end, with white space before it.
        var certain = held.Length;
        if (!atEnd)
        {
            for (var length = Math.Min(held.Length, Close.Length - 1); length > 0; length--)
            {
                if (held.EndsWith(Close[..length], StringComparison.Ordinal))
                {
                    certain -= length;
                    break;
                }
            }
        }
        certain = held.AsSpan(0, certain).TrimEnd().Length;
        Add(pieces, held[..certain], isThought: true);
        held = atEnd ? "" : held[certain..];
        return false;
    }

    private bool Go(State next, string rest)
    {
        (state, held) = (next, rest);
        return true;
    }

    private static void Add(List<AnswerPiece> pieces, string text, bool isThought)
    {
        if (text.Length > 0)
            pieces.Add(new(text, isThought));
    }
}
