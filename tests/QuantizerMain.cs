using System.Runtime.CompilerServices;
using LlamaCpp;

namespace Assistant.TestProcess;

/// <summary>Lets a program of tests, whose Main the runner writes, be the child that quantizes.</summary>
internal static class QuantizerMain
{
#pragma warning disable CA2255 // a program of tests is no library
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (QuantizerProcess.Run(Environment.GetCommandLineArgs()[1..]) is { } status)
            ProcessEnd.Exit(status); // an orderly end waits for finalizers, and they for this module
    }
}
