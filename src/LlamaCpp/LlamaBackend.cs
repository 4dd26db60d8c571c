using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LlamaCpp.Native;

namespace LlamaCpp;

/// <summary>The native library as a whole: loaded, compared with this assembly's declarations and initialised once, at the first use of any class.</summary>
public static unsafe class LlamaBackend
{
    private static readonly Lazy<bool> Initialisation = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The library's own version, such as <c>0.5.0-dev</c>.</summary>
    /// <exception cref="LlamaException">The library is absent or of another release.</exception>
    public static string Version
    {
        get
        {
            EnsureLoaded();
            return Text(LlamaNative.llama_version());
        }
    }

    /// <summary>Which CPU features and backends the library uses.</summary>
    /// <exception cref="LlamaException">The library is absent or of another release.</exception>
    public static string SystemInfo
    {
        get
        {
            EnsureLoaded();
            return Text(LlamaNative.llama_print_system_info()).Trim();
        }
    }

    /// <summary>Most sequences that one context can hold.</summary>
    public static int MaxSequences
    {
        get
        {
            EnsureLoaded();
            return (int)LlamaNative.llama_max_parallel_sequences();
        }
    }

    /// <summary>Loads the library now rather than at first use.</summary>
    /// <exception cref="LlamaException">The library is absent or of another release.</exception>
    public static void EnsureLoaded() => _ = Initialisation.Value;

    internal static string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static bool Load()
    {
        if (sizeof(nint) != 8)
            throw new LlamaException("llama.cpp's binding needs a 64-bit process.");
        Libraries.Register();
        try
        {
            NativeAbi.Check();
        }
        catch (DllNotFoundException e)
        {
            throw new LlamaException($"llama.cpp could not be loaded: {e.Message}", e);
        }
        LlamaLog.Register(); // before anything else logs to stderr
        LlamaNative.ggml_backend_load_all_from_path(Libraries.Directory); // picks the best CPU variant
        LlamaNative.llama_backend_init();
        return true;
    }
}
