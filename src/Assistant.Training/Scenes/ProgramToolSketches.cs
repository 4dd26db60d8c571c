using System.Globalization;
using System.Runtime.InteropServices;

namespace Assistant.Training.Scenes;

/// <summary>Tools that programs offer, made up, and requests that they are called for: what matters is that names and arguments are copied, not which tools they are.</summary>
internal static class ProgramToolSketches
{
    // Every second value is a word that nobody knows: it can only be copied.
    private const string Place = "[{W}|[Paris|London|Berlin|Tokyo|New York|Rome|Madrid|Vienna|Moscow|Cairo|Sydney|Boston|Delhi|Seoul|Toronto|Oslo|Lima|Athens|Dublin|Prague|Lisbon|Zurich|Chicago|Nairobi]]";
    private const string Person = "[{W}|[Ann|Bob|Carl|Dora|Eve|Frank|Grace|Hugo|Ida|John|Kim|Lea|Max|Nora|Otto|Paul|Rosa|Sam|Tom|Vera]]";
    private const string Thing = "[{w}|[milk|bread|coffee|tea|apples|a cake|a book|a lamp|a chair|shoes|a bike|a clock|flowers|a phone|pizza]]";
    private const string Subject = "[{w}|[cats|dogs|birds|the moon|red circles|the sea|trains|gold|rain|chess|music|old cars|stars|hearts|houses]]";

    // A tool's names, what it does, its arguments with what stands for them, requests, results.
    private static readonly Pattern[] patterns =
    [
        new(["get_weather", "weather", "current_weather"], ["Tells the weather.", "Gets the weather of a city.", "Current weather in a city."],
            [("[city|place|location]", "string", Place)], ["What is the weather in {0}?", "What's the weather like in {0}?", "Weather in {0}", "How is the weather in {0} today?"],
            ["[sunny|rain|snow|cloudy|windy], {n} degrees", "{n} degrees", "{\"temperature\":{n},\"sky\":\"[sunny|rain|snow|clear]\"}"]),
        new(["get_forecast", "forecast", "weather"], ["Tells the weather of the coming days.", "Forecast for a city."],
            [("city", "string", Place), ("days", "integer", "[1|2|3|4|5|6|7]")], ["What will the weather be in {0} in {1} days?", "Forecast for {0}, {1} days", "Give me the forecast for {0} for {1} days."],
            ["[sun|rain|snow|clouds]", "{n} degrees and [sun|rain|snow|clouds]"]),
        new(["get_time", "current_time", "time_in"], ["Tells the time.", "Current time in a city."],
            [("[city|place|zone]", "string", Place)], ["What time is it in {0}?", "Tell me the time in {0}.", "What is the time in {0} now?"], ["{n}:{n}", "{\"time\":\"{n}:{n}\"}"]),
        new(["add", "add_numbers", "sum"], ["Adds two numbers.", "The sum of two integers."],
            [("a", "integer", "{n}"), ("b", "integer", "{n}")], ["What is {0} plus {1}?", "Add {0} and {1}.", "{0} + {1}", "How much is {0} + {1}?"], ["{n}"]),
        new(["multiply", "product"], ["Multiplies two numbers.", "The product of two integers."],
            [("a", "integer", "{n}"), ("b", "integer", "{n}")], ["What is {0} times {1}?", "Multiply {0} by {1}.", "{0} * {1}"], ["{n}{n}"]),
        new(["send_message", "message", "send_mail"], ["Sends a message.", "Sends a text to a person."],
            [("[to|person|recipient]", "string", Person), ("text", "string", "[hello|see you soon|call me|I am late|thanks|good night|where are you|come home]")],
            ["Tell {0}: {1}", "Send {0} this message: {1}", "Write to {0}: {1}"], ["sent", "ok", "{\"sent\":true}"]),
        new(["set_timer", "timer", "start_timer"], ["Sets a timer.", "Starts a timer of some minutes."],
            [("minutes", "integer", "{n}")], ["Set a timer for {0} minutes.", "Timer, {0} minutes", "Wake me in {0} minutes."], ["ok", "the timer runs", "done"]),
        new(["search", "web_search", "find_pages"], ["Searches the web.", "Finds pages about something."],
            [("query", "string", Subject)], ["Search for {0}.", "Search the web for {0}.", "Find pages about {0}."], ["{n} pages", "no pages", "{\"pages\":{n}}"]),
        new(["find_pictures", "image_search", "search_images"], ["Finds pictures.", "Searches a folder of pictures by text."],
            [("text", "string", Subject)], ["Find pictures of {0}.", "Show me pictures of {0}.", "Search images of {0}."], ["{n} pictures", "{\"found\":{n}}"]),
        new(["buy", "add_to_list", "order"], ["Puts something on the shopping list.", "Orders a thing."],
            [("item", "string", Thing)], ["Buy {0}.", "Put {0} on the list.", "Order {0}, please."], ["ok", "added", "{\"ok\":true}"]),
        new(["call", "phone", "ring"], ["Calls a person by phone.", "Makes a call."],
            [("[name|person|who]", "string", Person)], ["Call {0}.", "Please phone {0}.", "Ring {0} up."], ["nobody answers", "the line is busy", "connected"]),
        new(["get_news", "news", "headlines"], ["Tells the news.", "Headlines about a topic."],
            [("topic", "string", Subject)], ["What is the news about {0}?", "News about {0}", "Any headlines about {0}?"], ["nothing new", "{n} headlines"]),
        new(["roll_dice", "roll"], ["Rolls dice.", "Rolls a die with so many sides."],
            [("sides", "integer", "[4|6|8|10|12|20]")], ["Roll a die with {0} sides.", "Roll a {0} sided die."], ["{n}", "{\"rolled\":{n}}"]),
        new(["get_date", "today", "date"], ["Tells today's date.", "The date of today."],
            [], ["What day is it?", "What is the date today?", "Which date is it?"], ["2026-0{d}-1{d}", "{\"date\":\"2026-0{d}-2{d}\"}"]),
        new(["turn_light", "set_light", "light"], ["Sets the colour of a light.", "Makes the light of a room some color."],
            [("room", "string", "[kitchen|bedroom|bathroom|hall|office]"), ("color", "string", "[red|green|blue|yellow|orange|purple|pink|white]")],
            ["Make the light in the {0} {1}.", "Set the {0} light to {1}.", "I want {1} light in the {0}."], ["ok", "done", "{\"ok\":true}"]),
    ];

    // Few tools would be learnt by heart: for these only the words that an offer and a request share tell which one is meant.
    private const double UnheardOfShare = 0.6;
    private static readonly string[] verbs = ["open", "close", "start", "stop", "move", "clean", "lock", "paint", "print", "read", "save", "share", "count", "mix", "book", "plan", "pay", "check", "warm", "fill"];
    private static readonly string[] nouns = ["door", "file", "room", "car", "song", "table", "garden", "ticket", "engine", "price", "score", "level", "note", "path", "water", "letter", "camera", "seat", "bill", "sound"];
    private static readonly (string[] Names, string Type, string[] Values)[] arguments =
    [
        (["name", "value", "target", "item", "text", "key", "what", "title", "code", "from", "to"], "string", [Thing, Subject]),
        (["person", "who", "name", "to", "from", "owner"], "string", [Person]),
        (["city", "place", "where", "town", "from", "to"], "string", [Place]),
        (["number", "amount", "count", "size", "minutes", "first", "second", "x", "y", "limit", "{w}"], "integer", ["{n}"]),
    ];

    private static readonly string[][] requests =
    [
        [
            "[Verb] the [noun] {0}.", "[Verb] [noun] {0}, please", "Can you [verb] the [noun] of {0}?", "[Verb] the [noun] to {0}.", "[Verb] {0} with the [noun].", "What [noun] does {0} [verb]?",
            "Please [verb] {0} on my [noun].", "I want to [verb] the [noun] for {0}.", "[Verb] {0} [noun].", "Please [verb] [noun]: {0}",
        ],
        [
            "[Verb] the [noun] from {0} to {1}.", "[Verb] [noun]: {0}, {1}", "[Verb] {0} in {1} [noun].", "Can you [verb] the [noun] of {0} with {1}?", "What [noun] do {0} and {1} [verb]?",
            "Please [verb] the [noun] {0} for {1}.", "[Verb] {0} and {1} on the [noun].", "I want to [verb] a [noun] {0} {1}.",
        ],
    ];

    /// <summary>Different tools.</summary>
    public static IReadOnlyList<ProgramTool> Draw(SceneRandom random, int count)
    {
        var left = patterns.ToList();
        random.Shuffle(CollectionsMarshal.AsSpan(left));
        return [.. left.Select(pattern => random.Chance(UnheardOfShare) ? UnheardOf(random) : pattern.Draw(random)).DistinctBy(tool => tool.Sketch.Name).Take(count)];
    }

    private static ProgramTool UnheardOf(SceneRandom random)
    {
        var (verb, noun) = (random.Chance(0.5) ? MadeUp(random) : random.Pick(verbs), random.Chance(0.5) ? MadeUp(random) : random.Pick(nouns));
        var count = 1 + random.Next(2);
        var drawn = new List<(ToolArgument Argument, string Values)>();
        while (drawn.Count < count)
        {
            var (names, type, values) = random.Pick(arguments);
            var argument = new ToolArgument(Fill(random.Pick(names), random), type);
            if (!drawn.Exists(other => other.Argument.Name == argument.Name))
                drawn.Add((argument, random.Pick(values)));
        }
        var name = random.Next(4) switch { 0 => verb, 1 => noun, 2 => $"{noun}_{verb}", _ => $"{verb}_{noun}" };
        var description = Said(random.Pick((string[])["[Verb]s the [noun].", "[Verb]s a [noun].", "The [noun] to [verb].", $"[Verb]s the [noun] by its {drawn[0].Argument.Name}."]));
        return new ProgramTool(new ToolSketch(name, description, [.. drawn.Select(one => one.Argument)]), [.. drawn.Select(one => one.Values)], [.. requests[count - 1].Select(Said)], ["ok", "done", "{n}", $"{{n}} {noun}"]);

        string Said(string template) => template.Replace("[verb]", verb, StringComparison.Ordinal).Replace("[Verb]", SceneWords.Capitalised(verb), StringComparison.Ordinal).Replace("[noun]", noun, StringComparison.Ordinal);
    }

    /// <summary>Text with choices taken, a number for <c>{n}</c>, a digit for <c>{d}</c>, a made-up word for <c>{w}</c> and a made-up name for <c>{W}</c>.</summary>
    internal static string Fill(string template, SceneRandom random)
    {
        Each("{n}", () => Number(99));
        Each("{d}", () => Number(9));
        Each("{w}", () => MadeUp(random));
        Each("{W}", () => SceneWords.Capitalised(MadeUp(random)));
        return template;

        string Number(int most) => (1 + random.Next(most)).ToString(CultureInfo.InvariantCulture);

        void Each(string name, Func<string> value)
        {
            for (var at = template.IndexOf(name, StringComparison.Ordinal); at >= 0; at = template.IndexOf(name, StringComparison.Ordinal))
                template = template[..at] + value() + template[(at + name.Length)..];
        }
    }

    private static string MadeUp(SceneRandom random)
    {
        ReadOnlySpan<string> onsets = ["b", "br", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "v", "w", "z", ""];
        ReadOnlySpan<string> rhymes = ["a", "e", "i", "o", "u", "an", "ar", "en", "er", "ing", "ka", "on", "or", "um", "ell", "ick", "us", "ee"];
        var word = "";
        for (var syllables = 1 + random.Next(3); syllables > 0 || word.Length < 3; syllables--)
            word += onsets[random.Next(onsets.Length)] + rhymes[random.Next(rhymes.Length)];
        return word;
    }

    private sealed record Pattern(string[] Names, string[] Descriptions, (string Names, string Type, string Values)[] Arguments, string[] Requests, string[] Results)
    {
        public ProgramTool Draw(SceneRandom random)
        {
            var described = random.Chance(0.4);
            var arguments = Arguments.Select(argument =>
            {
                var name = Wording.Choose(argument.Names, random);
                return new ToolArgument(name, argument.Type, described ? $"The {name}." : null);
            });
            return new ProgramTool(new ToolSketch(random.Pick(Names), random.Pick(Descriptions), [.. arguments]), [.. Arguments.Select(argument => argument.Values)], Requests, Results);
        }
    }
}

/// <summary>A tool of some program.</summary>
/// <param name="Sketch">What it is offered as.</param>
/// <param name="Values">Values of its arguments, in the notation of <see cref="Wording"/>.</param>
/// <param name="Requests">What it is called for; {0} and {1} are the arguments.</param>
/// <param name="Results">What it returns.</param>
internal sealed record ProgramTool(ToolSketch Sketch, IReadOnlyList<string> Values, IReadOnlyList<string> Requests, IReadOnlyList<string> Results)
{
    /// <summary>A request that it is called for.</summary>
    public ToolRequest Ask(SceneRandom random)
    {
        var values = Values.Select(value => ProgramToolSketches.Fill(Wording.Choose(value, random), random)).ToArray();
        var request = random.Pick(Requests);
        request = random.NextDouble() switch { < 0.2 => request.ToLowerInvariant(), < 0.35 => request.TrimEnd('.', '?'), _ => request };
        for (var i = 0; i < values.Length; i++)
            request = request.Replace($"{{{i}}}", values[i], StringComparison.Ordinal);
        var result = ProgramToolSketches.Fill(Wording.Choose(random.Pick(Results), random), random);
        return new ToolRequest(
            request,
            Sketch.Call([.. values.Select((value, i) => Sketch.Arguments[i].Type == "integer" ? value : ToolSketch.Quoted(value))]),
            result,
            Spoken(result));
    }

    // "7 degrees." as it was told; the members of an object one after the other.
    private static string Spoken(string result) => SceneWords.Capitalised(
        (result.StartsWith('{')
            ? result.Trim('{', '}').Replace("\":", ": ", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal)
            : result) + ".");
}
