using System.Runtime.InteropServices;
using System.Text;
using LlamaCpp;
using LlamaCpp.Native;

namespace Assistant.LoadBenchmark;

/// <summary>llama.cpp's own grammar sampler, the peer of the grammar engine: nothing else here uses it.</summary>
internal sealed unsafe class LlamaGrammarSampler : IDisposable
{
    private static readonly nint create = NativeLibrary.GetExport(NativeLibrary.Load(Path.Combine(Libraries.Directory, Libraries.Llama)), "llama_sampler_init_grammar");

    private readonly SafeLlamaSamplerHandle chain = LlamaNative.llama_sampler_chain_init(LlamaNative.llama_sampler_chain_default_params());
    private readonly LlamaTokenData[] candidates;

    /// <param name="model">Of the tokens.</param>
    /// <param name="grammar">In GBNF, with a rule named <c>root</c>.</param>
    public LlamaGrammarSampler(LlamaModel model, string grammar)
    {
        candidates = new LlamaTokenData[model.Vocab.Count];
        fixed (byte* text = Encoding.UTF8.GetBytes(grammar + "\0"), root = "root\0"u8)
        {
            var sampler = ((delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)create)(LlamaNative.llama_model_get_vocab(model.Handle), text, root);
            if (sampler == 0)
                throw new InvalidOperationException("llama.cpp refuses the grammar.");
            LlamaNative.llama_sampler_chain_add(chain, sampler);
        }
    }

    /// <summary>Forbids what cannot come next among all tokens; says whether one was left.</summary>
    public bool AllowsAmongAll(int token)
    {
        for (var i = 0; i < candidates.Length; i++)
            candidates[i] = new LlamaTokenData { id = i };
        return Apply(candidates.Length, token);
    }

    /// <summary>Whether a token can come next: what llama.cpp asks first of the likeliest.</summary>
    public bool Allows(int token)
    {
        candidates[0] = new LlamaTokenData { id = token };
        return Apply(1, 0);
    }

    /// <summary>Goes on behind a token.</summary>
    public void Accept(int token) => LlamaNative.llama_sampler_accept(chain, token);

    public void Dispose() => chain.Dispose();

    private bool Apply(int count, int at)
    {
        fixed (LlamaTokenData* data = candidates)
        {
            var array = new LlamaTokenDataArray { data = data, size = (nuint)count, selected = -1 };
            LlamaNative.llama_sampler_apply(chain, &array);
        }
        return !float.IsNegativeInfinity(candidates[at].logit);
    }
}
