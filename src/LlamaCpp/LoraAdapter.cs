using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>A LoRA adapter file, loaded for one model and attached to contexts with <see cref="LlamaContext.SetAdapters"/>.</summary>
public sealed class LoraAdapter : IDisposable
{
    private LoraAdapter(SafeLoraAdapterHandle handle, LlamaModel model, string path) => (Handle, Model, FilePath) = (handle, model, path);

    internal SafeLoraAdapterHandle Handle { get; }

    /// <summary>The model that it was loaded for.</summary>
    public LlamaModel Model { get; }

    /// <summary>Its file.</summary>
    public string FilePath { get; }

    /// <summary>Loads an adapter.</summary>
    /// <param name="model">The model that it was trained for, with its weights loaded.</param>
    /// <param name="path">A GGUF file with <c>general.type</c> = <c>adapter</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded vocabulary-only.</exception>
    /// <exception cref="LlamaException">It is no adapter, or does not fit the model.</exception>
    public static LoraAdapter Load(LlamaModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no adapter file '{path}'.", path);
        if (model.VocabOnly)
            throw new InvalidOperationException($"'{model.FilePath}' was loaded without weights (vocabulary only), so it takes no adapter.");
        using var log = LlamaLog.Collect();
        var handle = LlamaNative.llama_adapter_lora_init(model.Handle, path);
        if (handle.IsInvalid)
            throw new LlamaException($"'{path}' could not be loaded as an adapter of '{model.FilePath}'.{log.Sentence()}");
        handle.KeepAlive(model.Handle);
        return new LoraAdapter(handle, model, path);
    }

    /// <summary>Frees the adapter once no context has it attached.</summary>
    public void Dispose() => Handle.Dispose();
}
