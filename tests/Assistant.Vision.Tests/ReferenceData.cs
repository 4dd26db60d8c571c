namespace Assistant.Vision.Tests;

/// <summary>Files that tests compare with and that are too big for this folder: expected values of the reference implementations, and data.</summary>
/// <remarks>
/// Looked for, in this order, in <c>$ASSISTANT_REFERENCE</c>, in <c>shared</c> beside the repository, and in <c>tests/fixtures</c>.
/// A test whose file is absent is skipped and says which file it wanted.
/// </remarks>
internal static class ReferenceData
{
    /// <summary>The repository's root: the folder that holds Assistant.sln.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Path of a file or folder of the reference values, such as <c>clip/model.safetensors</c>; skips the test if there is none.</summary>
    public static string Find(params string[] parts)
    {
        var name = Path.Combine(parts);
        return TryFind(name) ?? Skip($"reference/{name}");
    }

    /// <summary>Path of a file or folder of the test data, such as <c>vocab/ggml-vocab-phi-3.gguf</c>; skips the test if there is none.</summary>
    public static string FindData(params string[] parts)
    {
        var name = Path.Combine(parts);
        return TryFindData(name) ?? Skip($"data/{name}");
    }

    /// <summary>The first folder of reference values that exists, so that a test can list what is there; empty where there is none.</summary>
    public static IEnumerable<string> Roots() => TryFind("") is { } root ? [root] : [];

    /// <summary>As <see cref="Find"/>, but null where the file is absent.</summary>
    public static string? TryFind(string name)
    {
        var configured = Environment.GetEnvironmentVariable("ASSISTANT_REFERENCE");
        return FirstExisting(
            string.IsNullOrEmpty(configured) ? null : Path.Combine(configured, name),
            Path.Combine(RepositoryRoot, "..", "shared", "reference", name),
            Path.Combine(RepositoryRoot, "tests", "fixtures", "reference", name));
    }

    /// <summary>As <see cref="FindData"/>, but null where the file is absent.</summary>
    public static string? TryFindData(string name)
    {
        var configured = Environment.GetEnvironmentVariable("ASSISTANT_REFERENCE");
        return FirstExisting(
            string.IsNullOrEmpty(configured) ? null : Path.Combine(configured, "..", "data", name),
            Path.Combine(RepositoryRoot, "..", "shared", "data", name),
            Path.Combine(RepositoryRoot, "tests", "fixtures", "data", name));
    }

    private static string? FirstExisting(params string?[] candidates) =>
        candidates.FirstOrDefault(path => path is not null && Path.Exists(path)) is { } found ? Path.GetFullPath(found) : null;

    private static string Skip(string name)
    {
        Assert.Skip($"{name} is not here; set ASSISTANT_REFERENCE to the folder of the reference values.");
        return ""; // not reached: Skip throws
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Assistant.sln.");
    }
}
