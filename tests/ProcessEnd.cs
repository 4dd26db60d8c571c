using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Assistant.TestProcess;

/// <summary>Ends a program of tests without the destructors of native libraries.</summary>
/// <remarks>
/// Those of libtorch take seconds where the machine is busy, beside threads that still run; and the runner ends a program with status 1 that has not gone ten seconds
/// after its last test, though none failed. By then results are written, and nothing else is worth keeping.
/// </remarks>
internal static partial class ProcessEnd
{
#pragma warning disable CA2255 // a program of tests is no library
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register()
    {
        if (OperatingSystem.IsLinux())
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Exit(Environment.ExitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Exit(int status);
}
