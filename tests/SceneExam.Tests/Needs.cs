using SceneExam.Fonts;

namespace SceneExam.Tests;

/// <summary>Skips a test where something that it needs is not installed.</summary>
internal static class Needs
{
    public static FontShelf Fonts()
    {
        if (FontShelf.Installed.Missing([2, 3]) is { } missing)
            Assert.Skip(missing);
        return FontShelf.Installed;
    }
}
