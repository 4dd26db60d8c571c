namespace LlamaCpp.Tests;

/// <summary>Files kept outside the repository: <c>../shared</c> beside the folder that holds Assistant.sln.</summary>
internal static class Shared
{
    /// <summary>The file's path; skips the test where it is absent.</summary>
    public static string File(string relative)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !System.IO.File.Exists(Path.Combine(directory.FullName, "Assistant.sln")))
            directory = directory.Parent;
        var path = Path.Combine(directory?.Parent?.FullName ?? "", "shared", relative);
        if (!System.IO.File.Exists(path))
            Assert.Skip($"shared/{relative} is not beside the repository");
        return path;
    }
}
