namespace Assistant.Chat.Models.Remote;

/// <summary>Another server's model could not answer: it cannot be reached, is busy, or failed. The message is for the user.</summary>
public sealed class RemoteModelException : Exception
{
    /// <summary>Says which server, and what it said.</summary>
    public RemoteModelException(string message, bool busy = false, Exception? inner = null) : base(message, inner) => IsBusy = busy;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsBusy { get; }
}
