using System.CommandLine;

namespace Assistant.Cli;

/// <summary>What the program can do.</summary>
internal static class Commands
{
    public static RootCommand Root() => new("Assistant: a local assistant that sees.") { TrainCommand.Create(), InspectCommand.Create(), PullCommand.Create() };
}
