namespace Assistant.Training.Scenes;

/// <summary>The shapes of the scene world; the value is the class index of labels.</summary>
public enum SceneShape
{
    /// <summary>A filled disc.</summary>
    Circle,
    /// <summary>A square on its side.</summary>
    Square,
    /// <summary>An isosceles triangle, mostly pointing up.</summary>
    Triangle,
    /// <summary>A five-pointed star.</summary>
    Star,
    /// <summary>A heart.</summary>
    Heart,
    /// <summary>A rhombus on its corner.</summary>
    Diamond,
    /// <summary>A plus sign.</summary>
    Cross,
    /// <summary>A circle line through whose hole the background shows.</summary>
    Ring,
}

/// <summary>The colour names of the scene world; the value is the class index of labels.</summary>
public enum SceneColor
{
    /// <summary>Red.</summary>
    Red,
    /// <summary>Green.</summary>
    Green,
    /// <summary>Blue.</summary>
    Blue,
    /// <summary>Yellow.</summary>
    Yellow,
    /// <summary>Orange.</summary>
    Orange,
    /// <summary>Purple.</summary>
    Purple,
    /// <summary>Pink.</summary>
    Pink,
    /// <summary>Brown.</summary>
    Brown,
    /// <summary>Black.</summary>
    Black,
    /// <summary>White.</summary>
    White,
    /// <summary>Gray.</summary>
    Gray,
    /// <summary>Cyan.</summary>
    Cyan,
}

/// <summary>The two sizes of a shape; the value is the class index of labels.</summary>
public enum SceneSize
{
    /// <summary>A diameter of 14 to 22 % of the canvas's short side.</summary>
    Small,
    /// <summary>A diameter of 30 to 42 % of the canvas's short side.</summary>
    Big,
}

/// <summary>Where an object lies: a cell of the loose 2 x 2 grid in reading order, or the middle for an only object.</summary>
public enum SceneCell
{
    /// <summary>Upper left.</summary>
    UpperLeft,
    /// <summary>Upper right.</summary>
    UpperRight,
    /// <summary>Lower left.</summary>
    LowerLeft,
    /// <summary>Lower right.</summary>
    LowerRight,
    /// <summary>The middle: only for the one object of a picture with a single object.</summary>
    Middle,
    /// <summary>In no cell: all objects of a picture that is laid out without the grid.</summary>
    Free,
}

/// <summary>One object of a scene.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Color">Its colour name, of which the renderer picks the tone; null for things, which have colours of their own.</param>
/// <param name="Size">Small or big; null but for shapes.</param>
/// <param name="Cell">Its place in the grid.</param>
/// <param name="X">Centre, canvas pixels from the left.</param>
/// <param name="Y">Centre, canvas pixels from the top.</param>
/// <param name="Diameter">Extent in canvas pixels.</param>
/// <param name="Rotation">Clockwise, in radians; at most 15 degrees where it could be seen.</param>
/// <param name="Variant">Seed of the outline's proportions (how slim the star, how thick the ring), the font or the pictograph, so that labels and pixels agree.</param>
public sealed record SceneObject(
    SceneKind Kind, SceneColor? Color, SceneSize? Size, SceneCell Cell, double X, double Y, double Diameter, double Rotation, ulong Variant);

/// <summary>What a picture shows, without how it is drawn.</summary>
/// <param name="Width">Canvas width in pixels, 160 to 640.</param>
/// <param name="Height">Canvas height in pixels, 160 to 640; the aspect ratio lies between 3:4 and 4:3.</param>
/// <param name="Background">Colour of the background; no object has it.</param>
/// <param name="Objects">One to four objects in reading order of their cells.</param>
public sealed record Scene(int Width, int Height, SceneColor Background, IReadOnlyList<SceneObject> Objects)
{
    /// <summary>For a picture that is no simple drawing at all, as a photograph is none: the seed of what it shows instead of objects and background.</summary>
    public ulong? Clutter { get; init; }

    /// <summary>A picture of something else than simple drawings.</summary>
    /// <param name="random">Picks its size and what it shows.</param>
    public static Scene Cluttered(SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new Scene(240 + random.Next(401), 240 + random.Next(241), SceneColor.Gray, []) { Clutter = random.NextUInt64() };
    }

    /// <summary>The length that diameters are fractions of.</summary>
    public int ShortSide => Math.Min(Width, Height);

    /// <summary>Whether it holds shapes and nothing else.</summary>
    public bool HasOnlyShapes => Objects.All(o => o.Kind.Shape is not null);

    /// <summary>Whether every object has one colour that can be asked for: true without things.</summary>
    public bool HasOnlyColored => Objects.All(o => o.Color is not null);
}
