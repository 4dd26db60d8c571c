using System.Collections.Concurrent;

namespace SceneExam.Fonts;

/// <summary>The fonts that the exam draws with, read from where Debian installs them when they are first asked for.</summary>
internal sealed class FontShelf
{
    private const string EmojiFile = "noto/NotoColorEmoji.ttf";

    private readonly string root;
    private readonly Lazy<BitmapGlyphs> emoji;
    private readonly ConcurrentDictionary<int, Pictograph> pictographs = new();
    private readonly ConcurrentDictionary<string, OutlineGlyphs> faces = new();
    private readonly ConcurrentDictionary<(string Face, char Character), Outline> outlines = new();

    /// <param name="root">Folder of TrueType fonts.</param>
    public FontShelf(string root)
    {
        this.root = root;
        emoji = new(() => new BitmapGlyphs(Open(EmojiFile)));
    }

    /// <summary>Fonts of this machine.</summary>
    public static FontShelf Installed { get; } = new("/usr/share/fonts/truetype");

    /// <summary>The faces that letters and digits are drawn in: sans and serif, plain and bold, of two makers.</summary>
    public static IReadOnlyList<string> TextFaces { get; } =
    [
        "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSerif-Bold.ttf",
        "liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf",
        "liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf",
    ];

    /// <summary>What to install before pictures of these tiers can be drawn, in one sentence; null where nothing is missing.</summary>
    public string? Missing(IEnumerable<int> tiers)
    {
        var packages = tiers.SelectMany(PackagesOf).Distinct().Where(p => p.Files.Any(f => !File.Exists(Path.Combine(root, f)))).Select(p => p.Package).ToArray();
        return packages.Length == 0
            ? null
            : $"Pictures of these tiers are drawn with fonts that are not in {root}; install them first: sudo apt-get install {string.Join(' ', packages)}";
    }

    /// <exception cref="IOException">The font is not installed.</exception>
    /// <exception cref="InvalidDataException">It has no such pictograph.</exception>
    public Pictograph Pictograph(int codePoint) => pictographs.GetOrAdd(codePoint, point =>
    {
        var (width, height, rgba) = PngReader.Read(emoji.Value.Png(point).Span);
        return new Pictograph(width, height, rgba);
    });

    /// <param name="face">One of <see cref="TextFaces"/>.</param>
    /// <param name="character">A digit or capital letter.</param>
    /// <exception cref="IOException">The font is not installed.</exception>
    public Outline Outline(string face, char character) => outlines.GetOrAdd((face, character), key =>
        faces.GetOrAdd(key.Face, file => new OutlineGlyphs(Open(file))).Of(key.Character));

    private static readonly (string Package, string[] Files)[] Packages =
    [
        ("fonts-noto-color-emoji", [EmojiFile]),
        ("fonts-dejavu-core", [.. TextFaces.Where(f => f.StartsWith("dejavu/", StringComparison.Ordinal))]),
        ("fonts-liberation", [.. TextFaces.Where(f => f.StartsWith("liberation/", StringComparison.Ordinal))]),
    ];

    /// <summary>Pictures of the third tier show things, too.</summary>
    private static (string Package, string[] Files)[] PackagesOf(int tier) => tier switch
    {
        1 => [],
        2 => Packages[..1],
        _ => Packages,
    };

    private FontFile Open(string file) => new(File.ReadAllBytes(Path.Combine(root, file)));
}
