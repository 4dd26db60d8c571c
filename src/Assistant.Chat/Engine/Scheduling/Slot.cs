using Assistant.Chat.Prompts;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>A sequence of the model: what it holds, and the request that it works on.</summary>
internal sealed class Slot(int sequence)
{
    /// <summary>The model's sequence.</summary>
    public int Sequence { get; } = sequence;

    /// <summary>What stands at each position. It stays when the request is done, for one that begins the same.</summary>
    public List<PositionKey> Known { get; } = [];

    /// <summary>The request; null while the slot is free.</summary>
    public GenerationJob? Job { get; set; }

    /// <summary>Number of the last use; the lowest gives way first.</summary>
    public long LastUsed { get; set; }
}
