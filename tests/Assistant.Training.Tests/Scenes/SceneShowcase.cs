using System.Diagnostics;
using Assistant.Training.Scenes;
using Assistant.Vision.Imaging;

namespace Assistant.Training.Tests.Scenes;

/// <summary>For people: run with <c>-explicit only</c>. Writes a contact sheet and prints conversations and throughput.</summary>
public class SceneShowcase(ITestOutputHelper output)
{
    [Theory(Explicit = true)]
    [InlineData(128)]
    [InlineData(64)]
    public void ContactSheet(int size)
    {
        const int Columns = 10, Rows = 7;
        var sheet = new RgbImage(Columns * (size + 4), Rows * (size + 4));
        var scenes = new SceneGenerator(41, 0.3, SceneTiers.All);
        for (var i = 0; i < Columns * Rows; i++)
        {
            var scene = i < Columns * (Rows - 1) ? scenes.Generate((ulong)i) : Scene.Cluttered(new SceneRandom((ulong)i));
            var image = SceneRenderer.RenderPadded(scene, size, new SceneRandom((ulong)i));
            for (var y = 0; y < size; y++)
                image.Pixels.AsSpan(y * size * 3, size * 3).CopyTo(sheet.Pixels.AsSpan(((i / Columns * (size + 4) + y) * sheet.Width + i % Columns * (size + 4)) * 3));
        }
        var path = Path.Combine(Path.GetTempPath(), $"scenes-{size}.png");
        PngFile.Write(path, sheet);
        output.WriteLine(path);
        Assert.NotEqual(0, new FileInfo(path).Length);
    }

    [Fact(Explicit = true)]
    public void Conversations()
    {
        var corpus = new SceneCorpus(21, SceneTiers.All);
        for (var i = 0UL; i < 60; i++)
        {
            var conversation = corpus.Conversation(i);
            foreach (var scene in conversation.Scenes)
                output.WriteLine($"#{i} " + SceneAnswers.Answer(new SceneQuery.Describe(), scene));
            foreach (var turn in conversation.Turns)
                output.WriteLine($"   {(turn.Picture is { } p ? $"[picture {p}] " : "")}{turn.Question}  ->  {turn.Answer}   ({turn.Family})");
        }
        Assert.NotEmpty(corpus.Texts(1));
    }

    [Theory(Explicit = true)]
    [InlineData(64, 2000)]
    [InlineData(128, 2000)]
    [InlineData(224, 500)]
    [InlineData(336, 300)]
    public void Throughput(int size, int count)
    {
        var scenes = new SceneGenerator(2, 0, SceneTiers.All);
        for (var i = 0; i < 50; i++)
            SceneRenderer.RenderPadded(scenes.Generate((ulong)i), size, new SceneRandom((ulong)i));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            SceneRenderer.RenderPadded(scenes.Generate((ulong)i), size, new SceneRandom((ulong)i));
        output.WriteLine($"{size} px: {count / watch.Elapsed.TotalSeconds:F0} pictures/s on one core");
        watch.Restart();
        var texts = new SceneCorpus(3, SceneTiers.All).Texts(2000).Count();
        output.WriteLine($"{2000 / watch.Elapsed.TotalSeconds:F0} conversations/s ({texts} texts)");
        Assert.True(texts > 4000);
    }
}
