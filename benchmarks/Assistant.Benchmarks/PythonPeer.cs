using System.Diagnostics;
using System.Globalization;

namespace Assistant.Benchmarks;

/// <summary>Another project's way of doing the same, in a Python process that answers each line "task batch passes" with its wall and processor time.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;

    private PythonPeer(Process process, string name) => (this.process, Name) = (process, name);

    /// <summary>What it calls itself, such as "Pillow 9.4.0".</summary>
    public string Name { get; }

    /// <summary>Starts a peer; null, and a line that says so, where its module is not installed.</summary>
    /// <param name="module">The Python module that it needs.</param>
    /// <param name="script">A file of benchmarks/peers.</param>
    /// <param name="environment">Environment variables beside this process's own.</param>
    /// <param name="arguments">The script's.</param>
    public static PythonPeer? Start(string module, string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string[] interpreters = ["python3", "/usr/bin/python3"];
        foreach (var interpreter in interpreters.Where(interpreter => Imports(interpreter, module)))
        {
            var start = new ProcessStartInfo(interpreter, [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (var (name, value) in environment)
                start.Environment[name] = value;
            var process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } name2)
                return new PythonPeer(process, name2);
            process.Dispose();
        }
        Console.WriteLine($"Python's {module}: not installed, so nothing of it stands beside this.");
        return null;
    }

    /// <summary>A task of the peer as a line of a table.</summary>
    public Candidate Candidate(string name, string task, int batch) => new($"{Name}{name}", passes => Ask($"{task} {batch} {passes}"));

    public void Dispose()
    {
        process.StandardInput.Close(); // it ends with its input
        process.WaitForExit();
        process.Dispose();
    }

    private Cost Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException($"{Name} ended at '{question}'.");
        return new Cost(double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    private static bool Imports(string interpreter, string module)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(interpreter, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no such program
        }
    }
}
