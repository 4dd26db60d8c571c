using System.Collections.Concurrent;

namespace Assistant.Training.Scenes.Fonts;

/// <summary>The fonts that things, digits and letters are drawn with; they are the machine's, none is part of this project.</summary>
internal static class SceneFonts
{
    private const string Folder = "/usr/share/fonts/truetype";
    private const string Emoji = Folder + "/noto/NotoColorEmoji.ttf";

    // Sans and serif, upright and bold, narrow and wide; slanted ones are what rotation and waves are for.
    private static readonly string[] TextFonts =
    [
        "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSansCondensed.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf", "dejavu/DejaVuSerif.ttf",
        "dejavu/DejaVuSerif-Bold.ttf", "dejavu/DejaVuSerifCondensed.ttf", "dejavu/DejaVuSansMono.ttf", "dejavu/DejaVuSansMono-Bold.ttf",
        "liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf", "liberation/LiberationSansNarrow-Regular.ttf", "liberation/LiberationSansNarrow-Bold.ttf",
        "liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf", "liberation/LiberationMono-Regular.ttf", "liberation/LiberationMono-Bold.ttf",
    ];

    private static readonly Lazy<FontFile> EmojiFont = new(() => new FontFile(Emoji));
    private static readonly Lazy<FontFile?[]> Text = new(() => [.. TextFonts.Select(name => Path.Combine(Folder, name)).Select(path => File.Exists(path) ? new FontFile(path) : null)]);
    private static readonly ConcurrentDictionary<int, Pictograph> Pictographs = [];
    private static readonly ConcurrentDictionary<(int Font, char Character), IReadOnlyList<List<(double X, double Y)>>?> Outlines = [];

    /// <summary>What is missing for things, digits and letters, as one sentence; null if nothing is.</summary>
    public static string? Missing
    {
        get
        {
            var packages = new List<string>();
            if (!File.Exists(Emoji))
                packages.Add("fonts-noto-color-emoji");
            if (!TextFonts.Any(name => File.Exists(Path.Combine(Folder, name))))
                packages.Add("fonts-dejavu fonts-liberation");
            return packages.Count == 0 ? null : $"Drawings of things and letters need fonts that this machine lacks; on Debian: apt-get install {string.Join(' ', packages)}";
        }
    }

    /// <summary>A pictograph of a thing.</summary>
    /// <param name="thing">The thing.</param>
    /// <param name="variant">Chooses among those that show it.</param>
    /// <exception cref="InvalidDataException">The font is missing, damaged or lacks it.</exception>
    public static Pictograph Pictograph(SceneThing thing, ulong variant)
    {
        var random = new SceneRandom(variant);
        var code = random.Chance(0.5) ? thing.Pictographs[0] : random.Pick(thing.Pictographs);
        return Pictographs.GetOrAdd(code, Load);
    }

    /// <summary>The outline of a digit or letter in one of the fonts: contours that fill the square from -1 to 1 in their longer direction, y downwards.</summary>
    /// <exception cref="InvalidDataException">The fonts are missing or damaged.</exception>
    public static IReadOnlyList<List<(double X, double Y)>> Outline(char character, ulong variant)
    {
        RequireFonts();
        var fonts = Text.Value;
        var first = new SceneRandom(variant).Next(fonts.Length);
        for (var i = 0; i < fonts.Length; i++) // one that is missing gives way to the next: the others stay what they are on every machine
        {
            if (Outlines.GetOrAdd(((first + i) % fonts.Length, character), key => Fit(fonts[key.Font], key.Character)) is { } outline)
                return outline;
        }
        throw new InvalidDataException($"None of the fonts in {Folder} has an outline for '{character}'.");
    }

    private static IReadOnlyList<List<(double X, double Y)>>? Fit(FontFile? font, char character)
    {
        if (font?.GlyphOf(character) is not { } glyph || GlyphOutlines.Find(font, glyph) is not { } contours)
            return null;
        var points = contours.SelectMany(contour => contour).ToList();
        var (left, right) = (points.Min(p => p.X), points.Max(p => p.X));
        var (bottom, top) = (points.Min(p => p.Y), points.Max(p => p.Y));
        var scale = 2 / Math.Max(right - left, top - bottom);
        return [.. contours.Select(contour => contour.ConvertAll(p => ((p.X - (left + right) / 2) * scale, ((bottom + top) / 2 - p.Y) * scale)))];
    }

    private static Pictograph Load(int code)
    {
        RequireFonts();
        var font = EmojiFont.Value;
        var png = font.GlyphOf(code) is { } glyph ? ColorBitmaps.Find(font, glyph) : [];
        return png.IsEmpty ? throw new InvalidDataException($"The font {Emoji} has no picture of {char.ConvertFromUtf32(code)}.") : new Pictograph(png);
    }

    private static void RequireFonts()
    {
        if (Missing is { } missing)
            throw new InvalidDataException(missing);
    }
}
