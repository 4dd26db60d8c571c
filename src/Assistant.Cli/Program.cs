using System.CommandLine;
using Assistant.Cli;

// A training ends with the step it is in and a checkpoint, which takes longer than the two seconds that are the default.
return await Commands.Root().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
