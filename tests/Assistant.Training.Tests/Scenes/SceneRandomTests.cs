using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneRandomTests
{
    [Fact]
    public void NextUInt64_IsSplitMix64()
    {
        // The published sequence of SplitMix64 from seed 0.
        var random = new SceneRandom(0);
        Assert.Equal(0xE220A8397B1DCDAFUL, random.NextUInt64());
        Assert.Equal(0x6E789E6AA1B965F4UL, random.NextUInt64());
    }

    [Fact]
    public void For_GivesUnrelatedStreams()
    {
        var firsts = Enumerable.Range(0, 1000).Select(i => SceneRandom.For((ulong)(i / 100), (ulong)(i % 100)).NextUInt64());
        Assert.Equal(1000, firsts.Distinct().Count());
    }

    [Fact]
    public void Next_IsUniform()
    {
        var random = new SceneRandom(3);
        var counts = new int[7];
        for (var i = 0; i < 7000; i++)
            counts[random.Next(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Next_Throws_WithoutChoices() => Assert.Throws<ArgumentOutOfRangeException>(() => new SceneRandom(0).Next(0));
}
