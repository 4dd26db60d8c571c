using Assistant.Training.Recipes;
using Assistant.Training.Scenes;
using Assistant.Vision.Imaging;
using Assistant.Vision.Models;
using static TorchSharp.torch;

namespace Assistant.Benchmarks;

/// <summary>How fast the training's pictures are drawn and labelled on one core, beside the tower that learns from them.</summary>
internal static class SceneBenchmark
{
    private const int Pictures = 32;

    private static readonly (string Name, SceneTiers Tiers)[] kinds =
    [
        ("shapes", SceneTiers.Shapes), ("things", new SceneTiers(0, 1, 0, 0)), ("digits and letters", new SceneTiers(0, 0, 1, 0)), ("all, as trained", SceneTiers.ForSeeing),
    ];

    public static void Run(Plan plan)
    {
        Console.WriteLine($"Drawings of {PocketModel.ImageSize} x {PocketModel.ImageSize} pixels with the labels of {PocketModel.Grid} x {PocketModel.Grid} patches, one core");
        using var tower = new ClipVisionTransformer(PocketModel.Config(vocabSize: 1).Vision);
        using var pixels = rand(Pictures, 3, PocketModel.ImageSize, PocketModel.ImageSize);
        var drawn = 0UL;
        var timings = Rounds.Measure(plan, [
            .. kinds.Select(kind => Candidate.Of(kind.Name, () => drawn = Draw(kind.Tiers, drawn))),
            Candidate.Of($"the tower reads and learns, {plan.Threads} threads", () =>
            {
                using var scope = NewDisposeScope();
                tower.HiddenState(pixels, -1).square().mean().backward();
            }),
        ]);
        Console.WriteLine($"  {"pictures/s",-62}{"median",10}   lowest  highest");
        foreach (var timing in timings)
            Console.WriteLine(Table.Text($"  {timing.Name,-62}{Pictures / timing.Median,10:F0}{Pictures / timing.Highest,9:F0}{Pictures / timing.Lowest,9:F0}"));
        Table.Ratio("The tower's step, to drawing its pictures on one core:", timings[^1].RatioTo(timings[^2]));
        Console.WriteLine();
    }

    // New pictures each time: fonts' outlines are kept, pictures are not.
    private static ulong Draw(SceneTiers tiers, ulong first)
    {
        var generator = new SceneGenerator(1, PocketModel.FreeShare, tiers);
        for (var i = first; i < first + Pictures; i++)
        {
            var scene = generator.Generate(i);
            RgbImage picture = SceneRenderer.RenderPadded(scene, PocketModel.ImageSize, SceneRandom.For(2, i));
            if (SceneLabels.Of(scene, PocketModel.Grid).Kind.Length != PocketModel.Grid * PocketModel.Grid || picture.Width != PocketModel.ImageSize)
                throw new InvalidDataException("A picture or its labels have another size than the tower's.");
        }
        return first + Pictures;
    }
}
