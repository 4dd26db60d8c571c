using SceneExam.Fonts;

namespace SceneExam.Pictures;

/// <summary>The shapes of the domain.</summary>
internal enum Shape
{
    Circle,
    Square,
    Triangle,
    Star,
    Heart,
    Diamond,
    Cross,
    Ring,
}

/// <summary>The colours of the domain; each is a neighbourhood of RGB values.</summary>
internal enum Hue
{
    Red,
    Green,
    Blue,
    Yellow,
    Orange,
    Purple,
    Pink,
    Brown,
    Black,
    White,
    Gray,
    Cyan,
}

/// <summary>Which quarter of the picture an object is in; <see cref="Middle"/> where it is alone.</summary>
internal enum Place
{
    UpperLeft,
    UpperRight,
    LowerLeft,
    LowerRight,
    Middle,
}

/// <summary>One drawn object.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Hue">Its colour by name; null for a thing, which has its own colours.</param>
/// <param name="Color">Its colour as drawn, where it has one.</param>
/// <param name="Big">Of a shape: whether its diameter is 30-42 % of the short side instead of 14-22 %.</param>
/// <param name="Place">Its quarter.</param>
/// <param name="X">Centre in pixels.</param>
/// <param name="Y">Centre in pixels, from the top.</param>
/// <param name="Radius">Half the diameter of a shape, half the longest side of anything else, in pixels.</param>
/// <param name="Angle">Rotation in radians, clockwise.</param>
internal sealed record SceneObject(Kind Kind, Hue? Hue, Rgb Color, bool Big, Place Place, double X, double Y, double Radius, double Angle)
{
    /// <summary>What a thing is drawn from.</summary>
    public Pictograph? Pictograph { get; init; }

    /// <summary>What a character is drawn from.</summary>
    public Outline? Outline { get; init; }

    public bool IsLeft => Place is Place.UpperLeft or Place.LowerLeft;

    public bool IsUpper => Place is Place.UpperLeft or Place.UpperRight;

    /// <summary>Width and height in pixels before it is turned.</summary>
    public (double Width, double Height) Box
    {
        get
        {
            var aspect = Outline?.Aspect ?? (Pictograph is { } p ? (double)p.Width / p.Height : 1);
            return (2 * Radius * Math.Min(1, aspect), 2 * Radius * Math.Min(1, 1 / aspect));
        }
    }
}

/// <summary>How a scene is put on pixels.</summary>
/// <param name="Samples">Samples a pixel along each axis: 4 is smooth, 1 has stairs.</param>
/// <param name="Tilt">Levels by which the background changes from one side to the other.</param>
/// <param name="TiltAngle">Direction of that change, in radians.</param>
/// <param name="Noise">Largest deviation of a pixel, in levels.</param>
/// <param name="JpegQuality">Quality of a JPEG round trip; null for none.</param>
/// <param name="Seed">Seed of the noise.</param>
internal sealed record Finish(int Samples, double Tilt, double TiltAngle, int Noise, int? JpegQuality, int Seed);

/// <summary>A picture before it is painted.</summary>
internal sealed record Scene(int Width, int Height, Hue Background, Rgb BackgroundColor, IReadOnlyList<SceneObject> Objects, Finish Finish);

/// <summary>A colour as drawn.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B);
