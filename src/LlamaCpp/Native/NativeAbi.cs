using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LlamaCpp.Native;

/// <summary>Compares the loaded library with the declarations of this assembly, before a struct of the wrong shape can corrupt memory.</summary>
internal static unsafe class NativeAbi
{
    /// <summary>The release that <see cref="LlamaNative"/> is written against.</summary>
    internal const string Release = "0.5.";

    /// <summary>Room for a struct returned by value by a library whose struct sizes are not known yet.</summary>
    [InlineArray(1024)]
    internal struct Probe
    {
        private byte first;
    }

    /// <exception cref="LlamaException">The library is of another release or has other struct layouts.</exception>
    internal static void Check()
    {
        string version;
        try
        {
            version = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LlamaNative.llama_version()));
        }
        catch (EntryPointNotFoundException)
        {
            throw Mismatch("it has no llama_version(), so it is older");
        }
        if (!version.StartsWith(Release, StringComparison.Ordinal))
            throw Mismatch($"it says version {version}");

        var model = LlamaNative.llama_model_default_params_probe();
        if (Problem(model) is { } modelProblem)
            throw Mismatch(modelProblem);
        var context = LlamaNative.llama_context_default_params_probe();
        if (ContextProblem(context) is { } contextProblem)
            throw Mismatch(contextProblem);

        int token = 7;
        var batch = LlamaNative.llama_batch_get_one_probe(&token, 3);
        if (BatchProblem(batch, (nint)(&token), 3) is { } batchProblem)
            throw Mismatch(batchProblem);
    }

    /// <summary>What is unexpected in a <c>llama_model_params</c> of defaults; null if nothing is.</summary>
    internal static string? Problem(ReadOnlySpan<byte> bytes)
    {
        var p = MemoryMarshal.Read<LlamaModelParamsNative>(bytes);
        var expected = new LlamaModelParamsNative { n_gpu_layers = -1, split_mode = 1, load_mode = -1, lazy_mode = 1, use_extra_bufts = 1 };
        return SameBytes(p, expected) ? null : "llama_model_params has another layout or other defaults";
    }

    /// <summary>What is unexpected in a <c>llama_context_params</c> of defaults; null if nothing is.</summary>
    internal static string? ContextProblem(ReadOnlySpan<byte> bytes)
    {
        var p = MemoryMarshal.Read<LlamaContextParamsNative>(bytes);
        var same = p is { n_ctx: 512, n_batch: 2048, n_ubatch: 512, n_seq_max: 1, n_threads: 4, n_threads_batch: 4 }
            and { rope_scaling_type: -1, pooling_type: -1, attention_type: -1, flash_attn_type: -1, type_k: 1, type_v: 1 }
            and { cb_eval: 0, abort_callback: 0, abort_callback_data: 0, embeddings: 0, offload_kqv: 1, no_perf: 1, op_offload: 1, swa_full: 1, kv_unified: 0 }
            and { samplers: 0, n_samplers: 0, ctx_other: 0, yarn_orig_ctx: 0 };
        return same ? null : "llama_context_params has another layout or other defaults";
    }

    /// <summary>What is unexpected in a <c>llama_batch</c> over the given tokens; null if nothing is.</summary>
    internal static string? BatchProblem(ReadOnlySpan<byte> bytes, nint tokens, int count)
    {
        var b = MemoryMarshal.Read<LlamaBatchNative>(bytes);
        var same = b.n_tokens == count && (nint)b.token == tokens && b.embd is null && b.pos is null && b.n_seq_id is null && b.seq_id is null && b.logits is null;
        return same ? null : "llama_batch has another layout";
    }

    // Padding is not compared: C leaves it undefined.
    private static bool SameBytes(LlamaModelParamsNative a, LlamaModelParamsNative b) =>
        a.devices == b.devices && a.tensor_buft_overrides == b.tensor_buft_overrides && a.n_gpu_layers == b.n_gpu_layers && a.split_mode == b.split_mode
        && a.load_mode == b.load_mode && a.lazy_mode == b.lazy_mode && a.main_gpu == b.main_gpu && a.tensor_split == b.tensor_split
        && a.progress_callback == b.progress_callback && a.progress_callback_user_data == b.progress_callback_user_data && a.kv_overrides == b.kv_overrides
        && a.vocab_only == b.vocab_only && a.check_tensors == b.check_tensors && a.use_extra_bufts == b.use_extra_bufts
        && a.no_host == b.no_host && a.no_alloc == b.no_alloc && a.load_mtp == b.load_mtp;

    private static LlamaException Mismatch(string what) =>
        new($"The llama.cpp library in {Libraries.Directory} does not fit this program, which is written for release {Release}x: {what}. Restore the file {Libraries.Llama} of the pinned package.");
}
