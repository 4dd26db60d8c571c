using System.Numerics;
using System.Text;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Draws tokens from logits: biases, penalties, filters, temperature, seeded draw, and a grammar if there is one. One per answer.</summary>
public sealed unsafe class LlamaSampler : IDisposable
{
    private readonly LlamaModel model;
    private readonly SafeLlamaSamplerHandle chain;
    private readonly SafeLlamaSamplerHandle? grammar;
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
    /// <param name="grammar">What an answer must follow; null for no bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="LlamaException">The grammar does not compile.</exception>
    public LlamaSampler(LlamaModel model, SamplingOptions? options = null, LlamaGrammar? grammar = null)
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
        this.grammar = grammar is null ? null : Compile(model, grammar);
        chain = BuildChain(options);
    }

    /// <summary>The seed in use: the asked-for one, or the random one chosen instead.</summary>
    public uint Seed { get; }

    /// <summary>How likely the last drawn token and its rivals were; null where <see cref="SamplingOptions.TopLogprobs"/> asks for nothing.</summary>
    public TokenLogprobs? Logprobs { get; private set; }

    /// <summary>Draws the token that follows, and notes it for penalties and grammar.</summary>
    /// <param name="context">The context, after a decode.</param>
    /// <param name="index">Batch index whose logits were asked for.</param>
    /// <exception cref="InvalidOperationException">There are no logits at this index.</exception>
    /// <exception cref="LlamaException">The logits are not numbers, or grammar and biases leave no token.</exception>
    public int Sample(LlamaContext context, int index)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!ReferenceEquals(context.Model, model))
            throw new ArgumentException("The sampler was made for another model.", nameof(context));
        using var entered = context.Enter();
        return SampleFrom(context.Logits(index));
    }

    /// <summary>Draws from given logits, and notes the token for penalties and grammar.</summary>
    /// <param name="logits">[vocabulary size]</param>
    /// <exception cref="LlamaException">The logits are not numbers, or grammar and biases leave no token.</exception>
    public int Sample(ReadOnlySpan<float> logits)
    {
        if (logits.Length != model.Vocab.Count)
            throw new ArgumentException($"There are {logits.Length} logits, the vocabulary has {model.Vocab.Count}.", nameof(logits));
        return SampleFrom(logits);
    }

    /// <summary>Whether grammar and vocabulary allow this token next.</summary>
    public bool Allows(int token)
    {
        model.Vocab.Check(token);
        if (grammar is null)
            return true;
        var candidate = new LlamaTokenData { id = token, logit = 1 };
        var array = new LlamaTokenDataArray { data = &candidate, size = 1, selected = -1 };
        LlamaNative.llama_sampler_apply(grammar, &array);
        return !float.IsNegativeInfinity(candidate.logit);
    }

    /// <summary>Notes a token of the answer that was not drawn here.</summary>
    /// <exception cref="InvalidOperationException">The grammar forbids it; llama.cpp would end the process.</exception>
    public void Accept(int token)
    {
        if (!Allows(token))
            throw new InvalidOperationException($"The grammar forbids token {token} here.");
        LlamaNative.llama_sampler_accept(chain, token);
        if (grammar is not null)
            LlamaNative.llama_sampler_accept(grammar, token);
    }

    /// <summary>Notes a token of the prompt: for the penalties only, since a grammar binds the answer alone.</summary>
    public void Observe(int token) => LlamaNative.llama_sampler_accept(chain, model.Vocab.Check(token));

    /// <summary>Forgets all tokens and starts the seeded draw and the grammar anew.</summary>
    public void Reset()
    {
        LlamaNative.llama_sampler_reset(chain);
        if (grammar is not null)
            LlamaNative.llama_sampler_reset(grammar);
    }

    /// <summary>Frees the native samplers.</summary>
    public void Dispose()
    {
        chain.Dispose();
        grammar?.Dispose();
    }

    private int SampleFrom(ReadOnlySpan<float> original)
    {
        var logits = original;
        if (biases.Length > 0)
        {
            var biased = (sharedLogits?.Length == original.Length ? sharedLogits : sharedLogits = new float[original.Length]).AsSpan();
            original.CopyTo(biased);
            foreach (var (token, bias) in biases)
                biased[token] += bias;
            logits = biased;
        }
        var best = Largest(logits);

        // A grammar over the whole vocabulary costs milliseconds, over one candidate microseconds: look first whether the draw happens to fit.
        var drawn = plain ? logits.IndexOf(best) : Draw(logits, withGrammar: false);
        if (!Allows(drawn))
            drawn = Draw(logits, withGrammar: true);
        Accept(drawn);
        Logprobs = topLogprobs is { } count ? TokenLogprobs.Of(original, drawn, count) : null;
        return drawn;
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

    private int Draw(ReadOnlySpan<float> logits, bool withGrammar)
    {
        var candidates = sharedCandidates?.Length == logits.Length ? sharedCandidates : sharedCandidates = new LlamaTokenData[logits.Length];
        fixed (LlamaTokenData* data = candidates)
        {
            for (var id = 0; id < logits.Length; id++)
                data[id] = new LlamaTokenData { id = id, logit = logits[id] };
            var array = new LlamaTokenDataArray { data = data, size = (nuint)logits.Length, selected = -1 };
            if (withGrammar)
            {
                LlamaNative.llama_sampler_apply(grammar!, &array);
                var left = 0; // what is forbidden must not reach the filters: they would divide zero by zero if nothing else is left
                for (var i = 0; i < (int)array.size; i++)
                {
                    if (!float.IsNegativeInfinity(array.data[i].logit))
                        array.data[left++] = array.data[i];
                }
                if (left == 0)
                    throw new LlamaException("The grammar allows none of the model's tokens here.");
                array.size = (nuint)left;
            }
            LlamaNative.llama_sampler_apply(chain, &array);
            if (array.selected < 0 || array.selected >= (long)array.size)
                throw new LlamaException("The sampler chain selected no token.");
            return array.data[array.selected].id;
        }
    }

    private static bool Penalises(SamplingOptions options) =>
        options.RepeatLastN > 0 && (options.RepeatPenalty != 1 || options.FrequencyPenalty != 0 || options.PresencePenalty != 0);

    private static SafeLlamaSamplerHandle Compile(LlamaModel model, LlamaGrammar grammar)
    {
        if (model.Vocab.Type == LlamaVocabType.None)
            throw new InvalidOperationException("The model has no vocabulary, so no grammar can bind it.");
        using var log = LlamaLog.Collect();
        using var vocab = new LlamaVocab.Borrowed(model.Handle);
        SafeLlamaSamplerHandle handle;
        fixed (byte* text = Encoding.UTF8.GetBytes(grammar.Text + '\0'), root = "root\0"u8)
            handle = LlamaNative.llama_sampler_init_grammar(vocab.Pointer, text, root);
        if (handle.IsInvalid)
            throw new LlamaException($"The grammar does not compile.{log.Sentence()}");
        handle.KeepAlive(model.Handle);
        return handle;
    }

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
