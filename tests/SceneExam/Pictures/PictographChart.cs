namespace SceneExam.Pictures;

/// <summary>Which pictographs show a thing, as people would pick them: the plainest first, then others that the same word names.</summary>
internal static class PictographChart
{
    private static readonly Dictionary<Thing, string> Chart = new()
    {
        // Where there is a whole animal and a face, people use both.
        [Thing.Dog] = "🐕🐶", [Thing.Cat] = "🐈🐱", [Thing.Horse] = "🐎🐴", [Thing.Cow] = "🐄🐮", [Thing.Pig] = "🐖🐷", [Thing.Rabbit] = "🐇🐰",
        [Thing.Bear] = "🐻", [Thing.Lion] = "🦁", [Thing.Frog] = "🐸", [Thing.Fish] = "🐟🐠", [Thing.Bird] = "🐦", [Thing.Butterfly] = "🦋",
        [Thing.Bee] = "🐝", [Thing.Snail] = "🐌", [Thing.Turtle] = "🐢",
        [Thing.Apple] = "🍎🍏", [Thing.Banana] = "🍌", [Thing.Strawberry] = "🍓", [Thing.Lemon] = "🍋", [Thing.Grapes] = "🍇", [Thing.Carrot] = "🥕",
        [Thing.Bread] = "🍞", [Thing.Pizza] = "🍕", [Thing.Cake] = "🍰🎂",
        [Thing.Car] = "🚗🚙", [Thing.Bus] = "🚌", [Thing.Bicycle] = "🚲", [Thing.Airplane] = "✈🛩", [Thing.Boat] = "⛵", [Thing.Train] = "🚂🚆",
        [Thing.Rocket] = "🚀",
        [Thing.House] = "🏠", [Thing.Tree] = "🌳🌲", [Thing.Flower] = "🌸🌻🌼🌷", [Thing.Sun] = "☀🌞", [Thing.Moon] = "🌙🌕", [Thing.Umbrella] = "☂☔",
        [Thing.Ball] = "⚽", [Thing.Book] = "📖📕📘", [Thing.Clock] = "🕒⏰🕗", [Thing.Key] = "🔑", [Thing.Guitar] = "🎸", [Thing.Cup] = "☕",
    };

    /// <summary>The code points of a thing's pictographs, at least one.</summary>
    public static int[] CodePoints(Thing thing) => [.. Chart[thing].EnumerateRunes().Select(rune => rune.Value)];

    /// <summary>One of them; the plainest in half of the cases where there are others.</summary>
    public static int Pick(Thing thing, Random random)
    {
        var all = CodePoints(thing);
        return all.Length == 1 || random.Next(2) == 0 ? all[0] : all[random.Next(1, all.Length)];
    }
}
