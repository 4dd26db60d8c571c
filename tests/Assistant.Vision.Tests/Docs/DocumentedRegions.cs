namespace Assistant.Vision.Tests.Docs;

/// <summary>Holds docs/networks.md to the code that is compiled and run.</summary>
internal static class DocumentedRegions
{
    /// <summary>Asserts that each region of a test file stands in the documentation word for word.</summary>
    /// <param name="file">A file of this folder.</param>
    /// <param name="count">How many regions it has.</param>
    public static void Check(string file, int count)
    {
        var source = File.ReadAllLines(Path.Combine(ReferenceData.RepositoryRoot, "tests", "Assistant.Vision.Tests", "Docs", file));
        var documentation = File.ReadAllText(Path.Combine(ReferenceData.RepositoryRoot, "docs", "networks.md"));
        var regions = 0;
        for (var line = 0; line < source.Length; line++)
        {
            if (!source[line].TrimStart().StartsWith("#region ", StringComparison.Ordinal))
                continue;
            var code = source.Skip(line + 1).TakeWhile(text => !text.TrimStart().StartsWith("#endregion", StringComparison.Ordinal)).Select(text => text[8..]);
            Assert.Contains("```csharp\n" + string.Join("\n", code) + "\n```", documentation, StringComparison.Ordinal);
            regions++;
        }
        Assert.Equal(count, regions);
    }
}
