using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>A loaded GGUF model: weights, metadata and vocabulary. Safe to share between threads; contexts keep it alive.</summary>
public sealed unsafe class LlamaModel : IDisposable
{
    private readonly Lazy<IReadOnlyDictionary<string, string>> metadata;

    private LlamaModel(SafeLlamaModelHandle handle, string path, bool vocabOnly)
    {
        (Handle, FilePath, VocabOnly) = (handle, path, vocabOnly);
        Vocab = new LlamaVocab(handle);
        metadata = new(ReadMetadata);
    }

    internal SafeLlamaModelHandle Handle { get; }

    /// <summary>The file that it was loaded from.</summary>
    public string FilePath { get; }

    /// <summary>Whether only metadata and vocabulary were loaded.</summary>
    public bool VocabOnly { get; }

    /// <summary>Tokens and tokenizer.</summary>
    public LlamaVocab Vocab { get; }

    /// <summary>Scalar GGUF metadata as text; arrays stand as llama.cpp prints them.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata.Value;

    /// <summary>Context window that the model was trained with, in tokens.</summary>
    public int TrainedContextLength => LlamaNative.llama_model_n_ctx_train(Handle);

    /// <summary>Width of a token embedding, and so of a row of <see cref="LlamaBatch.AddEmbedding"/>.</summary>
    public int EmbeddingLength => LlamaNative.llama_model_n_embd_inp(Handle);

    /// <summary>Number of transformer blocks.</summary>
    public int LayerCount => LlamaNative.llama_model_n_layer(Handle);

    /// <summary>Number of attention heads.</summary>
    public int HeadCount => LlamaNative.llama_model_n_head(Handle);

    /// <summary>Number of key/value heads.</summary>
    public int KeyValueHeadCount => LlamaNative.llama_model_n_head_kv(Handle);

    /// <summary>Number of parameters.</summary>
    public long ParameterCount => (long)LlamaNative.llama_model_n_params(Handle);

    /// <summary>Bytes of all tensors.</summary>
    public long SizeInBytes => (long)LlamaNative.llama_model_size(Handle);

    /// <summary>Kind, size and quantisation, such as <c>llama 7B Q4_0</c>.</summary>
    public string Description => NativeText.Read((buffer, size) => LlamaNative.llama_model_desc(Handle, buffer, size));

    /// <summary>The Jinja chat template that the file carries; null without one.</summary>
    public string? ChatTemplate
    {
        get
        {
            var template = LlamaNative.llama_model_chat_template(Handle, null);
            var text = template is null ? null : LlamaBackend.Text(template);
            GC.KeepAlive(this);
            return text;
        }
    }

    /// <summary>Whether positions have several components (M-RoPE), so that <see cref="LlamaBatch"/>, which gives one, cannot feed it embeddings.</summary>
    public bool UsesMultiRope => LlamaNative.llama_model_rope_type(Handle) is 8 or 40; // LLAMA_ROPE_TYPE_MROPE, _IMROPE

    /// <summary>Whether positions are rows of a table, which ends at <see cref="TrainedContextLength"/>; llama.cpp aborts beyond it.</summary>
    public bool HasPositionTable => Metadata.GetValueOrDefault("general.architecture") is "gpt2" or "gptneo" or "starcoder" or "mpt" or "bert";

    /// <summary>Whether it is a plain decoder, the only kind that gets a <see cref="LlamaContext"/>.</summary>
    public bool IsDecoderOnly => LlamaNative.llama_model_has_decoder(Handle) && !LlamaNative.llama_model_has_encoder(Handle);

    /// <summary>Loads a model from a GGUF file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="LlamaException">llama.cpp cannot read it; the message holds all reasons that it logged.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <remarks>Some malformed files abort the process inside llama.cpp: check files from elsewhere with a GGUF reader first.</remarks>
    public static LlamaModel Load(string path, LlamaModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A path holds no NUL.", nameof(path));
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model file '{path}'.", path);
        options ??= new();
        LlamaBackend.EnsureLoaded();

        var parameters = LlamaNative.llama_model_default_params();
        parameters.vocab_only = Byte(options.VocabOnly);
        parameters.check_tensors = Byte(options.CheckTensors);
        parameters.n_gpu_layers = options.GpuLayers;
        parameters.load_mode = options.UseMemoryMap ? 1 : 0; // LLAMA_LOAD_MODE_MMAP, _NONE

        options.CancellationToken.ThrowIfCancellationRequested();
        var watched = GCHandle.Alloc(options);
        parameters.progress_callback = (nint)(delegate* unmanaged[Cdecl]<float, nint, byte>)&OnProgress;
        parameters.progress_callback_user_data = GCHandle.ToIntPtr(watched);

        using var log = LlamaLog.Collect();
        SafeLlamaModelHandle handle;
        try
        {
            handle = LlamaNative.llama_model_load_from_file(path, parameters);
        }
        finally
        {
            watched.Free();
        }
        if (handle.IsInvalid)
            options.CancellationToken.ThrowIfCancellationRequested();
        if (handle.IsInvalid)
            throw new LlamaException($"'{path}' could not be loaded as a GGUF model.{log.Sentence()}");
        return new LlamaModel(handle, path, options.VocabOnly);
    }

    /// <summary>Frees the model once no context, sampler or adapter uses it any more.</summary>
    public void Dispose() => Handle.Dispose();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float share, nint userData)
    {
        var options = (LlamaModelOptions)GCHandle.FromIntPtr(userData).Target!;
        try
        {
            options.Progress?.Report(share);
        }
        catch (Exception)
        {
            // It must not cross native frames, and a display that fails is no reason to stop.
        }
        return Byte(!options.CancellationToken.IsCancellationRequested);
    }

    private static byte Byte(bool value) => value ? (byte)1 : (byte)0;

    private Dictionary<string, string> ReadMetadata()
    {
        var count = LlamaNative.llama_model_meta_count(Handle);
        var pairs = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var index = i;
            var key = NativeText.Read((buffer, size) => LlamaNative.llama_model_meta_key_by_index(Handle, index, buffer, size));
            pairs[key] = NativeText.Read((buffer, size) => LlamaNative.llama_model_meta_val_str_by_index(Handle, index, buffer, size));
        }
        return pairs;
    }
}
