using Assistant.Chat.Engine;

namespace Assistant.Chat.Tests.Engine;

public class ImageFeatureCacheTests
{
    [Fact]
    public void LongestUnused_LeavesFirst()
    {
        var cache = new ImageFeatureCache(capacity: 40 * sizeof(float));
        var (a, b, c) = (new float[15], new float[15], new float[15]);
        cache.Add(1, a);
        cache.Add(2, b);
        Assert.Same(a, cache.Find(1));

        cache.Add(3, c);

        Assert.Same(a, cache.Find(1));
        Assert.Null(cache.Find(2));
        Assert.Same(c, cache.Find(3));
        Assert.Equal(30 * sizeof(float), cache.Size);
        cache.Add(1, b);
        Assert.Same(b, cache.Find(1));
        Assert.Equal(30 * sizeof(float), cache.Size);
        cache.Add(4, new float[41]);
        Assert.Null(cache.Find(4));
    }
}
