namespace Assistant.Vision.Tests;

public sealed class ReferenceDataTests
{
    [Fact]
    public void Absent_files_are_null()
    {
        Assert.Null(ReferenceData.TryFind("no/such/file"));
        Assert.Null(ReferenceData.TryFindData("no/such/file"));
    }

    [Fact]
    public void The_root_holds_the_solution() =>
        Assert.True(File.Exists(Path.Combine(ReferenceData.RepositoryRoot, "Assistant.sln")));
}
