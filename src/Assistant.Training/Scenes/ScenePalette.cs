namespace Assistant.Training.Scenes;

/// <summary>An sRGB colour, 0 to 255 a channel.</summary>
public readonly record struct SceneRgb(byte R, byte G, byte B);

/// <summary>What each colour name covers: known tones of CSS, Material, Tailwind and plotting libraries, and what lies around and between them.</summary>
/// <remarks>A tone that is nearly as close to another name's known tones (CIE L*a*b*) is left out: a picture must have one right answer.</remarks>
public static class ScenePalette
{
    private const int TonesPerColor = 600;

    private static readonly SceneRgb[][] Anchors =
    [
        Hex("FF0000 F44336 E53935 D32F2F DC143C EF4444 DC2626 FF3333 CC0000 E6194B D62728 C62828 FF2D2D E60000 C80000"),
        Hex("008000 00FF00 4CAF50 22C55E 16A34A 2E7D32 388E3C 32CD32 228B22 00B050 006400 66BB6A 7CB342 3CB44B 2CA02C 00C800 15803D 00A000 4ADE80 34A853"),
        Hex("0000FF 2196F3 1976D2 1E88E5 3B82F6 2563EB 1D4ED8 4169E1 000080 0D47A1 1E90FF 3366CC 4285F4 1F77B4 0000CD 1565C0 4363D8 0050C8 1E40AF"),
        Hex("FFFF00 FFEB3B FDD835 FACC15 FFD700 FFEE58 FFDD00 FFE119 FBC02D FDE047 FFF176 F0E010 FFDC00 E6D200"),
        Hex("FFA500 FF9800 FB8C00 F57C00 FF8C00 F97316 EA580C FF7F0E F58231 FFA726 EF6C00 FB923C FF8000 FF7800"),
        Hex("800080 9C27B0 8E24AA 7B1FA2 9333EA A855F7 6A0DAD 663399 911EB4 9467BD 673AB7 9932CC 7E22CE 6A1B9A 8A2BE2 8000C8"),
        Hex("FFC0CB FF69B4 E91E63 F06292 EC4899 F48FB1 FF1493 F472B6 FFB6C1 F8BBD0 E377C2 DB2777 FF8CB4 F9A8D4 EC407A FF78B4"),
        Hex("A52A2A 795548 8B4513 6D4C41 5D4037 964B00 92400E A0522D 7B3F00 8C564B 654321 9A6324 78350F 8B5A2B 643C14 4E342E"),
        Hex("000000 0A0A0A 111111 1A1A1A 212121 141414 000008 180F0F 191919 1E1E1E"),
        Hex("FFFFFF FAFAFA F5F5F5 FFFFF0 F8FAFC FFFAFA F0F0F0 FCFCF8 F8F8F8 FEFEFE"),
        Hex("808080 9E9E9E 757575 6B7280 9CA3AF 616161 A9A9A9 696969 7F7F7F B4B4B4 C0C0C0 8C8C8C 6E6E6E 969696 787878 5A5A5A BDBDBD"),
        Hex("00FFFF 00BCD4 00E5FF 26C6DA 06B6D4 22D3EE 00CED1 17BECF 00ACC1 67E8F9 00DCDC 4DD0E1 42D4F4 00C8C8 18FFFF"),
    ];

    private static readonly (SceneColor Color, Lab Lab)[] AnchorLabs =
        [.. Anchors.SelectMany((tones, i) => tones.Select(tone => ((SceneColor)i, Lab.Of(tone))))];

    private static readonly SceneRgb[][] Tones = [.. Anchors.Select((_, i) => Surroundings((SceneColor)i))];

    /// <summary>A tone of the colour: a well-known one or one from around and between them.</summary>
    public static SceneRgb Sample(SceneColor color, SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!random.Chance(0.4))
            return random.Pick(Tones[(int)color]);
        // The first tone is the one that programs mean when they say the bare name.
        return random.Chance(0.3) ? Anchors[(int)color][0] : random.Pick(Anchors[(int)color]);
    }

    /// <summary>The name whose known tones lie nearest.</summary>
    public static SceneColor Classify(SceneRgb rgb)
    {
        var lab = Lab.Of(rgb);
        return AnchorLabs.MinBy(anchor => anchor.Lab.DistanceTo(lab)).Color;
    }

    /// <summary>How different two colours look: the CIE 1976 distance, 2.3 being just noticeable.</summary>
    public static double Difference(SceneRgb a, SceneRgb b) => Lab.Of(a).DistanceTo(Lab.Of(b));

    private static SceneRgb[] Surroundings(SceneColor color)
    {
        var random = SceneRandom.For(0x5CE17, (ulong)color);
        var anchors = Anchors[(int)color];
        var tones = new List<SceneRgb>(TonesPerColor);
        while (tones.Count < TonesPerColor)
        {
            var (a, b, t) = (random.Pick(anchors), random.Pick(anchors), random.NextDouble());
            var tone = new SceneRgb(Between(a.R, b.R), Between(a.G, b.G), Between(a.B, b.B));
            if (IsClear(color, tone))
                tones.Add(tone);

            byte Between(byte from, byte to) => (byte)Math.Clamp(Math.Round(from + (to - from) * t + random.Range(-9, 9)), 0, 255);
        }
        return [.. tones];
    }

    private static bool IsClear(SceneColor color, SceneRgb tone)
    {
        var lab = Lab.Of(tone);
        var (own, other) = (double.MaxValue, double.MaxValue);
        foreach (var (name, anchor) in AnchorLabs)
        {
            var distance = anchor.DistanceTo(lab);
            if (name == color)
                own = Math.Min(own, distance);
            else
                other = Math.Min(other, distance);
        }
        // Grays must stay without a hue of their own.
        var reach = color is SceneColor.Black or SceneColor.White or SceneColor.Gray ? 5 : 11;
        return own < reach && other > 1.5 * own && other > 12;
    }

    private static SceneRgb[] Hex(string tones) => [.. tones.Split(' ').Select(Convert.FromHexString).Select(b => new SceneRgb(b[0], b[1], b[2]))];

    /// <summary>CIE L*a*b* under D65.</summary>
    private readonly record struct Lab(double L, double A, double B)
    {
        public static Lab Of(SceneRgb rgb)
        {
            var (r, g, b) = (Linear(rgb.R), Linear(rgb.G), Linear(rgb.B));
            var x = Curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
            var y = Curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
            var z = Curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
            return new Lab(116 * y - 16, 500 * (x - y), 200 * (y - z));
        }

        public double DistanceTo(Lab other) => Math.Sqrt((L - other.L) * (L - other.L) + (A - other.A) * (A - other.A) + (B - other.B) * (B - other.B));

        private static double Linear(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4);

        private static double Curve(double t) => t > 0.008856 ? Math.Cbrt(t) : 7.787 * t + 16.0 / 116;
    }
}
