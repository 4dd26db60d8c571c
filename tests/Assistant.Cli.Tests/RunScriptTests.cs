using System.Diagnostics;
using Assistant.Vision.Tests;

namespace Assistant.Cli.Tests;

/// <summary>The ./run script: what it lists is what there is.</summary>
public sealed class RunScriptTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void HelpOfTheServer_IsShown_WithoutStartingIt(string word)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["run", "web", word, "--Urls=none"]) { WorkingDirectory = ReferenceData.RepositoryRoot, RedirectStandardOutput = true })!;
        Assert.Contains("--DataDirectory=", process.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_ListsEveryCommand_WithoutBuilding(string word)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["run", word]) { WorkingDirectory = ReferenceData.RepositoryRoot, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        string[] ofTheScript = ["web", "eval", "bench"];
        Assert.All(ofTheScript.Concat(Commands.Root().Subcommands.Select(command => command.Name)),
            command => Assert.Matches($@"(?m)^  \./run {command}\b", output));
    }
}
