using System.Globalization;

namespace Assistant.Training.Scenes;

/// <summary>Words that nobody knows: they can only be copied.</summary>
internal static class MadeUpWords
{
    /// <summary>One wording of a template of <see cref="Wording"/>, with a number for <c>{n}</c>, a digit for <c>{d}</c>, a made-up word for <c>{w}</c> and a made-up name for <c>{W}</c>.</summary>
    public static string Fill(string template, SceneRandom random)
    {
        template = Wording.Choose(template, random);
        Each("{n}", () => Number(99));
        Each("{d}", () => Number(9));
        Each("{w}", () => One(random));
        Each("{W}", () => SceneWords.Capitalised(One(random)));
        return template;

        string Number(int most) => (1 + random.Next(most)).ToString(CultureInfo.InvariantCulture);

        void Each(string name, Func<string> value)
        {
            for (var at = template.IndexOf(name, StringComparison.Ordinal); at >= 0; at = template.IndexOf(name, StringComparison.Ordinal))
                template = template[..at] + value() + template[(at + name.Length)..];
        }
    }

    /// <summary>A word that nobody knows.</summary>
    public static string One(SceneRandom random)
    {
        ReadOnlySpan<string> onsets =
        [
            "b", "br", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "v", "w", "z", "", "bl", "c", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "pl", "pr", "sc", "sh", "sk", "sp", "sw", "th", "tr", "y",
        ];
        ReadOnlySpan<string> rhymes =
        [
            "a", "e", "i", "o", "u", "an", "ar", "en", "er", "ing", "ka", "on", "or", "um", "ell", "ick", "us", "ee", "at", "et", "it", "ot", "ut", "al", "el", "il", "ol", "am", "em", "im", "om", "and", "ent", "ist", "ost", "urg",
            "ay", "ow", "ia", "ea", "oo", "ai", "ard", "ert", "ork", "ack", "eck", "ock", "age", "ide", "ame", "ine", "es", "ly", "ton",
        ];
        var word = "";
        for (var syllables = 1 + random.Next(3); syllables > 0 || word.Length < 3; syllables--)
            word += onsets[random.Next(onsets.Length)] + rhymes[random.Next(rhymes.Length)];
        return word;
    }
}
