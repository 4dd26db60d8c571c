using System.Runtime.InteropServices;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>Writes a model's file anew with smaller numbers.</summary>
public static unsafe class LlamaQuantizer
{
    // llama_ftype. Those that need an importance matrix are left out.
    private static readonly Dictionary<string, int> types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Q4_0"] = 2, ["Q8_0"] = 7, ["Q3_K_M"] = 12, ["Q4_K_S"] = 14, ["Q4_K_M"] = 15, ["Q5_K_S"] = 16, ["Q5_K_M"] = 17, ["Q6_K"] = 18,
    };

    /// <summary>The kinds of numbers that a file can be written with, such as <c>Q4_K_M</c>.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. types.Keys];

    /// <summary>The kind of this name, as <see cref="Types"/> spells it, whatever the case; null if there is none.</summary>
    public static string? Find(string name) => Types.FirstOrDefault(type => string.Equals(type, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Quantizes a file. Takes minutes for large models and cannot be stopped; <see cref="QuantizerProcess"/> can.</summary>
    /// <param name="source">A GGUF file of a language model with numbers of 32 or 16 bits.</param>
    /// <param name="destination">The new file; what is there is replaced. One that could not be finished is left to the caller.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="threads">Threads for computing; 0: the machine's processors.</param>
    /// <exception cref="ArgumentException">There is no such type, or both files are the same.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="LlamaException">llama.cpp cannot read, quantize or write it; the message holds all reasons that it logged.</exception>
    /// <remarks>Some malformed files abort the process inside llama.cpp: check files from elsewhere with a GGUF reader first.</remarks>
    public static void Quantize(string source, string destination, string type, int threads = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 512);
        if (!types.TryGetValue(type, out var number))
            throw new ArgumentException($"There is no type '{type}'; there are {string.Join(", ", Types)}.", nameof(type));
        if (source.Contains('\0', StringComparison.Ordinal) || destination.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A path holds no NUL.");
        if (!File.Exists(source))
            throw new FileNotFoundException($"There is no model file '{source}'.", source);
        if (Path.GetFullPath(source) == Path.GetFullPath(destination))
            throw new ArgumentException($"'{source}' cannot be quantized into itself.", nameof(destination));
        LlamaBackend.EnsureLoaded();
        var defaults = LlamaNative.llama_model_quantize_default_params_probe();
        var parameters = MemoryMarshal.Read<LlamaQuantizeParams>(defaults);
        if (parameters is not { nthread: 0, ftype: 7, allow_requantize: 0, quantize_output_tensor: 1, only_copy: 0, pure: 0, keep_split: 0, imatrix: 0, kv_overrides: 0, tt_overrides: 0, prune_layers: 0 }
            || parameters.output_tensor_type != parameters.token_embedding_type)
        {
            throw new LlamaException("The llama.cpp library does not fit this program: llama_model_quantize_params has another layout or other defaults.");
        }
        (parameters.nthread, parameters.ftype) = (threads == 0 ? Math.Min(Environment.ProcessorCount, 512) : threads, number);
        using var log = LlamaLog.Collect();
        if (LlamaNative.llama_model_quantize(source, destination, &parameters) is not 0 and var code)
            throw new LlamaException($"'{source}' could not be quantized to {type} (code {code}).{log.Sentence()}");
    }
}
