using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace LlamaCpp.Native;

/// <summary>Declarations of <c>llama.h</c> (release v0.5.0) and of <c>ggml-backend.h</c>, with C's names. No checks: see the public classes.</summary>
internal static unsafe partial class LlamaNative
{
    // Library.

    [LibraryImport(Libraries.Ggml, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void ggml_backend_load_all_from_path(string dir_path);

    [LibraryImport(Libraries.Ggml, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ggml_backend_reg_by_name(string name);

    [LibraryImport(Libraries.GgmlBase, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ggml_backend_reg_get_proc_address(nint reg, string name);

    [LibraryImport(Libraries.GgmlBase)]
    internal static partial void ggml_threadpool_params_init(GgmlThreadPoolParams* p, int n_threads);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_backend_init();

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> log_callback, nint user_data);

    [LibraryImport(Libraries.Llama)]
    internal static partial byte* llama_version();

    [LibraryImport(Libraries.Llama)]
    internal static partial byte* llama_print_system_info();

    [LibraryImport(Libraries.Llama)]
    internal static partial nuint llama_max_parallel_sequences();

    [LibraryImport(Libraries.Llama)]
    internal static partial LlamaModelParamsNative llama_model_default_params();

    [LibraryImport(Libraries.Llama)]
    internal static partial LlamaContextParamsNative llama_context_default_params();

    [LibraryImport(Libraries.Llama)]
    internal static partial LlamaSamplerChainParams llama_sampler_chain_default_params();

    // The same functions with a return buffer larger than any plausible struct: a library of another release must not write over the stack.

    [LibraryImport(Libraries.Llama, EntryPoint = nameof(llama_model_default_params))]
    internal static partial NativeAbi.Probe llama_model_default_params_probe();

    [LibraryImport(Libraries.Llama, EntryPoint = nameof(llama_context_default_params))]
    internal static partial NativeAbi.Probe llama_context_default_params_probe();

    [LibraryImport(Libraries.Llama, EntryPoint = "llama_batch_get_one")]
    internal static partial NativeAbi.Probe llama_batch_get_one_probe(int* tokens, int n_tokens);

    [LibraryImport(Libraries.Llama, EntryPoint = "llama_model_quantize_default_params")]
    internal static partial NativeAbi.Probe llama_model_quantize_default_params_probe();

    [LibraryImport(Libraries.Llama, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint llama_model_quantize(string fname_inp, string fname_out, LlamaQuantizeParams* @params);

    // Model.

    [LibraryImport(Libraries.Llama, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeLlamaModelHandle llama_model_load_from_file(string path_model, LlamaModelParamsNative @params);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_model_free(nint model);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_model_get_vocab(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_rope_type(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_ctx_train(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_embd(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_embd_inp(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_embd_out(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_layer(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_head(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_n_head_kv(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial ulong llama_model_size(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial ulong llama_model_n_params(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_model_has_encoder(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_model_has_decoder(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_meta_count(SafeLlamaModelHandle model);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_meta_key_by_index(SafeLlamaModelHandle model, int i, byte* buf, nuint buf_size);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_meta_val_str_by_index(SafeLlamaModelHandle model, int i, byte* buf, nuint buf_size);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_model_desc(SafeLlamaModelHandle model, byte* buf, nuint buf_size);

    [LibraryImport(Libraries.Llama, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* llama_model_chat_template(SafeLlamaModelHandle model, string? name);

    // Vocabulary; it belongs to the model, so callers hold the model's handle while they use the pointer.

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_type(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_n_tokens(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial byte* llama_vocab_get_text(nint vocab, int token);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_get_attr(nint vocab, int token);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_vocab_is_eog(nint vocab, int token);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_vocab_is_control(nint vocab, int token);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_bos(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_eos(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_sep(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_eot(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_nl(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_vocab_pad(nint vocab);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_vocab_get_add_bos(nint vocab);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_vocab_get_add_eos(nint vocab);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_tokenize(
        nint vocab, byte* text, int text_len, int* tokens, int n_tokens_max,
        [MarshalAs(UnmanagedType.U1)] bool add_special, [MarshalAs(UnmanagedType.U1)] bool parse_special);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_token_to_piece(
        nint vocab, int token, byte* buf, int length, int lstrip, [MarshalAs(UnmanagedType.U1)] bool special);

    // Context.

    [LibraryImport(Libraries.Llama)]
    internal static partial SafeLlamaContextHandle llama_init_from_model(SafeLlamaModelHandle model, LlamaContextParamsNative @params);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_free(nint ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial uint llama_n_ctx(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial uint llama_n_batch(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial uint llama_n_ubatch(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial uint llama_n_seq_max(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_set_n_threads(SafeLlamaContextHandle ctx, int n_threads, int n_threads_batch);

    [LibraryImport(Libraries.Llama)]
    internal static partial uint llama_n_ctx_seq(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_attach_threadpool(SafeLlamaContextHandle ctx, nint threadpool, nint threadpool_batch);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_decode(SafeLlamaContextHandle ctx, LlamaBatchNative batch);

    [LibraryImport(Libraries.Llama)]
    internal static partial float* llama_get_logits_ith(SafeLlamaContextHandle ctx, int i);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_pooling_type(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial float* llama_get_embeddings_seq(SafeLlamaContextHandle ctx, int seq_id);

    [LibraryImport(Libraries.Llama)]
    internal static partial nuint llama_state_seq_get_size(SafeLlamaContextHandle ctx, int seq_id);

    [LibraryImport(Libraries.Llama)]
    internal static partial nuint llama_state_seq_get_data(SafeLlamaContextHandle ctx, byte* dst, nuint size, int seq_id);

    [LibraryImport(Libraries.Llama)]
    internal static partial nuint llama_state_seq_set_data(SafeLlamaContextHandle ctx, byte* src, nuint size, int dest_seq_id);

    // Memory; the pointer belongs to the context.

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_get_memory(SafeLlamaContextHandle ctx);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_memory_clear(nint mem, [MarshalAs(UnmanagedType.U1)] bool data);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_memory_seq_rm(nint mem, int seq_id, int p0, int p1);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_memory_seq_cp(nint mem, int seq_id_src, int seq_id_dst, int p0, int p1);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_memory_seq_keep(nint mem, int seq_id);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_memory_seq_add(nint mem, int seq_id, int p0, int p1, int delta);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_memory_seq_pos_min(nint mem, int seq_id);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_memory_seq_pos_max(nint mem, int seq_id);

    [LibraryImport(Libraries.Llama)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool llama_memory_can_shift(nint mem);

    // Adapters.

    [LibraryImport(Libraries.Llama, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeLoraAdapterHandle llama_adapter_lora_init(SafeLlamaModelHandle model, string path_lora);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_adapter_lora_free(nint adapter);

    [LibraryImport(Libraries.Llama)]
    internal static partial int llama_set_adapters_lora(SafeLlamaContextHandle ctx, nint* adapters, nuint n_adapters, float* scales);

    // Sampling.

    [LibraryImport(Libraries.Llama)]
    internal static partial SafeLlamaSamplerHandle llama_sampler_chain_init(LlamaSamplerChainParams @params);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_sampler_chain_add(SafeLlamaSamplerHandle chain, nint smpl);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_sampler_free(nint smpl);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_sampler_apply(SafeLlamaSamplerHandle smpl, LlamaTokenDataArray* cur_p);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_sampler_accept(SafeLlamaSamplerHandle smpl, int token);

    [LibraryImport(Libraries.Llama)]
    internal static partial void llama_sampler_reset(SafeLlamaSamplerHandle smpl);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_greedy();

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_dist(uint seed);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_top_k(int k);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_top_p(float p, nuint min_keep);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_min_p(float p, nuint min_keep);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_typical(float p, nuint min_keep);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_temp(float t);

    [LibraryImport(Libraries.Llama)]
    internal static partial nint llama_sampler_init_penalties(int n_vocab, int penalty_last_n, float penalty_repeat, float penalty_freq, float penalty_present);
}
