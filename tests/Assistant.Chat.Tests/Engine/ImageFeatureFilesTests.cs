using Assistant.Chat.Engine;

namespace Assistant.Chat.Tests.Engine;

public sealed class ImageFeatureFilesTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "assistant-features-" + Guid.NewGuid().ToString("N"));

    private string OnlyFile => Assert.Single(Directory.GetFiles(folder));

    [Fact]
    public void Features_OutliveTheProgram()
    {
        new ImageFeatureCache(files: new ImageFeatureFiles(folder)).Add(7, [1, -2.5f, 3]);

        var later = new ImageFeatureCache(files: new ImageFeatureFiles(folder));

        Assert.Equal([1, -2.5f, 3], later.Find(7, 3)!);
        Assert.Null(later.Find(8));
        Assert.Equal(12, later.Size);
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damages => new()
    {
        { "cut short", bytes => bytes[..^4] },
        { "cut inside the header", bytes => bytes[..20] },
        { "empty", _ => [] },
        { "a flipped bit", bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)] },
        { "a foreign file", _ => "a letter to a friend, longer than the header of these files is, and more"u8.ToArray() },
        { "another picture's", bytes => [.. bytes[..4], 99, .. bytes[5..]] },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void DamagedFile_CountsAsAbsent_AndIsRemoved(string what, Func<byte[], byte[]> damage)
    {
        var files = new ImageFeatureFiles(folder);
        files.Add(7, [1, 2, 3]);
        File.WriteAllBytes(OnlyFile, damage(File.ReadAllBytes(OnlyFile)));

        Assert.Null(files.Find(7));
        Assert.True(Directory.GetFiles(folder).Length == 0, what);
        files.Add(7, [4, 5]);
        Assert.Equal([4, 5], files.Find(7)!);
    }

    [Fact]
    public void FeaturesOfAnotherSize_AreNoUse()
    {
        var files = new ImageFeatureFiles(folder);
        files.Add(7, [1, 2, 3]);

        Assert.Null(files.Find(7, 4));
    }

    [Fact]
    public void Folder_StaysWithinItsBound_TheLongestUnusedLeave()
    {
        var files = new ImageFeatureFiles(folder, capacity: 3 * (52 + 400));
        for (var key = 1; key <= 3; key++)
        {
            files.Add((UInt128)key, new float[100]);
            foreach (var file in Directory.GetFiles(folder))
                File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddMinutes(-1));
        }
        Assert.NotNull(files.Find(1));

        files.Add(4, new float[100]);

        Assert.Equal(3, Directory.GetFiles(folder).Length);
        Assert.Null(files.Find(2));
        Assert.NotNull(files.Find(1));
        Assert.NotNull(files.Find(4));
        files.Add(5, new float[1000]); // more than the whole bound
        Assert.Null(files.Find(5));
    }

    [Fact]
    public void FolderThatCannotBe_CostsTheCacheAlone()
    {
        File.WriteAllText(folder, "a file where the folder would be");
        var cache = new ImageFeatureCache(files: new ImageFeatureFiles(folder));

        cache.Add(7, [1, 2]);

        Assert.Equal([1, 2], cache.Find(7)!);
        Assert.Null(new ImageFeatureFiles(folder).Find(7));
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        File.Delete(folder);
    }
}
