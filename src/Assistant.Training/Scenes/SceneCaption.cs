namespace Assistant.Training.Scenes;

/// <summary>A text about a picture: objects that are in it, perhaps not all, and perhaps the background.</summary>
/// <param name="Mentions">What it names, in its order.</param>
/// <param name="Background">The background it names, if any.</param>
public sealed record SceneCaption(IReadOnlyList<SceneFilter> Mentions, SceneColor? Background)
{
    private static readonly string[] Templates =
    [
        "{0}", "{0}", "{0}", "a photo of {0}", "a picture of {0}", "a drawing of {0}", "an image of {0}", "a photo of {0}.", "{0}.", "there is {0}", "this is {0}",
    ];

    /// <summary>"a red circle and a dog on a blue background".</summary>
    public string Text => SceneWords.List([.. Mentions.Select(mention => SceneWords.WithArticle(mention.Singular))])
        + (Background is { } color ? $" on {SceneWords.WithArticle(SceneWords.Of(color))} background" : "");

    /// <summary>A wording of it: bare, as a label, or within a sentence.</summary>
    public string Worded(SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var text = Text;
        // Labels come without an article, and templates put the same one before all of them.
        if (Mentions is [var only] && Background is null && random.Chance(0.35))
            text = (random.Chance(0.4) ? "" : "a ") + only.Singular;
        return Wording.WithSynonyms(string.Format(System.Globalization.CultureInfo.InvariantCulture, random.Pick(Templates), text), random);
    }

    /// <summary>A true caption; of few objects mostly all are named.</summary>
    public static SceneCaption Of(Scene scene, SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(random);
        var named = scene.Objects.Count == 1 || random.Chance(0.7) ? scene.Objects : [random.Pick(scene.Objects)];
        var withSize = random.Chance(0.35);
        return new SceneCaption(
            [.. named.Select(o => new SceneFilter(o.Kind, o.Kind.Shape is null && random.Chance(0.7) ? null : o.Color, withSize ? o.Size : null))],
            random.Chance(0.35) ? scene.Background : null);
    }

    /// <summary>The same with one thing changed: a kind, a colour, a size or the background. It may be true by chance.</summary>
    public SceneCaption Changed(SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (Background is not null && random.Chance(0.25))
            return this with { Background = random.Pick(Enum.GetValues<SceneColor>()) };
        var mentions = Mentions.ToArray();
        var at = random.Next(mentions.Length);
        var mention = mentions[at];
        mentions[at] = random.Next(3) switch
        {
            0 when mention.Color is not null => mention with { Color = random.Pick(Enum.GetValues<SceneColor>()) },
            1 when mention.Size is { } size => mention with { Size = size == SceneSize.Big ? SceneSize.Small : SceneSize.Big },
            _ => mention with { Kind = random.Pick(mention.Kind!.Value.Sort) },
        };
        return this with { Mentions = mentions };
    }

    /// <summary>Whether every mention has an object of its own, and the background is as it says.</summary>
    public bool IsTrueOf(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return (Background is null || Background == scene.Background) && Mentions.Count <= scene.Objects.Count && Fits(0, 0);

        // Mention by mention, with the objects taken so far as bits.
        bool Fits(int mention, int taken)
        {
            if (mention == Mentions.Count)
                return true;
            for (var i = 0; i < scene.Objects.Count; i++)
            {
                if ((taken >> i & 1) == 0 && Mentions[mention].Matches(scene.Objects[i]) && Fits(mention + 1, taken | 1 << i))
                    return true;
            }
            return false;
        }
    }
}
