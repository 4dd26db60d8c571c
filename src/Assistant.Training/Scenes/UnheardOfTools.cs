namespace Assistant.Training.Scenes;

/// <summary>Tools of a verb and a noun that may be no words at all, and requests in which both stand.</summary>
internal static class UnheardOfTools
{
    private static readonly string[] verbs =
    [
        "open", "close", "start", "stop", "move", "clean", "lock", "paint", "print", "read", "save", "share", "count", "mix", "book", "plan", "pay", "check", "warm", "fill",
        "find", "get", "set", "put", "show", "send", "make", "take", "turn", "change", "bring", "ask", "tell", "keep", "cut", "wash", "sell", "rent", "drop", "test",
    ];

    private static readonly string[] nouns =
    [
        "door", "file", "room", "car", "song", "table", "garden", "ticket", "engine", "price", "score", "level", "note", "path", "water", "letter", "camera", "seat", "bill", "sound",
        "list", "train", "ship", "boat", "tea", "window", "heat", "speed", "color", "map", "shop", "game", "photo", "mail", "word", "page", "clock", "bag", "key", "wall",
    ];

    // Names of an argument, its type, its values, and how a request says them: {v} is the value, {name} the name.
    private static readonly Role[] roles =
    [
        new(["from", "start", "origin"], "string", [CommonTools.Place, CommonTools.Person], ["from {v}"]),
        new(["to", "goal", "target", "end"], "string", [CommonTools.Place, CommonTools.Person], ["to {v}"]),
        new(["city", "place", "where", "town", "location"], "string", [CommonTools.Place], ["in {v}", "at {v}", "near {v}", "of {v}", "{v}"]),
        new(["person", "who", "name", "owner", "user"], "string", [CommonTools.Person], ["for {v}", "with {v}", "of {v}", "{v}"]),
        new(["value", "item", "text", "key", "what", "title", "code", "topic", "thing", "{w}"], "string", [CommonTools.Thing, CommonTools.Subject], ["{v}", "about {v}", "of {v}", "with {v}", "called {v}", "for {v}", "by {v}"]),
        new(["number", "amount", "count", "size", "value", "limit", "level", "{w}"], "integer", ["{n}"], ["{v}", "to {v}", "by {v}", "number {v}", "{v} times"]),
        new(["minutes", "hours", "days", "degrees", "meters", "percent"], "integer", ["{n}"], ["{v} {name}", "in {v} {name}", "for {v} {name}", "by {v} {name}"]),
    ];

    // What is asked for, of one argument and of two; {0} and {1} are said with their prepositions.
    private static readonly string[][] bodies =
    [
        [
            "[verb] the [noun] {0}", "[verb] [noun] {0}", "[verb] my [noun] {0}", "[verb] a [noun] {0}", "[verb] {0} on the [noun]", "[verb] {0} on my [noun]", "[verb] {0} with the [noun]", "[verb] the [noun]: {0}",
        ],
        [
            "[verb] the [noun] {0} {1}", "[verb] [noun] {0} {1}", "[verb] me a [noun] {0} {1}", "[verb] {0} {1}", "[verb] {0} {1} on the [noun]", "[verb] the [noun]: {0}, {1}", "[verb] my [noun] {0} and {1}",
        ],
    ];

    private static readonly string[][] questions =
    [
        ["What [noun] is there {0}?", "How is the [noun] {0}?", "What is the [noun] {0}?", "Which [noun] do they [verb] {0}?", "How much [noun] is it {0}?", "Where do I [verb] the [noun] {0}?", "Is the [noun] {0}?", "How [verb] is it {0}?"],
        ["What [noun] is there {0} {1}?", "What is the [noun] {0} {1}?", "How do I [verb] the [noun] {0} {1}?", "Which [noun] do they [verb] {0} {1}?", "How much [noun] is it {0} {1}?"],
    ];

    private static readonly string[] openings = ["", "", "", "", "Please ", "Can you ", "Could you ", "I want to ", "I need to ", "I would like to ", "Now ", "Go and "];
    private static readonly string[] endings = ["", "", "", "", "", ", please", " for me", " now", " today", " again"];

    /// <summary>A tool and many requests for it.</summary>
    public static ProgramTool Draw(SceneRandom random)
    {
        const int wordings = 8;
        var (verb, noun) = (random.Chance(0.4) ? MadeUpWords.One(random) : random.Pick(verbs), random.Chance(0.4) ? MadeUpWords.One(random) : random.Pick(nouns));
        var drawn = new List<(ToolArgument Argument, Role Role)>();
        for (var count = 1 + random.Next(2); drawn.Count < count;)
        {
            var role = random.Pick(roles);
            var argument = new ToolArgument(MadeUpWords.Fill(random.Pick(role.Names), random), role.Type);
            if (!drawn.Exists(other => other.Argument.Name == argument.Name || other.Role == role))
                drawn.Add((argument, role));
        }
        var name = random.Next(4) switch { 0 => verb, 1 => noun, 2 => $"{noun}_{verb}", _ => $"{verb}_{noun}" };
        var description = Said(random.Pick((string[])
        [
            "[Verb]s the [noun].", "[Verb]s a [noun].", "The [noun] to [verb].", $"[Verb]s the [noun] by its {drawn[0].Argument.Name}.", $"[Verb]s something with the [noun] of a {drawn[0].Argument.Name}.", $"The [noun] of a {drawn[0].Argument.Name}.",
        ]));
        return new ProgramTool(
            new ToolSketch(name, description, [.. drawn.Select(one => one.Argument)]), [.. drawn.Select(one => random.Pick(one.Role.Values))],
            [.. Enumerable.Range(0, wordings).Select(_ => Request())], ["ok", "done", "{n}", $"{{n}} {noun}"]);

        string Request()
        {
            var asks = random.Chance(0.3);
            var body = Said(random.Pick((asks ? questions : bodies)[drawn.Count - 1]));
            // Where each says what it is, the order tells nothing.
            var places = drawn.Select((one, i) => random.Pick(one.Role.Phrases).Replace("{v}", $"\u0001{i}\u0002", StringComparison.Ordinal).Replace("{name}", one.Argument.Name, StringComparison.Ordinal)).ToArray();
            if (random.Chance(0.3))
                Array.Reverse(places);
            for (var i = 0; i < places.Length; i++)
                body = body.Replace($"{{{i}}}", places[i], StringComparison.Ordinal);
            if (!asks)
                body = random.Pick(openings) + body + random.Pick(endings) + (random.Chance(0.3) ? "" : ".");
            return SceneWords.Capitalised(body.Replace('\u0001', '{').Replace('\u0002', '}'));
        }

        string Said(string template) => template.Replace("[verb]", verb, StringComparison.Ordinal).Replace("[Verb]", SceneWords.Capitalised(verb), StringComparison.Ordinal).Replace("[noun]", noun, StringComparison.Ordinal);
    }

    private sealed record Role(string[] Names, string Type, string[] Values, string[] Phrases);
}
