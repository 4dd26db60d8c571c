using System.Runtime.InteropServices;
using SceneExam.Fonts;

namespace SceneExam.Pictures;

/// <summary>Draws scenes of the second tier (things, now and then with shapes) and of the third (characters, now and then with things or shapes).</summary>
internal static class MixedSceneMaker
{
    public const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private const double MaxAngle = 12 * Math.PI / 180;

    /// <summary>A thing's pixels are told from the background by this distance in RGB; a fair picture shows most of them.</summary>
    private const double Distinct = 60, ShareDistinct = 0.6;

    /// <summary>A scene with a given number of objects, or one to four.</summary>
    /// <param name="tier">2 or 3.</param>
    /// <param name="fonts">What things and characters are drawn with.</param>
    /// <param name="random">Source of everything that is chosen.</param>
    /// <param name="count">Number of objects.</param>
    public static Scene Make(int tier, FontShelf fonts, Random random, int? count = null)
    {
        var (width, height) = SceneMaker.Canvas(random);
        var background = Any(random, Enum.GetValues<Hue>());
        var color = Palette.Pick(background, random);
        var places = count is 1 || (count is null && random.Next(4) == 0) ? [Place.Middle] : SceneMaker.SomeCorners(random, count ?? random.Next(2, 5));
        var objects = new List<SceneObject>();
        // The second tier's other objects are things or shapes; the third's are characters, shapes or things.
        var company = random.Next(3);
        foreach (var place in places)
        {
            SceneObject? next;
            do
            {
                var kind = Choose(tier, objects, company, random);
                // No 0 beside an O or a ring.
                next = objects.Any(o => Likeness.Between(o.Kind, kind) && (o.Kind is GlyphKind || kind is GlyphKind))
                    ? null
                    : Locate(kind, place, width, height, background, color, fonts, random);
            }
            while (next is null);
            objects.Add(next);
        }
        random.Shuffle(CollectionsMarshal.AsSpan(objects)); // what makes the tier is not always named first
        return new Scene(width, height, background, color, objects, SceneMaker.Finish(random));
    }

    private static Kind Choose(int tier, List<SceneObject> objects, int company, Random random)
    {
        var other = objects.Count > 0 && random.Next(2) == 0; // the first one makes the tier
        if (tier == 2)
            return other && company == 0 ? Any(random, Enum.GetValues<Shape>()) : SomeThing(objects, random);
        if (other && company == 1)
            return Any(random, Enum.GetValues<Shape>());
        return other && company == 2
            ? SomeThing(objects, random)
            : Any(random, [.. Characters.Where(c => objects.All(o => o.Kind != c))]);
    }

    /// <summary>Any thing; one in six is of a kind that is already there.</summary>
    private static Kind SomeThing(List<SceneObject> objects, Random random)
    {
        var there = objects.Where(o => o.Kind is ThingKind).Select(o => o.Kind).ToArray();
        return there.Length > 0 && random.Next(6) == 0 ? Any(random, there) : Any(random, Enum.GetValues<Thing>());
    }

    /// <summary>The object, placed; null where it could hardly be seen on its background.</summary>
    private static SceneObject? Locate(Kind kind, Place place, int width, int height, Hue background, Rgb color, FontShelf fonts, Random random)
    {
        if (kind is ThingKind(var thing))
        {
            var pictograph = fonts.Pictograph(PictographChart.Pick(thing, random));
            if (!StandsOut(pictograph, color))
                return null;
            return PutDown(new SceneObject(thing, null, default, false, place, 0, 0, Between(random, 0.25, 0.45) / 2, Turn(random)) { Pictograph = pictograph }, width, height, random);
        }
        var hue = Any(random, [.. Enum.GetValues<Hue>().Where(h => h != background)]);
        if (kind is ShapeKind(var shape))
            return SceneMaker.Locate(random, width, height, place, shape, hue);
        var outline = fonts.Outline(Any(random, FontShelf.TextFaces), ((GlyphKind)kind).Character);
        // Between 20 and 45 % high, and no wider than 45 %.
        var longest = Math.Min(0.45, Between(random, 0.20, 0.45) * Math.Max(1, outline.Aspect));
        return PutDown(new SceneObject(kind, hue, Palette.Pick(hue, random), false, place, 0, 0, longest / 2, Turn(random)) { Outline = outline }, width, height, random);
    }

    /// <summary>Turns the radius from a share of the short side into pixels, makes it smaller where the turned object would leave its quarter, and finds a spot.</summary>
    private static SceneObject PutDown(SceneObject unit, int width, int height, Random random)
    {
        var (cellX, cellY) = unit.Place == Place.Middle ? (width / 2.0, height / 2.0) : (width / 4.0, height / 4.0);
        var sized = unit with { Radius = unit.Radius * Math.Min(width, height) };
        var (reachX, reachY) = Reach(sized);
        var shrink = Math.Min(1, Math.Min((cellX - 1) / reachX, (cellY - 1) / reachY));
        var (roomX, roomY) = (Math.Min(cellX - 1 - (reachX * shrink), 0.13 * width), Math.Min(cellY - 1 - (reachY * shrink), 0.13 * height));
        var x = cellX + Between(random, -roomX, roomX) + (unit.Place is Place.UpperRight or Place.LowerRight ? width / 2.0 : 0);
        var y = cellY + Between(random, -roomY, roomY) + (unit.Place is Place.LowerLeft or Place.LowerRight ? height / 2.0 : 0);
        return sized with { Radius = sized.Radius * shrink, X = x, Y = y };
    }

    /// <summary>How far a turned object reaches from its centre to the side and down.</summary>
    public static (double X, double Y) Reach(SceneObject thing)
    {
        var ((w, h), cos, sin) = (thing.Box, Math.Cos(thing.Angle), Math.Abs(Math.Sin(thing.Angle)));
        return (((w * cos) + (h * sin)) / 2, ((w * sin) + (h * cos)) / 2);
    }

    /// <summary>Whether most of a pictograph differs from a background; a white rabbit on white would be no fair question.</summary>
    public static bool StandsOut(Pictograph pictograph, Rgb background)
    {
        var (seen, distinct) = (0, 0);
        for (var y = 0; y < pictograph.Height; y++)
        {
            for (var x = 0; x < pictograph.Width; x++)
            {
                var p = pictograph.At(x, y);
                if (p[3] < 0.5f)
                    continue;
                seen++;
                var (r, g, b) = ((p[0] / p[3]) - background.R, (p[1] / p[3]) - background.G, (p[2] / p[3]) - background.B);
                if ((r * r) + (g * g) + (b * b) > Distinct * Distinct)
                    distinct++;
            }
        }
        return distinct >= ShareDistinct * seen;
    }

    /// <summary>Most objects of a drawing stand straight.</summary>
    private static double Turn(Random random) => random.Next(2) == 0 ? 0 : Between(random, -MaxAngle, MaxAngle);

    private static T Any<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());
}
