using static TorchSharp.torch;

namespace Assistant.Benchmarks;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    private static readonly string[] Telling = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"];

    /// <summary>Whether the processor multiplies bfloat16 by itself.</summary>
    public static bool HasBFloat16 { get; } = Field("flags").Split(' ').Intersect(["avx512_bf16", "amx_bf16"]).Any();

    public static void Print(Plan plan)
    {
        var flags = Field("flags").Split(' ').ToHashSet();
        Console.WriteLine($"{Field("model name")}; {string.Join(" ", Telling.Where(flags.Contains))}");
        Console.WriteLine($"{Environment.ProcessorCount} cores, {plan.Threads} threads; libtorch {__version__}; .NET {Environment.Version}; load {Load()} before");
        Console.WriteLine(plan.Clock == Clock.Wall
            ? "Times are wall-clock: medians, lowest and highest of rounds in which all lines of a table take turns."
            : "Times are processor time of all threads: medians, lowest and highest of rounds in which all lines of a table take turns.");
        Console.WriteLine();
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Field(string name) => !File.Exists("/proc/cpuinfo") ? "" :
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "";
}
