namespace LlamaCpp;

/// <summary>llama.cpp refused something: a file, a context, an adapter, a batch. The message holds the reasons that it logged.</summary>
public sealed class LlamaException : Exception
{
    /// <summary>Says what failed and why.</summary>
    public LlamaException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
