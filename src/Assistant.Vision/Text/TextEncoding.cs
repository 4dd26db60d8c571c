namespace Assistant.Vision.Text;

/// <summary>A token and the characters it stands for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Index of its first character (UTF-16) in the text.</param>
/// <param name="End">Index behind its last character. A character spread over several tokens belongs to each of them.</param>
public readonly record struct TextToken(int Id, int Start, int End);

/// <summary>A text, or a pair of texts, as a model takes it.</summary>
public sealed record TextEncoding
{
    /// <summary>Token ids, special ones included (input_ids).</summary>
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>0 for the first text, 1 for the second (token_type_ids).</summary>
    public required IReadOnlyList<int> TypeIds { get; init; }

    /// <summary>Characters of each token in its text; (0, 0) for special tokens that were added.</summary>
    public required IReadOnlyList<(int Start, int End)> Offsets { get; init; }

    /// <summary>Whether tokens had to be left out to keep within the length.</summary>
    public bool Truncated { get; init; }
}

/// <summary>Texts of equal length as a model takes them; row-major [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
public sealed record TextBatch
{
    /// <summary>Number of texts.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens a text, padding included.</summary>
    public required int Columns { get; init; }

    /// <summary>Token ids (input_ids).</summary>
    public required long[] InputIds { get; init; }

    /// <summary>1 for tokens, 0 for padding (attention_mask).</summary>
    public required long[] AttentionMask { get; init; }

    /// <summary>0 for the first text of a pair and for padding, 1 for the second (token_type_ids).</summary>
    public required long[] TokenTypeIds { get; init; }
}
