using System.Collections.Concurrent;
using Assistant.Chat.Engine;
using Assistant.Chat.Engine.Scheduling;
using Assistant.Chat.Grammars;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Assistant.Vision.Imaging;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Engine.Scheduling;

/// <summary>
/// A model without weights whose next token is a hash of all that its sequence holds, so that a position that is missing, doubled or foreign changes every
/// token that follows. It refuses what llama.cpp would abort on, and keeps a record of its batches.
/// </summary>
internal sealed class ScriptedSequenceModel(int sequences = 4, int sequenceLength = 256, int batchSize = 64) : ISequenceModel
{
    public const int Vocabulary = 50, EndToken = 0;

    private readonly List<ulong>[] states = [.. Enumerable.Range(0, sequences).Select(_ => new List<ulong>())];
    private Dictionary<int, ulong> logits = [];

    public int Sequences => sequences;

    public int SequenceLength => sequenceLength;

    public int BatchSize => batchSize;

    public bool PrefersNeighbours { get; init; } = true;

    public bool IdleSequencesCost { get; init; }

    /// <summary>Whether a part of a sequence can be forgotten; a recurrent model has to forget all of it.</summary>
    public bool CanForgetParts { get; init; } = true;

    /// <summary>Answers of this model end by themselves; without it they go on until something else ends them.</summary>
    public bool Ends { get; init; }

    /// <summary>Tokens after which a sampler of this model gives up.</summary>
    public int GivesUpAfter { get; init; } = int.MaxValue;

    /// <summary>Called with each batch before it is computed.</summary>
    public Action<LlamaBatch, CancellationToken>? OnDecode { get; set; }

    /// <summary>For each batch, how many positions of each sequence.</summary>
    public ConcurrentQueue<Dictionary<int, int>> Batches { get; } = new();

    public bool Disposed { get; private set; }

    public bool IsEndOfGeneration(int token) => Ends && token == EndToken;

    public DecodeResult Decode(LlamaBatch batch, CancellationToken cancellationToken)
    {
        Assert.InRange(batch.Count, 1, batchSize);
        OnDecode?.Invoke(batch, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            // Half a batch is read by then, and what cannot be forgotten has to go.
            foreach (var sequence in batch.Sequences.ToArray().Where(_ => !CanForgetParts))
                states[sequence].Clear();
            return DecodeResult.Cancelled;
        }
        logits = [];
        for (var i = 0; i < batch.Count; i++)
        {
            var state = states[batch.Sequences[i]];
            Assert.Equal(state.Count, batch.Positions[i]);
            Assert.InRange(state.Count, 0, sequenceLength - 1);
            state.Add(Next(state, batch.EmbeddingLength == 0 ? Element(batch.Tokens[i]) : Element(batch.Embedding(i))));
            if (batch.WantsLogits(i))
                logits[i] = state[^1];
        }
        Batches.Enqueue(batch.Sequences.ToArray().GroupBy(sequence => sequence).ToDictionary(group => group.Key, group => group.Count()));
        return DecodeResult.Ok;
    }

    public int Count(int sequence) => states[sequence].Count;

    public bool Remove(int sequence, int from)
    {
        var state = states[sequence];
        if (from > 0 && from < state.Count && !CanForgetParts)
            return false;
        state.RemoveRange(Math.Min(from, state.Count), Math.Max(0, state.Count - from));
        return true;
    }

    public void Copy(int source, int destination, int count)
    {
        Assert.Empty(states[destination]);
        if (!CanForgetParts && count < states[source].Count)
            throw new LlamaException("a part cannot be copied");
        states[destination].AddRange(states[source].Take(count));
    }

    public long StateSize(int sequence) => states[sequence].Count * sizeof(ulong);

    public byte[] Save(int sequence) => [.. states[sequence].SelectMany(BitConverter.GetBytes)];

    public void Restore(int sequence, byte[] state)
    {
        states[sequence].Clear();
        states[sequence].AddRange(state.Chunk(sizeof(ulong)).Select(bytes => BitConverter.ToUInt64(bytes)));
    }

    public ITokenSampler CreateSampler(SamplingOptions options, Grammar? grammar) => new Sampler(this);

    public void ShareCores(bool shared)
    {
    }

    public void Dispose() => Disposed = true;

    /// <summary>What a fresh model that serves nobody else would answer.</summary>
    public static (List<int> Tokens, ChatFinishReason Reason) Answer(PromptSequence prompt, int maxTokens, IImageEncoder encoder, bool ends, int sequenceLength = 256)
    {
        var state = new List<ulong>();
        foreach (var part in prompt.Parts)
        {
            if (part is TokenPart text)
            {
                foreach (var token in text.Tokens)
                    state.Add(Next(state, Element(token)));
                continue;
            }
            var rows = encoder.Encode(ImageDecoder.Decode(((ImagePart)part).Image.Data.Span));
            for (var row = 0; row < part.Count; row++)
                state.Add(Next(state, Element(rows.AsSpan(row * encoder.EmbeddingLength, encoder.EmbeddingLength))));
        }
        var tokens = new List<int>();
        while (true)
        {
            var token = Token(state[^1]);
            if (ends && token == EndToken)
                return (tokens, ChatFinishReason.Stop);
            tokens.Add(token);
            if (tokens.Count == maxTokens || state.Count == sequenceLength)
                return (tokens, ChatFinishReason.Length);
            state.Add(Next(state, Element(token)));
        }
    }

    private static ulong Next(List<ulong> state, ulong element) => ((state.Count == 0 ? 1469598103934665603 : state[^1]) ^ element) * 1099511628211 + (ulong)state.Count;

    private static ulong Element(int token) => (ulong)token + 17;

    private static ulong Element(ReadOnlySpan<float> row)
    {
        var hash = 7UL;
        foreach (var value in row)
            hash = hash * 31 + BitConverter.SingleToUInt32Bits(value);
        return hash;
    }

    private static int Token(ulong state) => (int)((state >> 20) % Vocabulary);

    private sealed class Sampler(ScriptedSequenceModel model) : ITokenSampler
    {
        private int drawn;

        public bool HasGivenUp => drawn >= model.GivesUpAfter;

        public TokenLogprobs? Logprobs => null;

        public int Sample(int index)
        {
            drawn++;
            return Token(model.logits[index]); // there must be logits: llama.cpp aborts without
        }

        public void Observe(int token)
        {
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>An engine over a <see cref="ScriptedSequenceModel"/>, and short ways to ask it.</summary>
internal sealed class ScriptedEngine : IDisposable
{
    private readonly FakeImageEncoder encoder = new();
    private readonly ImageFeatureSource images;

    public ScriptedEngine(ScriptedSequenceModel? model = null, EngineOptions? options = null, SemaphoreSlim? compute = null)
    {
        images = new ImageFeatureSource(encoder, new ImageFeatureCache());
        Model = model ?? new ScriptedSequenceModel();
        Engine = new ChatEngine(Model, compute ?? new SemaphoreSlim(1, 1), options ?? new EngineOptions());
    }

    public ScriptedSequenceModel Model { get; }

    public ChatEngine Engine { get; }

    public FakeImageEncoder Encoder => encoder;

    /// <summary>A prompt: each letter is a token, each digit a picture.</summary>
    public PromptSequence Prompt(string text)
    {
        var prompt = new PromptSequence();
        foreach (var c in text)
        {
            if (char.IsDigit(c))
            {
                var image = new PromptImage(TinyChat.Picture((byte)c, 1, 1).Data);
                prompt.Add(image, encoder.TokensPerImage, image.FeatureKey(encoder.Fingerprint));
            }
            else
                prompt.Add([c % ScriptedSequenceModel.Vocabulary]);
        }
        return prompt;
    }

    public GenerationRequest Request(PromptSequence prompt, int? maxTokens) => new()
    {
        Prompt = prompt,
        Sampling = new SamplingOptions { Temperature = 0 },
        MaxTokens = maxTokens,
        Images = images,
    };

    public async Task<(List<int> Tokens, GenerationReport Report)> AskAsync(PromptSequence prompt, int? maxTokens = 10, Action<int>? onToken = null, CancellationToken cancellationToken = default)
    {
        var (tokens, report) = (new List<int>(), new GenerationReport());
        await foreach (var token in Engine.GenerateAsync(Request(prompt, maxTokens), report, cancellationToken))
        {
            tokens.Add(token);
            onToken?.Invoke(tokens.Count);
        }
        return (tokens, report);
    }

    public Task<(List<int> Tokens, GenerationReport Report)> AskAsync(string prompt, int? maxTokens = 10, Action<int>? onToken = null, CancellationToken cancellationToken = default) =>
        AskAsync(Prompt(prompt), maxTokens, onToken, cancellationToken);

    /// <summary>The answer of a fresh model.</summary>
    public List<int> Expected(PromptSequence prompt, int? maxTokens = 10) =>
        ScriptedSequenceModel.Answer(prompt, maxTokens ?? int.MaxValue, new FakeImageEncoder(), Model.Ends, Model.SequenceLength).Tokens;

    public List<int> Expected(string prompt, int? maxTokens = 10) => Expected(Prompt(prompt), maxTokens);

    public void Dispose()
    {
        Engine.Dispose();
        images.Dispose();
        Assert.True(Model.Disposed);
    }
}
