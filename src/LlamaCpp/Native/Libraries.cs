using System.Reflection;
using System.Runtime.InteropServices;

namespace LlamaCpp.Native;

/// <summary>Names of the native files and where they are looked for.</summary>
internal static class Libraries
{
    /// <summary>llama.cpp itself. The file name carries the release that <see cref="LlamaNative"/> is written against.</summary>
    internal const string Llama = "libllama.v0.5.0.so";

    /// <summary>ggml's backend registry.</summary>
    internal const string Ggml = "libggml.v0.5.0.so";

    /// <summary>What ggml's backends share.</summary>
    internal const string GgmlBase = "libggml-base.so";

    /// <summary>The folder of the native files: next to the program, or where <c>LLAMACPP_LIBRARY_PATH</c> points.</summary>
    internal static string Directory { get; } = FindDirectory();

    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(Libraries).Assembly, Resolve);

    private static string FindDirectory()
    {
        var configured = Environment.GetEnvironmentVariable("LLAMACPP_LIBRARY_PATH");
        if (!string.IsNullOrEmpty(configured))
            return Path.GetFullPath(configured);
        var runtime = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        return File.Exists(Path.Combine(runtime, Llama)) ? runtime : AppContext.BaseDirectory;
    }

    // By full path: the library finds its siblings through its own RUNPATH ($ORIGIN), whatever the working directory is.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name is not (Llama or Ggml or GgmlBase))
            return 0;
        var path = Path.Combine(Directory, name);
        if (!File.Exists(path))
            throw new DllNotFoundException($"{name} was not found in {Directory}; set LLAMACPP_LIBRARY_PATH to the folder that holds llama.cpp's libraries.");
        return NativeLibrary.Load(path);
    }
}
