namespace Assistant.Training.Scenes;

/// <summary>How a picture is drawn: all that another drawing program, file format or camera could do differently.</summary>
public sealed record RenderStyle
{
    /// <summary>Clean: one flat tone an object, edges one pixel soft.</summary>
    public static RenderStyle Plain { get; } = new();

    /// <summary>Width of an edge's transition in output pixels; near 0 draws stair-steps.</summary>
    public double EdgeSoftness { get; init; } = 1;

    /// <summary>How far edges wave, in radii.</summary>
    public double Waviness { get; init; }

    /// <summary>Rounding of corners, in radii.</summary>
    public double Rounding { get; init; }

    /// <summary>Width of a stroke along the inside of the outline, in radii; 0 draws none.</summary>
    public double StrokeWidth { get; init; }

    /// <summary>What a stroke's tone is mixed with: black (0) or white (255).</summary>
    public byte StrokeTowards { get; init; }

    /// <summary>How much of the stroke's tone is <see cref="StrokeTowards"/>, 0 to 1.</summary>
    public double StrokeMix { get; init; } = 0.35;

    /// <summary>Change of brightness from the middle of an object to its rim, in 8-bit levels.</summary>
    public double FillGradient { get; init; }

    /// <summary>Change of brightness from the middle of the background to its edge, in 8-bit levels.</summary>
    public double BackgroundGradient { get; init; }

    /// <summary>Direction of both gradients, in radians.</summary>
    public double GradientAngle { get; init; }

    /// <summary>Amplitude of noise in 8-bit levels.</summary>
    public double Noise { get; init; }

    /// <summary>Passes of a 3 x 3 binomial blur.</summary>
    public int BlurPasses { get; init; }

    /// <summary>Overshoot at edges as bicubic scaling and sharpening leave it, 0 to 1.</summary>
    public double Sharpening { get; init; }

    /// <summary>Scale at which the picture was once stored before it was enlarged again; 1 is never.</summary>
    public double Downscale { get; init; } = 1;

    /// <summary>JPEG quality, 1 to 100; 0 leaves JPEG out.</summary>
    public int JpegQuality { get; init; }

    /// <summary>Exponent on brightness; 1 is neutral.</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Factor on brightness; 1 is neutral.</summary>
    public double Gain { get; init; } = 1;

    /// <summary>Whether all objects of one colour share one tone.</summary>
    public bool SharedTones { get; init; } = true;

    /// <summary>Draws a style; about a fifth of them are plain but for the edges.</summary>
    public static RenderStyle Sample(SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double[] softness = [0.02, 1, 1, 1.3, 1.8, 2.4];
        var plain = new RenderStyle { EdgeSoftness = random.Pick(softness), SharedTones = random.Chance(0.6) };
        if (random.Chance(0.2))
            return plain;
        return plain with
        {
            Waviness = random.Chance(0.25) ? random.Range(0.005, 0.018) : 0,
            Rounding = random.Chance(0.2) ? random.Range(0.02, 0.09) : 0,
            StrokeWidth = random.Chance(0.22) ? random.Range(0.04, 0.12) : 0,
            StrokeTowards = random.Chance(0.7) ? (byte)0 : (byte)255,
            StrokeMix = random.Chance(0.25) ? 1 : random.Range(0.2, 0.5),
            FillGradient = random.Chance(0.3) ? random.Range(-16, 16) : 0,
            BackgroundGradient = random.Chance(0.3) ? random.Range(-14, 14) : 0,
            GradientAngle = random.Range(0, 2 * Math.PI),
            Noise = random.Chance(0.3) ? random.Range(1, 9) : 0,
            BlurPasses = random.Chance(0.15) ? 1 : 0,
            Sharpening = random.Chance(0.2) ? random.Range(0.1, 0.5) : 0,
            Downscale = random.Chance(0.08) ? random.Range(0.6, 0.95) : 1,
            JpegQuality = random.Chance(0.3) ? 40 + random.Next(56) : 0,
            Gamma = random.Chance(0.25) ? random.Range(0.9, 1.1) : 1,
            Gain = random.Chance(0.25) ? random.Range(0.93, 1.07) : 1,
        };
    }
}
