using Assistant.Chat.Grammars;
using LlamaCpp;

namespace Assistant.Chat.Engine.Scheduling;

/// <summary>A model that computes several sequences side by side: what the scheduler needs of llama.cpp. Used by one thread at a time.</summary>
internal interface ISequenceModel : IDisposable
{
    /// <summary>How many sequences; ids run from 0 to one less.</summary>
    int Sequences { get; }

    /// <summary>Most positions of one sequence.</summary>
    int SequenceLength { get; }

    /// <summary>Most tokens or rows of a batch.</summary>
    int BatchSize { get; }

    /// <summary>Whether a batch whose sequences are not neighbours (1, 2, 3) costs a pass over the weights for each run of neighbours.</summary>
    bool PrefersNeighbours { get; }

    /// <summary>Whether what idle sequences hold slows the others down, so that it is better kept elsewhere.</summary>
    bool IdleSequencesCost { get; }

    /// <summary>Whether a token ends an answer.</summary>
    bool IsEndOfGeneration(int token);

    /// <summary>How many positions a sequence holds.</summary>
    int Count(int sequence);

    /// <summary>Computes a batch. After anything but <see cref="DecodeResult.Ok"/>, and after an exception, the sequences hold what they held before, or nothing where this kind of model cannot forget a part.</summary>
    /// <exception cref="LlamaException">The computation failed.</exception>
    DecodeResult Decode(LlamaBatch batch, CancellationToken cancellationToken);

    /// <summary>Forgets a sequence's positions from one on.</summary>
    /// <returns>False if this kind of model cannot forget a part; then nothing was forgotten.</returns>
    bool Remove(int sequence, int from);

    /// <summary>Gives an empty sequence the first positions of another.</summary>
    /// <exception cref="LlamaException">It could not; the destination is empty.</exception>
    void Copy(int source, int destination, int count);

    /// <summary>Bytes that <see cref="Save"/> would take.</summary>
    long StateSize(int sequence);

    /// <summary>A copy of a sequence in the host's memory.</summary>
    byte[] Save(int sequence);

    /// <summary>Puts a saved sequence in the place of what one holds.</summary>
    /// <exception cref="LlamaException">It does not fit; the sequence is empty.</exception>
    void Restore(int sequence, byte[] state);

    /// <summary>What draws the tokens of one answer.</summary>
    /// <exception cref="LlamaException">The answer cannot be bound by the grammar.</exception>
    ITokenSampler CreateSampler(SamplingOptions options, Grammar? grammar);

    /// <summary>Told before a decode whether something else computes beside it, so that both together take no more threads than there are cores.</summary>
    void ShareCores(bool shared);
}

/// <summary>Draws the tokens of one answer.</summary>
internal interface ITokenSampler : IDisposable
{
    /// <summary>Draws from the logits at an index of the last batch.</summary>
    /// <exception cref="LlamaException">The logits are not numbers, or leave no token.</exception>
    int Sample(int index);

    /// <summary>Notes a token of the prompt for the penalties.</summary>
    void Observe(int token);

    /// <summary>See <see cref="LlamaSampler.HasGivenUp"/>.</summary>
    bool HasGivenUp { get; }

    /// <summary>See <see cref="LlamaSampler.Logprobs"/>.</summary>
    TokenLogprobs? Logprobs { get; }
}
