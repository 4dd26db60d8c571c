using SceneExam.Pictures;

namespace SceneExam.Tests.Pictures;

public sealed class PaletteTests
{
    [Fact]
    public void Neighbourhoods_DoNotTouch()
    {
        var random = new Random(2);
        var picked = Enum.GetValues<Hue>().ToDictionary(h => h, h => Enumerable.Range(0, 300).Select(_ => Palette.Pick(h, random)).ToArray());
        foreach (var (a, b) in picked.Keys.SelectMany(a => picked.Keys.Where(b => b > a).Select(b => (a, b))))
        {
            var nearest = picked[a].Min(x => picked[b].Min(y => Math.Sqrt(Math.Pow(x.R - y.R, 2) + Math.Pow(x.G - y.G, 2) + Math.Pow(x.B - y.B, 2))));
            Assert.True(nearest > 30, $"{a} and {b} come within {nearest:0} of each other");
        }
    }
}
