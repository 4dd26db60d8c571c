using System.Reflection;
using System.Runtime.InteropServices;

namespace Assistant.Vision.Imaging.Native;

/// <summary>Finds, loads and sets up libvips, once per process.</summary>
internal static class VipsLibrary
{
    /// <summary>The name that the declarations import from; the resolver maps it to the versioned file.</summary>
    internal const string Name = "libvips";

    private const string FilePattern = "libvips-cpp.so.*";

    /// <summary>The only loader classes that stay open, with everything below them; all others are blocked.</summary>
    private static readonly string[] AllowedLoaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadHeif"];

    private static readonly Lazy<bool> Initialized = new(Initialize);

    /// <summary>Loads the library if it is not loaded yet.</summary>
    /// <exception cref="DllNotFoundException">The library is not beside the program.</exception>
    internal static void EnsureInitialized() => _ = Initialized.Value;

    /// <summary>Called by the static constructor of <see cref="VipsNative"/>, that is before its first import is bound.</summary>
    internal static void RegisterResolver() =>
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, static (name, _, _) => name == Name ? NativeLibrary.Load(FindFile()) : 0);

    /// <summary>Takes the last error messages of libvips. They are global to the process: with failures on several threads they may belong to another one.</summary>
    internal static unsafe string TakeError()
    {
        var copy = VipsNative.vips_error_buffer_copy(); // copies and clears under one lock
        var text = Marshal.PtrToStringUTF8(copy) ?? "";
        VipsNative.g_free((void*)copy);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("source: bad seek", StringComparison.Ordinal)) // the AVIF reader probing for the end
            .Distinct();
        return string.Join("; ", lines.Take(3));
    }

    private static bool Initialize()
    {
        VipsNative.g_setenv("VIPS_WARNING", "0", 1); // silences g_warning; the process environment of .NET does not reach getenv
        if (VipsNative.vips_init("assistant") != 0)
            throw new InvalidOperationException($"libvips could not be initialised: {TakeError()}");
        VipsNative.vips_concurrency_set(1); // requests run side by side; one picture keeps to one core
        VipsNative.vips_cache_set_max(0);   // a cached operation would outlive the pinned input buffer
        VipsNative.vips_operation_block_set("VipsForeignLoad", 1);
        foreach (var loader in AllowedLoaders)
            VipsNative.vips_operation_block_set(loader, 0);
        return true;
    }

    /// <summary>Looks where a build (runtimes/linux-x64/native), a publish for one platform (flat) and a single file (its extraction folder) put it.</summary>
    private static string FindFile()
    {
        var folders = new List<string> { AppContext.BaseDirectory };
        // Empty in a single-file program, where BaseDirectory is what counts.
#pragma warning disable IL3000
        if (Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) is { Length: > 0 } beside)
            folders.Add(beside);
#pragma warning restore IL3000
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
            folders.AddRange(search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        var candidates = folders.SelectMany(folder => new[] { Path.Combine(folder, "runtimes", "linux-x64", "native"), folder }).Distinct();
        return candidates.Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, FilePattern))
                .FirstOrDefault()
            ?? throw new DllNotFoundException($"{FilePattern} (libvips, which reads and writes pictures) was not found in: {string.Join(", ", folders.Distinct())}.");
    }
}
