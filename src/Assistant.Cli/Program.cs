using System.CommandLine;
using Assistant.Cli;

var root = new RootCommand("Assistant: a local assistant that sees.") { TrainCommand.Create() };
// A training ends with the step it is in and a checkpoint, which takes longer than the two seconds that are the default.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
