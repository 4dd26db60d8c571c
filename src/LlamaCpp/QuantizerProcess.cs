using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace LlamaCpp;

/// <summary>Quantizes files in a process of their own, a second run of this very program, which can be ended at any moment.</summary>
/// <remarks>
/// <see cref="LlamaQuantizer.Quantize"/> cannot be stopped once llama.cpp has begun, and some malformed files abort the process that it runs in. Here neither does any harm.
/// The program's <c>Main</c> has to begin with <see cref="Run"/>. The child ends with its parent, however that ends: it watches the pipe between them.
/// </remarks>
public static class QuantizerProcess
{
    private const string Command = "llamacpp-quantize";

    private static bool served;

    /// <summary>To be called first of all by <c>Main</c>: does the work of the child if this process is one.</summary>
    /// <param name="args">Those of <c>Main</c>.</param>
    /// <returns>The exit status with which <c>Main</c> is to end; null for the program itself, which goes on.</returns>
    public static int? Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        served = true;
        if (args is not [Command, var source, var destination, var type, var threads])
            return null;
        new Thread(() => EndWithParent(destination)) { IsBackground = true }.Start();
        try
        {
            LlamaQuantizer.Quantize(source, destination, type, int.Parse(threads, CultureInfo.InvariantCulture));
            return 0;
        }
        catch (Exception e) when (e is LlamaException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            using var answer = Console.OpenStandardOutput();
            answer.Write(Encoding.UTF8.GetBytes(e.Message));
            return 1;
        }
    }

    /// <summary>Quantizes a file.</summary>
    /// <param name="source">See <see cref="LlamaQuantizer.Quantize"/>.</param>
    /// <param name="destination">The new file; what is there is replaced. There is none if this ends in an exception.</param>
    /// <param name="type">One of <see cref="LlamaQuantizer.Types"/>.</param>
    /// <param name="threads">Threads for computing; 0: the machine's processors.</param>
    /// <param name="cancellationToken">Ends the child at once.</param>
    /// <exception cref="LlamaException">It could not be done; the message is one sentence.</exception>
    /// <exception cref="InvalidOperationException">The program does not begin with <see cref="Run"/>.</exception>
    public static async Task QuantizeAsync(string source, string destination, string type, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        ArgumentException.ThrowIfNullOrEmpty(type);
        cancellationToken.ThrowIfCancellationRequested();
        using var child = Start(source, destination, type, threads);
        var done = false;
        try
        {
            var answer = child.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await child.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            done = child.ExitCode == 0;
            if (!done)
            {
                throw new LlamaException(await answer.ConfigureAwait(false) is { Length: > 0 } sentence
                    ? sentence
                    : $"'{source}' could not be quantized to {type}: llama.cpp gave up (status {child.ExitCode}).");
            }
        }
        finally
        {
            if (!done)
            {
                child.Kill(); // nothing happens if it has ended
                await child.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                File.Delete(destination);
            }
        }
    }

    /// <summary>Starts the child.</summary>
    internal static Process Start(string source, string destination, string type, int threads)
    {
        if (!served)
            throw new InvalidOperationException($"The program cannot quantize: its Main does not begin with {nameof(QuantizerProcess)}.{nameof(Run)}.");
        var program = Environment.ProcessPath!;
        // A program may be a file of its own, or a DLL that dotnet runs.
        string[] own = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [Assembly.GetEntryAssembly()!.Location] : [];
        var start = new ProcessStartInfo(program, [.. own, Command, source, destination, type, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            CreateNoWindow = true,
        };
        start.Environment["GGML_NO_BACKTRACE"] = "1"; // where ggml aborts it would call a debugger, which takes seconds
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new LlamaException($"'{source}' could not be quantized: '{program}' did not start a second time: {e.Message}", e);
        }
    }

    private static void EndWithParent(string destination)
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[16];
        while (input.Read(buffer) > 0)
        {
            // Nobody writes: it waits for the end.
        }
        File.Delete(destination);
        using var self = Process.GetCurrentProcess();
        self.Kill(); // an orderly exit would wait for llama.cpp
    }
}
