using System.Numerics;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Draws tokens from logits: biases, penalties, filters, temperature, seeded draw, and a constraint if there is one. One per answer.</summary>
public sealed unsafe class LlamaSampler : IDisposable
{
    private const int MostLoops = 4; // of an answer that cannot end: lists may hold several

    private readonly LlamaModel model;
    private readonly SafeLlamaSamplerHandle chain;
    private readonly ITokenConstraint? constraint;
    private readonly LoopGuard? loops;
    private int loopsEnded;
    private readonly KeyValuePair<int, float>[] biases;
    private readonly bool plain; // the likeliest token and nothing else: no chain has to look at the candidates
    private readonly int? topLogprobs;

    // Of the size of a vocabulary, and used only within a call: one of each serves all samplers of a thread.
    [ThreadStatic]
    private static float[]? sharedLogits;
    [ThreadStatic]
    private static LlamaTokenData[]? sharedCandidates;

    /// <summary>Makes a sampler.</summary>
    /// <param name="model">The model whose tokens are drawn.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="constraint">What an answer must follow, for this sampler alone; null for no bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public LlamaSampler(LlamaModel model, SamplingOptions? options = null, ITokenConstraint? constraint = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        options.Validate();
        foreach (var token in options.LogitBias.Keys)
            model.Vocab.Check(token);
        this.model = model;
        biases = [.. options.LogitBias];
        topLogprobs = options.TopLogprobs;
        plain = options.Temperature == 0 && !Penalises(options);
        Seed = options.Seed ?? (uint)Random.Shared.NextInt64(uint.MaxValue);
        this.constraint = constraint;
        loops = options.LoopLimit > 0 ? new LoopGuard(options.LoopLimit) : null;
        chain = BuildChain(options);
    }

    /// <summary>The seed in use: the asked-for one, or the random one chosen instead.</summary>
    public uint Seed { get; }

    /// <summary>Whether an answer that its constraint does not let end has fallen into a loop for the fourth time: it should be cut off.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>How likely the last drawn token and its rivals were; null where <see cref="SamplingOptions.TopLogprobs"/> asks for nothing.</summary>
    public TokenLogprobs? Logprobs { get; private set; }

    /// <summary>Draws the token that follows, and notes it for penalties and constraint.</summary>
    /// <param name="context">The context, after a decode.</param>
    /// <param name="index">Batch index whose logits were asked for.</param>
    /// <exception cref="InvalidOperationException">There are no logits at this index.</exception>
    /// <exception cref="LlamaException">The logits are not numbers, or constraint and biases leave no token.</exception>
    public int Sample(LlamaContext context, int index)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!ReferenceEquals(context.Model, model))
            throw new ArgumentException("The sampler was made for another model.", nameof(context));
        using var entered = context.Enter();
        return SampleFrom(context.Logits(index));
    }

    /// <summary>Draws from given logits, and notes the token for penalties and constraint.</summary>
    /// <param name="logits">[vocabulary size]</param>
    /// <exception cref="LlamaException">The logits are not numbers, or constraint and biases leave no token.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (logits.Length != model.Vocab.Count)
            throw new ArgumentException($"There are {logits.Length} logits, the vocabulary has {model.Vocab.Count}.", nameof(logits));
        return SampleFrom(logits);
    }

    /// <summary>Whether the constraint allows this token next.</summary>
    public bool Allows(int token)
    {
        model.Vocab.Check(token);
        return constraint?.Allows(token) != false;
    }

    /// <summary>Notes a token of the answer that was not drawn here.</summary>
    /// <exception cref="InvalidOperationException">The constraint forbids it.</exception>
    public void Accept(int token)
    {
        if (!Allows(token))
            throw new InvalidOperationException($"The grammar forbids token {token} here.");
        LlamaNative.llama_sampler_accept(chain, token);
        constraint?.Accept(token);
        loops?.Accept(token);
    }

    /// <summary>Notes a token of the prompt: for the penalties only, since a constraint binds the answer alone.</summary>
    public void Observe(int token) => LlamaNative.llama_sampler_accept(chain, model.Vocab.Check(token));

    /// <summary>Forgets all tokens and starts the seeded draw and the constraint anew.</summary>
    public void Reset()
    {
        LlamaNative.llama_sampler_reset(chain);
        constraint?.Reset();
        loops?.Reset();
        loopsEnded = 0;
        HasGivenUp = false;
    }

    /// <summary>Frees the native sampler.</summary>
    public void Dispose() => chain.Dispose();

    private int SampleFrom(ReadOnlySpan<float> original)
    {
        var logits = original;
        var again = loops?.Next;
        if (biases.Length > 0 || again is not null)
        {
            var biased = (sharedLogits?.Length == original.Length ? sharedLogits : sharedLogits = new float[original.Length]).AsSpan();
            original.CopyTo(biased);
            foreach (var (token, bias) in biases)
                biased[token] += bias;
            if (again is { } next && loops!.Ends(biased[next] - LargestBut(next, biased)))
                EndLoop(next, biased);
            logits = biased;
        }
        var best = Largest(logits);

        // A look at the whole vocabulary can cost milliseconds, at one token microseconds: look first whether the draw happens to fit.
        var drawn = plain ? logits.IndexOf(best) : Draw(logits, bound: false);
        if (!Allows(drawn))
            drawn = Draw(logits, bound: true);
        Accept(drawn);
        Logprobs = topLogprobs is { } count ? TokenLogprobs.Of(original, drawn, count) : null;
        return drawn;
    }

    // A first time the answer goes on otherwise; one that falls into a loop again has nothing more to say.
    private void EndLoop(int again, Span<float> logits)
    {
        logits[again] = float.NegativeInfinity;
        // Who weighs the ends himself wants to decide himself.
        if (++loopsEnded == 1 || biases.Any(bias => model.Vocab.IsEndOfGeneration(bias.Key)))
            return;
        var canEnd = false;
        for (var token = 0; token < logits.Length && !canEnd; token++)
            canEnd = IsEnd(token, logits);
        HasGivenUp = !canEnd && loopsEnded >= MostLoops;
        for (var token = 0; token < logits.Length && canEnd; token++)
            logits[token] = IsEnd(token, logits) ? logits[token] : float.NegativeInfinity;
    }

    private bool IsEnd(int token, ReadOnlySpan<float> logits) =>
        model.Vocab.IsEndOfGeneration(token) && !float.IsNegativeInfinity(logits[token]) && constraint?.Allows(token) != false;

    // The largest logit of the other tokens that can come next; negative infinity if there are none.
    private float LargestBut(int token, ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        if (constraint is null)
        {
            for (var id = 0; id < logits.Length; id++)
                largest = id == token ? largest : Math.Max(largest, logits[id]);
            return largest;
        }
        var words = constraint.Allowed();
        for (var word = 0; word < words.Length; word++)
        {
            for (var bits = words[word]; bits != 0; bits &= bits - 1)
            {
                var id = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (id != token)
                    largest = Math.Max(largest, logits[id]);
            }
        }
        return largest;
    }

    /// <summary>The largest logit.</summary>
    /// <exception cref="LlamaException">They are not numbers, or all are forbidden.</exception>
    private static float Largest(ReadOnlySpan<float> logits)
    {
        // The sum is NaN where any is, or where infinities of both signs meet; +infinity shows in the maximum.
        var (maxima, sums) = (new Vector<float>(float.NegativeInfinity), Vector<float>.Zero);
        var i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var values = new Vector<float>(logits[i..]);
            maxima = Vector.Max(maxima, values);
            sums += values;
        }
        var (largest, sum) = (float.NegativeInfinity, Vector.Sum(sums));
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            largest = Math.Max(largest, maxima[lane]);
        for (; i < logits.Length; i++)
        {
            largest = Math.Max(largest, logits[i]);
            sum += logits[i];
        }
        if (float.IsNaN(sum) || float.IsNaN(largest) || float.IsPositiveInfinity(largest))
            throw new LlamaException("The model computed logits that are not numbers; its weights are damaged.");
        if (float.IsNegativeInfinity(largest))
            throw new LlamaException("The logit biases forbid every token.");
        return largest;
    }

    private int Draw(ReadOnlySpan<float> logits, bool bound)
    {
        var candidates = sharedCandidates?.Length == logits.Length ? sharedCandidates : sharedCandidates = new LlamaTokenData[logits.Length];
        fixed (LlamaTokenData* data = candidates)
        {
            var array = new LlamaTokenDataArray { data = data, size = bound ? Allowed(logits, data) : (nuint)logits.Length, selected = -1 };
            if (!bound)
            {
                for (var id = 0; id < logits.Length; id++)
                    data[id] = new LlamaTokenData { id = id, logit = logits[id] };
            }
            LlamaNative.llama_sampler_apply(chain, &array);
            if (array.selected < 0 || array.selected >= (long)array.size)
                throw new LlamaException("The sampler chain selected no token.");
            return array.data[array.selected].id;
        }
    }

    // What is forbidden must not reach the filters: they would divide zero by zero if nothing else is left.
    private nuint Allowed(ReadOnlySpan<float> logits, LlamaTokenData* data)
    {
        var left = 0;
        var words = constraint!.Allowed();
        for (var word = 0; word < words.Length; word++)
        {
            for (var bits = words[word]; bits != 0; bits &= bits - 1)
            {
                var id = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (!float.IsNegativeInfinity(logits[id]))
                    data[left++] = new LlamaTokenData { id = id, logit = logits[id] };
            }
        }
        return left > 0 ? (nuint)left : throw new LlamaException("The grammar allows none of the model's tokens here.");
    }

    private static bool Penalises(SamplingOptions options) =>
        options.RepeatLastN > 0 && (options.RepeatPenalty != 1 || options.FrequencyPenalty != 0 || options.PresencePenalty != 0);

    private SafeLlamaSamplerHandle BuildChain(SamplingOptions options)
    {
        var handle = LlamaNative.llama_sampler_chain_init(LlamaNative.llama_sampler_chain_default_params());
        void Add(bool wanted, Func<nint> make)
        {
            if (wanted)
                LlamaNative.llama_sampler_chain_add(handle, make()); // the chain owns it from here on
        }
        Add(Penalises(options), () => LlamaNative.llama_sampler_init_penalties(
            model.Vocab.Count, options.RepeatLastN, options.RepeatPenalty, options.FrequencyPenalty, options.PresencePenalty));
        if (options.Temperature == 0)
        {
            Add(true, LlamaNative.llama_sampler_init_greedy);
            return handle;
        }
        Add(options.TopK > 0, () => LlamaNative.llama_sampler_init_top_k(options.TopK));
        Add(options.TypicalP < 1, () => LlamaNative.llama_sampler_init_typical(options.TypicalP, 1));
        Add(options.TopP < 1, () => LlamaNative.llama_sampler_init_top_p(options.TopP, 1));
        Add(options.MinP > 0, () => LlamaNative.llama_sampler_init_min_p(options.MinP, 1));
        Add(options.Temperature != 1, () => LlamaNative.llama_sampler_init_temp(options.Temperature));
        // llama.cpp reads uint.MaxValue as "choose one".
        Add(true, () => LlamaNative.llama_sampler_init_dist(Seed == uint.MaxValue ? Seed - 1 : Seed));
        return handle;
    }
}
