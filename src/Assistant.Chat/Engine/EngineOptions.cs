namespace Assistant.Chat.Engine;

/// <summary>How many requests an engine serves at a time, and what it keeps between them.</summary>
public sealed record EngineOptions
{
    /// <summary>Requests served side by side, each with a context of its own.</summary>
    /// <value>The default is 4.</value>
    public int Slots { get; init; } = 4;

    /// <summary>Requests that may wait for a slot; more are refused.</summary>
    /// <value>The default is 128.</value>
    public int MaxQueue { get; init; } = 128;

    /// <summary>Most bytes of the host's memory for conversations that had to leave their slot.</summary>
    /// <value>The default is 512 MiB; 0 keeps none.</value>
    public long SavedPrefixes { get; init; } = 512L << 20;
}

/// <summary>What an engine is doing and has done.</summary>
public sealed record EngineStatistics
{
    /// <summary>Requests that can be served side by side.</summary>
    public int Slots { get; init; }

    /// <summary>Requests being served.</summary>
    public int Active { get; init; }

    /// <summary>Requests waiting for a slot or for the vision tower.</summary>
    public int Waiting { get; init; }

    /// <summary>Requests that got a slot since the engine was made.</summary>
    public long Requests { get; init; }

    /// <summary>Positions of prompts that were read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Positions of prompts that were known and not read again.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public long AnswerTokens { get; init; }

    /// <summary>Batches computed.</summary>
    public long Batches { get; init; }

    /// <summary>Positions in those batches.</summary>
    public long BatchTokens { get; init; }
}
