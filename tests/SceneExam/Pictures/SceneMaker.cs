namespace SceneExam.Pictures;

/// <summary>Draws scenes of the first tier, shapes alone, at random within the description of the domain.</summary>
internal static class SceneMaker
{
    private const double MaxTilt = 15 * Math.PI / 180;

    /// <summary>How far a rotated shape reaches beyond its nominal radius.</summary>
    private const double Reach = 1.12;

    private static readonly Place[] Corners = [Place.UpperLeft, Place.UpperRight, Place.LowerLeft, Place.LowerRight];

    /// <summary>A scene with a given number of objects, or one to four.</summary>
    public static Scene Make(Random random, int? count = null)
    {
        var (width, height) = Canvas(random);
        var background = Any<Hue>(random);
        var places = count is 1 || (count is null && random.Next(4) == 0)
            ? [Place.Middle]
            : SomeCorners(random, count ?? random.Next(2, 5));
        var objects = new List<SceneObject>();
        foreach (var place in places)
        {
            Hue hue;
            do
                hue = Any<Hue>(random);
            while (hue == background);
            objects.Add(Locate(random, width, height, place, Any<Shape>(random), hue));
        }
        var finish = Finish(random);
        return new Scene(width, height, background, Palette.Pick(background, random), objects, finish);
    }

    /// <summary>How a picture is put on pixels.</summary>
    public static Finish Finish(Random random) => new(
        Samples: random.NextDouble() < 0.15 ? 1 : 4,
        Tilt: random.NextDouble() < 0.5 ? random.NextDouble() * 10 : 0,
        TiltAngle: random.NextDouble() * 2 * Math.PI,
        Noise: random.NextDouble() < 0.5 ? random.Next(1, 4) : 0,
        JpegQuality: random.NextDouble() < 0.5 ? random.Next(55, 96) : null,
        Seed: random.Next());

    /// <summary>The size of a picture.</summary>
    public static (int Width, int Height) Canvas(Random random)
    {
        while (true)
        {
            var width = random.Next(160, 641);
            var height = (int)Math.Round(width / Math.Exp(Between(random, Math.Log(0.75), Math.Log(4.0 / 3))));
            if (height is >= 160 and <= 640 && 4 * width >= 3 * height && 3 * width <= 4 * height)
                return (width, height);
        }
    }

    /// <summary>A shape somewhere in its quarter.</summary>
    public static SceneObject Locate(Random random, int width, int height, Place place, Shape shape, Hue hue)
    {
        var big = random.Next(2) == 0;
        var radius = Math.Min(width, height) * (big ? Between(random, 0.30, 0.42) : Between(random, 0.14, 0.22)) / 2;
        var (x, y) = place == Place.Middle
            ? (Near(random, width, width), Near(random, height, height))
            : (Near(random, width, width / 2.0), Near(random, height, height / 2.0));
        // A quarter's centre lies at 1/4 or 3/4; Near gives a place around the middle of its second argument's span.
        if (place is Place.UpperRight or Place.LowerRight)
            x += width / 2.0;
        if (place is Place.LowerLeft or Place.LowerRight)
            y += height / 2.0;
        return new SceneObject(shape, hue, Palette.Pick(hue, random), big, place, x, y, radius, Between(random, -MaxTilt, MaxTilt));

        double Near(Random random, double side, double span)
        {
            var room = Math.Max(0, Math.Min((span / 2) - (radius * Reach) - 1, 0.13 * side)); // stays in its quarter, off its edges
            return (span / 2) + Between(random, -room, room);
        }
    }

    /// <summary>Different corners, in any order.</summary>
    public static Place[] SomeCorners(Random random, int count)
    {
        var order = Corners.ToArray();
        random.Shuffle(order);
        return order[..count];
    }

    private static T Any<T>(Random random) where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    private static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());
}
