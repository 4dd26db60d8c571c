using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LlamaCpp;

/// <summary>Severity of a line logged by llama.cpp (<c>ggml_log_level</c>).</summary>
public enum LlamaLogLevel
{
    /// <summary>Unmarked output.</summary>
    None = 0,

    /// <summary>Details for developers.</summary>
    Debug = 1,

    /// <summary>What a model or context consists of.</summary>
    Info = 2,

    /// <summary>Something odd that goes on.</summary>
    Warning = 3,

    /// <summary>Why something failed.</summary>
    Error = 4,
}

/// <summary>What llama.cpp logs. Nothing goes to stderr; without a handler, lines are dropped.</summary>
public static unsafe class LlamaLog
{
    private static Action<LlamaLogLevel, string>? handler;

    [ThreadStatic]
    private static Collector? collector;

    [ThreadStatic]
    private static int lastLevel;

    /// <summary>Receives whole messages, without the newline at their end; null (the default) drops them.</summary>
    /// <remarks>Called on whichever thread logs, also from inside native calls. What it throws is swallowed: an exception must not cross native frames.</remarks>
    public static Action<LlamaLogLevel, string>? Handler
    {
        get => Volatile.Read(ref handler);
        set => Volatile.Write(ref handler, value);
    }

    internal static void Register() => Native.LlamaNative.llama_log_set(&OnLog, 0);

    /// <summary>Gathers the error lines of this thread until disposed: the cause of a failure often stands in an early one.</summary>
    internal static Collector Collect() => collector = new Collector(collector);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(int level, byte* text, nint userData)
    {
        try
        {
            const int Continue = 5; // GGML_LOG_LEVEL_CONT goes on with the line before
            if (level != Continue)
                lastLevel = level;
            if (text is null || (collector is null && handler is null))
                return;
            var line = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)).TrimEnd('\n');
            if (line.Length == 0)
                return;
            if (lastLevel == (int)LlamaLogLevel.Error)
                collector?.Lines.Add(line);
            Handler?.Invoke((LlamaLogLevel)lastLevel, line);
        }
        catch (Exception)
        {
            // See Handler: this frame is called by native code.
        }
    }

    internal sealed class Collector(Collector? outer) : IDisposable
    {
        public List<string> Lines { get; } = [];

        /// <summary>The collected lines as an addition to a message: empty, or led by a space.</summary>
        public string Sentence() => Lines.Count == 0 ? "" : " llama.cpp says: " + string.Join("; ", Lines.Distinct().Select(WithoutFunction)) + ".";

        public void Dispose() => collector = outer;

        // "llama_model_load: error loading model: x" -> "error loading model: x"
        private static string WithoutFunction(string line)
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            return (colon > 0 && line[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? line[(colon + 2)..] : line).TrimEnd('.', ' ');
        }
    }
}
