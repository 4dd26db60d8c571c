using SceneExam.Pictures;

namespace SceneExam.Judging;

/// <summary>An object that an answer names.</summary>
/// <param name="Kind">What its noun names.</param>
/// <param name="Color">Its colour, where one is said.</param>
/// <param name="Count">How many of them.</param>
internal sealed record Mention(Kind Kind, Hue? Color, int Count);

/// <summary>What an answer names: objects in order, and the background's colour.</summary>
internal sealed record Mentions(IReadOnlyList<Mention> Objects, Hue? Background)
{
    /// <summary>Words between a noun and a colour that is said of it: "the star is red", "a star in red".</summary>
    private static readonly HashSet<string> Links = ["is", "are", "that", "which", "in", "color", "colour", "the", "has", "of", "s"];

    /// <summary>Nouns that stand for the whole picture or for any object: what was said before them is not said of the next shape.</summary>
    private static readonly HashSet<string> Others =
    [
        "picture", "image", "drawing", "object", "objects", "shape", "shapes", "thing", "things", "total",
        "animals", "letters", "digits", "numbers", "characters",
    ];

    /// <summary>Reads an answer. A later "the star" is the star that was named before, not a second one.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="glyphs">Whether it is about characters: then a bare "A" or "7" can be one, too.</param>
    public static Mentions Of(string answer, bool glyphs = false)
    {
        var objects = new List<Mention>();
        Hue? background = null, pending = null;
        int? count = null;
        var (definite, onColor, backgroundOpen, linked) = (false, false, false, false);
        foreach (var (token, glyph) in GlyphReader.Read(answer, glyphs))
        {
            if (token is "," or ":")
                continue;
            if (Lexicon.Color(token) is { } hue)
            {
                if (linked && backgroundOpen)
                    (background, backgroundOpen) = (hue, false);
                else if (linked && objects is [.., { Color: null } last])
                    objects[^1] = last with { Color = hue };
                else
                    (pending, backgroundOpen) = (hue, false);
                linked = false;
            }
            else if ((glyph is { } character ? (character, false) : Lexicon.Noun(token)) is var (kind, plural))
            {
                var known = definite && objects.Any(o => o.Kind == kind && (pending is null || o.Color is null || o.Color == pending));
                if (!known)
                    objects.Add(new Mention(kind, pending, count ?? (plural ? 2 : 1)));
                (pending, count, definite, onColor, backgroundOpen, linked) = (null, null, false, false, false, !known);
            }
            else if (token == "background")
            {
                background = pending ?? background;
                (backgroundOpen, linked) = (pending is null, true);
                (pending, count, definite, onColor) = (null, null, false, false);
            }
            else if (Others.Contains(token) || token is "." or "!" or ";" or "\n")
            {
                (pending, count, definite, linked, backgroundOpen) = (null, null, false, false, false);
            }
            else
            {
                count = Lexicon.Number(token) ?? (token is "a" or "an" ? null : count);
                definite = token == "the" || (definite && token is not ("a" or "an"));
                onColor = token == "on" || (onColor && token is "a" or "plain");
                linked &= Links.Contains(token);
            }
            if (onColor && pending is not null)
                background ??= pending; // "on white", at the end; "on a white background" says the same again
        }
        return new Mentions(objects, background);
    }
}
