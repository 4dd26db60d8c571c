using System.CommandLine;
using Assistant.Cli;

var root = new RootCommand("Assistant: a local assistant that sees.") { TrainCommand.Create() };
return await root.Parse(args).InvokeAsync();
