using SceneExam.Fonts;
using SceneExam.Pictures;
using SceneExam.Questions;

namespace SceneExam.ZeroShot;

/// <summary>Pictures of single objects, for a model that matches pictures with words.</summary>
/// <remarks>The label that fits best, among all labels of the set, is the right one or it is not: top-1 accuracy needs nothing else.</remarks>
public static class ZeroShotPictures
{
    private const double MaxAngle = 12 * Math.PI / 180;

    /// <summary>The labels of <see cref="Things"/>: every thing of the second tier.</summary>
    public static IReadOnlyList<string> ThingLabels { get; } = [.. Enum.GetValues<Thing>().Select(thing => Words.Noun(thing))];

    /// <summary>The labels of <see cref="ShapesAndColors"/>: every shape in every colour.</summary>
    public static IReadOnlyList<string> ShapeAndColorLabels { get; } = [.. ShapesInColors().Select(pair => Label(pair.Shape, pair.Hue))];

    /// <summary>What to install before <see cref="Things"/> can draw, in one sentence; null where nothing is missing.</summary>
    public static string? MissingFonts => FontShelf.Installed.Missing([2]);

    /// <summary>One picture of each thing, on a plain background that it stands out from.</summary>
    /// <param name="size">Longest side of the thing as a share of the picture's short side: 0.1 to 0.7.</param>
    /// <param name="seed">The same seed gives the same pictures; another one other pictographs, backgrounds, places and finishes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside its range.</exception>
    /// <exception cref="IOException">The font is not installed; <see cref="MissingFonts"/> says how to get it.</exception>
    public static IEnumerable<LabelledPicture> Things(double size, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 0.1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 0.7);
        return Enum.GetValues<Thing>().Select(thing => new LabelledPicture(Words.Noun(thing), Painter.Paint(OneThing(thing, size, Seeded(seed, (int)thing)))));
    }

    /// <summary>One picture of each shape in each colour, on a background of another one.</summary>
    /// <param name="seed">The same seed gives the same pictures.</param>
    public static IEnumerable<LabelledPicture> ShapesAndColors(int seed) => ShapesInColors().Select((pair, i) =>
    {
        var random = Seeded(seed, i);
        var (width, height) = SceneMaker.Canvas(random);
        Hue background;
        do
            background = (Hue)random.Next(Enum.GetValues<Hue>().Length);
        while (background == pair.Hue);
        var shape = SceneMaker.Locate(random, width, height, Place.Middle, pair.Shape, pair.Hue);
        return new LabelledPicture(Label(pair.Shape, pair.Hue), Painter.Paint(new Scene(width, height, background, Palette.Pick(background, random), [shape], SceneMaker.Finish(random))));
    });

    private static Scene OneThing(Thing thing, double size, Random random)
    {
        var pictograph = FontShelf.Installed.Pictograph(PictographChart.Pick(thing, random));
        Hue background;
        Rgb color;
        do
        {
            background = (Hue)random.Next(Enum.GetValues<Hue>().Length);
            color = Palette.Pick(background, random);
        }
        while (!MixedSceneMaker.StandsOut(pictograph, color));
        var (width, height) = SceneMaker.Canvas(random);
        var radius = size * Math.Min(width, height) / 2;
        var angle = random.Next(2) == 0 ? 0 : ((2 * random.NextDouble()) - 1) * MaxAngle;
        var there = new SceneObject(thing, null, default, false, Place.Middle, 0, 0, radius, angle) { Pictograph = pictograph };
        var (reachX, reachY) = MixedSceneMaker.Reach(there);
        return new Scene(width, height, background, color,
            [there with { X = Near(width, reachX), Y = Near(height, reachY) }], SceneMaker.Finish(random));

        double Near(int side, double reach) => (side / 2.0) + (((2 * random.NextDouble()) - 1) * Math.Min((side / 2.0) - reach - 1, 0.13 * side));
    }

    private static IEnumerable<(Shape Shape, Hue Hue)> ShapesInColors() =>
        Enum.GetValues<Shape>().SelectMany(shape => Enum.GetValues<Hue>().Select(hue => (shape, hue)));

    private static string Label(Shape shape, Hue hue) => $"{Words.Color(hue)} {Words.Noun(shape)}";

    private static Random Seeded(int seed, int index) => new(unchecked((seed * 1_000_003) + index));
}
