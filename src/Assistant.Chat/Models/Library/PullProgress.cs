namespace Assistant.Chat.Models.Library;

/// <summary>A step of pulling a model, in the words of Ollama's protocol.</summary>
/// <param name="Status"><c>pulling manifest</c>, <c>pulling 377876be20ba</c>, <c>verifying sha256 digest</c>, <c>writing manifest</c>, <c>success</c>.</param>
/// <param name="Digest">The file that is being pulled: <c>sha256:</c> and 64 hex digits.</param>
/// <param name="Total">Its bytes.</param>
/// <param name="Completed">How many of them are there.</param>
public sealed record PullProgress(string Status, string? Digest = null, long? Total = null, long? Completed = null);

/// <summary>A model cannot be pulled. The message is for the user.</summary>
public sealed class PullException : Exception
{
    /// <summary>Says what was asked for and what went wrong.</summary>
    public PullException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>What a file of a pulled model is for.</summary>
internal enum PulledFileKind
{
    TextModel,
    Projector,
    Adapter,
}

/// <summary>A file to pull.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Digest">SHA-256, 64 hex digits: nothing else of what a server sends becomes part of a path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Address">Where it is.</param>
internal sealed record PulledFile(PulledFileKind Kind, string Name, string Digest, long Size, Uri Address);

/// <summary>What pulling a model amounts to.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Files">Its files.</param>
/// <param name="Configure">Sets what the source says besides: template, system message, sampling.</param>
internal sealed record PullPlan(string Source, IReadOnlyList<PulledFile> Files, Action<ModelOptions> Configure);
