namespace Assistant.Chat.Engine;

/// <summary>A request was refused because too many are waiting already. It may be tried again later.</summary>
public sealed class EngineBusyException : Exception
{
    /// <summary>Refuses a request.</summary>
    public EngineBusyException()
        : this("server busy, please try again.  maximum pending requests exceeded") // Ollama's words, two spaces included: clients look for them
    {
    }

    /// <summary>Refuses a request with a sentence.</summary>
    public EngineBusyException(string message) : base(message)
    {
    }

    /// <summary>Refuses a request with a sentence and a cause.</summary>
    public EngineBusyException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>When a request is likely to find a place.</summary>
    /// <value>The default is a second.</value>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
