using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Interop;

/// <summary>Prepares the process before libtorch loads and finds the native bridge.</summary>
internal static partial class NativeEnvironment
{
    [SuppressMessage("Usage", "CA2255", Justification = "libgomp and OpenBLAS read these variables once, when they load.")]
    [ModuleInitializer]
    internal static void Initialize()
    {
        if (OperatingSystem.IsLinux())
        {
            // libgomp's idle workers spin on the cores that OpenBLAS's own threads want: with the default a transformer
            // on two threads runs slower than on one.
            SetUnlessSet("GOMP_SPINCOUNT", "1000");
            // OpenBLAS 0.3.21 does not know newer cores and picks its AVX2 kernels on them.
            if (Avx512F.IsSupported)
                SetUnlessSet("OPENBLAS_CORETYPE", "SkylakeX");
            KeepMemory();
        }
        NativeLibrary.SetDllImportResolver(typeof(NativeEnvironment).Assembly, Resolve);
    }

    private static void SetUnlessSet(string name, string value)
    {
        // Environment.SetEnvironmentVariable does not reach getenv: native libraries see only libc's environment.
        if (Environment.GetEnvironmentVariable(name) is null)
            _ = setenv(name, value, 0);
    }

    // A network's intermediate results come and go by megabytes. As it comes, glibc gives each back to the system, which
    // clears every page again for the next; so up to 128 MiB of what is free stays with the process.
    private static void KeepMemory()
    {
        const int trimThreshold = -1, mmapThreshold = -3;  // M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
        const int largestMmapThreshold = 32 << 20;         // what glibc takes at most
        try
        {
            _ = mallopt(trimThreshold, 128 << 20);
            _ = mallopt(mmapThreshold, largestMmapThreshold);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library has another allocator
        }
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (library != Bridge.Library)
            return 0;
        var folder = AppContext.BaseDirectory;
        string[] candidates =
        [
            Path.Combine(folder, "runtimes", "linux-x64", "native", "libtorchbridge.so"),
            Path.Combine(folder, "libtorchbridge.so"),
        ];
        foreach (var candidate in candidates)
        {
            if (File.Exists(candidate))
                return NativeLibrary.Load(candidate); // its own message names a libtorch that is missing
        }
        throw new DllNotFoundException($"libtorchbridge.so is not beside the program; looked for {string.Join(" and ", candidates)}.");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
