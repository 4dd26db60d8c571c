namespace Assistant.Training.Scenes;

/// <summary>Draws scenes at random: balanced counts, kinds, colours and sizes, with repeated kinds and colours often enough that counting is work.</summary>
/// <param name="seed">Names an endless stream of scenes; sample i of a seed is the same on every machine.</param>
/// <param name="freeShare">Share of scenes without the grid: objects anywhere, in a row, in a column, and up to twice as big, as people draw them who never heard of the grid.</param>
/// <param name="tiers">What the scenes hold; null: shapes alone.</param>
public sealed class SceneGenerator(ulong seed, double freeShare = 0, SceneTiers? tiers = null)
{
    private const double EdgeMargin = 0.015;  // free space to the canvas's edge, in short sides
    private const double Gap = 0.025;         // free space between objects, in short sides
    private const double CellMargin = 0.05;   // how far a centre stays off the grid's middle lines, in canvas widths/heights

    private static readonly SceneColor[] Colors = Enum.GetValues<SceneColor>();

    /// <summary>Sample <paramref name="index"/> of this stream.</summary>
    public Scene Generate(ulong index)
    {
        var random = SceneRandom.For(seed, index);
        var (width, height) = Canvas(random);
        var background = BackgroundColor(random);
        var traits = Traits(random, background, tiers ?? SceneTiers.Shapes);
        // Four big objects would hardly ever fit by chance.
        var free = freeShare > 0 && traits.Length < 4 && random.Chance(freeShare);
        while (true)
        {
            if ((free ? PlaceFreely(random, width, height, traits) : Place(random, width, height, traits)) is { } objects)
                return new Scene(width, height, background, objects);
        }
    }

    private static (int Width, int Height) Canvas(SceneRandom random)
    {
        // Other programs like round sizes and squares; the rest is spread over the whole domain.
        ReadOnlySpan<int> usual = [160, 192, 200, 224, 240, 256, 300, 320, 336, 384, 400, 448, 480, 512, 600, 640];
        var side = random.Chance(0.5) ? usual[random.Next(usual.Length)] : 160 + random.Next(481);
        if (random.Chance(0.35))
            return (side, side);
        var aspect = random.Chance(0.3) ? 0.75 : random.Range(0.75, 1);
        var other = Math.Max(160, (int)Math.Ceiling(side * aspect)); // never flatter than 4:3
        return random.Chance(0.5) ? (side, other) : (other, side);
    }

    // White and other pale backgrounds are what most pictures have; every colour stays common enough to learn.
    private static SceneColor BackgroundColor(SceneRandom random) => random.Chance(0.15) ? SceneColor.White : random.Pick(Colors);

    private static Trait[] Traits(SceneRandom random, SceneColor background, SceneTiers tiers)
    {
        var traits = new Trait[1 + random.Next(4)];
        var kinds = tiers.KindsOfScene(random);
        for (var i = 0; i < traits.Length; i++)
        {
            var kind = i > 0 && random.Chance(0.25) ? traits[random.Next(i)].Kind : random.Pick(random.Pick(kinds));
            SceneColor color;
            do
                color = i > 0 && random.Chance(0.2) ? traits[random.Next(i)].Color ?? random.Pick(Colors) : random.Pick(Colors);
            while (color == background);
            var size = random.Chance(0.5) ? SceneSize.Big : SceneSize.Small;
            traits[i] = new Trait(kind, kind.Thing is null ? color : null, kind.Shape is null ? null : size);
        }
        return traits;
    }

    /// <summary>One attempt; null where two objects come too close or one leaves the canvas.</summary>
    private static SceneObject[]? Place(SceneRandom random, int width, int height, Trait[] traits)
    {
        Span<SceneCell> cells = [SceneCell.UpperLeft, SceneCell.UpperRight, SceneCell.LowerLeft, SceneCell.LowerRight];
        random.Shuffle(cells);
        var jitter = random.Chance(0.25) ? 0.03 : 0.14; // some programs place exactly, others loosely
        var shortSide = Math.Min(width, height);
        var objects = new SceneObject[traits.Length];
        for (var i = 0; i < traits.Length; i++)
        {
            var (kind, color, size) = traits[i];
            var cell = traits.Length == 1 ? SceneCell.Middle : cells[i];
            var diameter = shortSide * Extent(random, kind, size, (0.14, 0.22), (0.30, 0.42), 0.45);
            var (u, v) = Centre(random, cell, jitter);
            var rotation = random.Chance(0.4) ? 0 : random.Range(-15, 15) * (Math.PI / 180);
            var placed = new SceneObject(kind, color, size, cell, u * width, v * height, diameter, rotation, random.NextUInt64());
            if (!Fits(placed, width, height, shortSide))
                return null;
            for (var j = 0; j < i; j++)
            {
                if (Touch(placed, objects[j], shortSide))
                    return null;
            }
            objects[i] = placed;
        }
        Array.Sort(objects, (a, b) => a.Cell.CompareTo(b.Cell));
        return objects;
    }

    /// <summary>One attempt without the grid; null where two objects come too close or one leaves the canvas.</summary>
    private static SceneObject[]? PlaceFreely(SceneRandom random, int width, int height, Trait[] traits)
    {
        var shortSide = Math.Min(width, height);
        var biggest = traits.Length switch { 1 => 0.7, 2 => 0.62, _ => 0.42 };
        var layout = random.Next(3); // anywhere, in a row, in a column
        var line = random.Range(0.35, 0.65);
        var objects = new SceneObject[traits.Length];
        for (var i = 0; i < traits.Length; i++)
        {
            var (kind, color, size) = traits[i];
            var diameter = shortSide * Extent(random, kind, size, (0.11, 0.24), (0.29, biggest), biggest);
            var u = layout == 2 ? line + random.Range(-0.02, 0.02) : random.NextDouble();
            var v = layout == 1 ? line + random.Range(-0.02, 0.02) : random.NextDouble();
            var rotation = random.Chance(0.4) ? 0 : random.Range(-15, 15) * (Math.PI / 180);
            var placed = new SceneObject(kind, color, size, SceneCell.Free, u * width, v * height, diameter, rotation, random.NextUInt64());
            if (!Fits(placed, width, height, shortSide) || objects.Take(i).Any(other => Touch(placed, other, shortSide)))
                return null;
            objects[i] = placed;
        }
        // In reading order: from left to right within the upper, the middle and the lower band.
        return [.. objects.OrderBy(o => o.Y < 0.4 * height ? 0 : o.Y < 0.6 * height ? 1 : 2).ThenBy(o => o.X)];
    }

    private static double Extent(SceneRandom random, SceneKind kind, SceneSize? size, (double Low, double High) small, (double Low, double High) big, double biggest) => size switch
    {
        SceneSize.Small => random.Range(small.Low, small.High),
        SceneSize.Big => random.Range(big.Low, big.High),
        _ => random.Range(kind.Thing is null ? 0.18 : 0.25, biggest),
    };

    private static (double U, double V) Centre(SceneRandom random, SceneCell cell, double jitter)
    {
        if (cell == SceneCell.Middle)
            return (0.5 + random.Range(-0.18, 0.18), 0.5 + random.Range(-0.18, 0.18));
        var (column, row) = ((int)cell % 2, (int)cell / 2);
        return (Coordinate(column), Coordinate(row));

        double Coordinate(int half)
        {
            var t = 0.25 + 0.5 * half + random.Range(-jitter, jitter);
            return half == 0 ? Math.Min(t, 0.5 - CellMargin) : Math.Max(t, 0.5 + CellMargin);
        }
    }

    private static bool Fits(SceneObject o, int width, int height, int shortSide)
    {
        var reach = Reach(o) + EdgeMargin * shortSide;
        return o.X >= reach && o.X <= width - reach && o.Y >= reach && o.Y <= height - reach;
    }

    private static bool Touch(SceneObject a, SceneObject b, int shortSide)
    {
        var reach = Reach(a) + Reach(b) + Gap * shortSide;
        return Math.Abs(a.X - b.X) < reach && Math.Abs(a.Y - b.Y) < reach;
    }

    // Half the side of the upright box that holds the outline at any rotation: a square's corners stick out when it turns.
    private static double Reach(SceneObject o) => o.Diameter * (o.Kind.Shape == SceneShape.Square ? 0.615 : 0.53);

    private readonly record struct Trait(SceneKind Kind, SceneColor? Color, SceneSize? Size);
}
