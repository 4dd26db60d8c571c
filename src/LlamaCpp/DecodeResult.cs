namespace LlamaCpp;

/// <summary>What became of a batch. After anything but <see cref="Ok"/> the memory holds what it held before; models that cannot forget a part (recurrent ones) may have lost the sequences of the batch, which then are empty.</summary>
public enum DecodeResult
{
    /// <summary>All tokens are in the memory and the asked-for logits are there.</summary>
    Ok,

    /// <summary>The KV cache has no room: remove sequences, shorten one, or make a larger context.</summary>
    NoSpace,

    /// <summary>The cancellation token stopped it.</summary>
    Cancelled,
}
