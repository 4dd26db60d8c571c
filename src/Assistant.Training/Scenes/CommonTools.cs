namespace Assistant.Training.Scenes;

/// <summary>Tools as programs often offer them.</summary>
internal static class CommonTools
{
    // Every second value is a word that nobody knows: it can only be copied.
    internal const string Place = "[{W}|[Paris|London|Berlin|Tokyo|New York|Rome|Madrid|Vienna|Moscow|Cairo|Sydney|Boston|Delhi|Seoul|Toronto|Oslo|Lima|Athens|Dublin|Prague|Lisbon|Zurich|Chicago|Nairobi]]";
    internal const string Person = "[{W}|[Ann|Bob|Carl|Dora|Eve|Frank|Grace|Hugo|Ida|John|Kim|Lea|Max|Nora|Otto|Paul|Rosa|Sam|Tom|Vera]]";
    internal const string Thing = "[[|a |an |two |three |some |my |the ][{w}|{w} {w}]|[milk|bread|coffee|tea|apples|a cake|a book|a lamp|a chair|shoes|a bike|a clock|flowers|a phone|pizza|two eggs|a pen|salt|rice]]";
    internal const string Subject = "[[|red |old |small ]{w}|{w} {w}|[cats|dogs|birds|the moon|red circles|the sea|trains|gold|rain|chess|music|old cars|stars|hearts|houses]]";
    private const string Color = "[red|green|blue|yellow|orange|purple|pink|white|{w}]";
    private const string Room = "[kitchen|bedroom|bathroom|hall|office|garden|{w}]";
    private const string Task = "[call {W}|buy {w}|feed the {w}|water the plants|pay the bill|clean the {w}|go home|write to {W}|take the {w}]";
    private const string City = "[city|place|location|town]";
    private const string Known = "[a |a |an |the |two |][{w}|dog|cat|fish|car|star|red circle|blue square|letter A|green heart|banana|tree|bird|house|boat|{w} {w}]";

    private static readonly string[] done = ["ok", "done", "{\"ok\":true}"];

    /// <summary>All of them: a tool's names, what it does, its arguments with what stands for them, requests, results.</summary>
    public static IReadOnlyList<ToolPattern> Patterns { get; } =
    [
        new(["get_weather", "weather", "current_weather"], ["Tells the weather.", "Gets the weather of a city.", "Current weather in a city."],
            [(City, "string", Place)], ["What is the weather in {0}?", "What's the weather like in {0}?", "Weather in {0}", "How is the weather in {0} today?", "Is it raining in {0}?", "Does it rain in {0}?", "Is the sun out in {0}?", "{0} weather"],
            ["[sunny|rain|snow|cloudy|windy], {n} degrees", "{n} degrees", "{\"temperature\":{n},\"sky\":\"[sunny|rain|snow|clear]\"}"]),
        new(["get_forecast", "forecast", "weather"], ["Tells the weather of the coming days.", "Forecast for a city."],
            [("city", "string", Place), ("days", "integer", "[1|2|3|4|5|6|7]")], ["What will the weather be in {0} in {1} days?", "Forecast for {0}, {1} days", "Give me the forecast for {0} for {1} days.", "{1} days of weather for {0}"],
            ["[sun|rain|snow|clouds]", "{n} degrees and [sun|rain|snow|clouds]"]),
        new(["get_temperature", "temperature", "degrees_in", "how_hot"], ["Tells the temperature of a place.", "Measures how warm it is.", "Temperature in degrees."],
            [("[city|place|room|where]", "string", Place)], ["What is the temperature in {0}?", "How hot is it in {0} now?", "How many degrees are there in {0}?", "Is it cold in {0}?", "Is it warm in {0} today?", "Temperature of {0}"],
            ["{n} degrees", "{\"degrees\":{n}}"]),
        new(["get_time", "current_time", "time_in"], ["Tells the time.", "Current time in a city."],
            [("[city|place|zone]", "string", Place)], ["What time is it in {0}?", "Tell me the time in {0}.", "What is the time in {0} now?", "How late is it in {0}?"], ["{n}:{n}", "{\"time\":\"{n}:{n}\"}"]),
        new(["add", "add_numbers", "sum", "plus"], ["Adds two numbers.", "The sum of two integers."],
            [("[a|x]", "integer", "{n}"), ("[b|y]", "integer", "{n}")], ["What is {0} plus {1}?", "Add {0} and {1}.", "{0} + {1}", "How much is {0} + {1}?", "The sum of {0} and {1}, please"], ["{n}"]),
        new(["minus", "difference", "take_away"], ["Takes one number from another.", "How much more one number is than another."],
            [("[a|x|from]", "integer", "{n}"), ("[b|y|by]", "integer", "{n}")], ["{0} - {1}", "How much is {0} - {1}?", "What is the difference of {0} and {1}?", "How much is left of {0} without {1}?", "Compute {0} minus {1}."], ["{n}"]),
        new(["multiply", "product", "times"], ["Multiplies two numbers.", "The product of two integers."],
            [("[a|x]", "integer", "{n}"), ("[b|y]", "integer", "{n}")], ["What is {0} times {1}?", "Multiply {0} by {1}.", "{0} * {1}", "How much is {0} x {1}?"], ["{n}{n}"]),
        new(["divide", "quotient", "share"], ["Divides one number by another.", "The ratio of two numbers."],
            [("[a|number|x]", "integer", "{n}"), ("[b|by|y]", "integer", "{n}")], ["What is {0} divided by {1}?", "Divide {0} by {1}.", "{0} / {1}", "How often does {1} go into {0}?"], ["{d}", "{d}.{d}"]),
        new(["square_root", "root", "sqrt"], ["The square root of a number."],
            [("[number|of|x]", "integer", "{n}")], ["What is the square root of {0}?", "Root of {0}", "Take the root of {0}."], ["{d}", "{d}.{d}"]),
        new(["random_number", "pick_number"], ["Picks a number between two others.", "A random number from one to the other."],
            [("[low|from|min]", "integer", "{n}"), ("[high|to|max]", "integer", "{n}")], ["Give me a number between {0} and {1}.", "Pick a number from {0} to {1}.", "Any number from {0} up to {1}"], ["{n}"]),
        new(["send_message", "message", "send_mail"], ["Sends a message.", "Sends a text to a person."],
            [("[to|person|recipient]", "string", Person), ("text", "string", "[hello|see you soon|call me|I am late|thanks|good night|where are you|come home|{w} {w}|I have the {w}|bring {w}]")],
            ["Tell {0}: {1}", "Send {0} this message: {1}", "Write to {0}: {1}", "Let {0} know: {1}", "Mail {0} this: {1}"], ["sent", "ok", "{\"sent\":true}"]),
        new(["set_timer", "timer", "start_timer"], ["Sets a timer.", "Starts a timer of some minutes."],
            [("[minutes|time]", "integer", "{n}")], ["Set a timer for {0} minutes.", "Timer, {0} minutes", "Wake me in {0} minutes.", "Ring in {0} minutes.", "Start a timer of {0} minutes."], ["ok", "the timer runs", "done"]),
        new(["add_reminder", "reminder", "remind_me"], ["Reminds of something.", "Makes a note to be reminded of."],
            [("[what|text|task]", "string", Task), ("[hour|at|time]", "integer", "{n}")], ["Remind me to {0} at {1}.", "At {1} remind me to {0}.", "I must {0} at {1}, remind me.", "Do not let me forget to {0} at {1}."], done),
        new(["wake", "alarm_for", "wake_person"], ["Wakes a person at an hour.", "Sets an alarm for somebody."],
            [("[who|person|name]", "string", Person), ("[hour|time]", "integer", "{d}")], ["Wake {0} at {1}.", "{0} has to get up at {1}.", "Set an alarm for {0} at {1}.", "Let {0} sleep until {1}."], done),
        new(["add_task", "todo", "note_task"], ["Puts a task on the list.", "Notes what has to be done."],
            [("[task|text|what]", "string", Task)], ["Put this on my list of tasks: {0}", "I have to {0}.", "Note that I must {0}.", "New task: {0}", "Add to my tasks: {0}"], done),
        new(["search", "web_search", "find_pages"], ["Searches the web.", "Finds pages about something."],
            [("query", "string", Subject)], ["Search for {0}.", "Search the web for {0}.", "Find pages about {0}.", "Look up {0}.", "What does the web say about {0}?", "Google {0}"], ["{n} pages", "no pages", "{\"pages\":{n}}"]),
        new(["define", "dictionary", "meaning_of"], ["Tells what a word means.", "Looks a word up in the dictionary."],
            [("[word|term]", "string", "{w}")], ["What does {0} mean?", "Define {0}.", "What is the meaning of {0}?", "Explain the word {0}."], ["a kind of {w}", "nothing found"]),
        new(["translate", "translate_text", "say_in"], ["Translates a text.", "Says a text in another language."],
            [("[text|what]", "string", "[hello|good night|thank you|my {w}|the {w}|{w} {w}]"), ("[language|to]", "string", "[French|German|Spanish|Greek|Dutch|Polish|Turkish|{W}]")],
            ["Translate into {1}: {0}", "How do you say {0} in {1}?", "What is {0} in {1}?", "Say {0} in {1}."], ["{w} {w}", "{\"text\":\"{w}\"}"]),
        new(["find_pictures", "image_search", "search_images"], ["Finds pictures.", "Searches a folder of pictures by text."],
            [("text", "string", Subject)], ["Find pictures of {0}.", "Show me pictures of {0}.", "Search images of {0}.", "Are there pictures of {0}?"], ["{n} pictures", "{\"found\":{n}}"]),
        new(["buy", "add_to_list", "order"], ["Puts a thing on the list.", "Orders a thing.", "Adds something to buy."],
            [("[item|thing|product]", "string", Thing)], ["Buy {0}.", "Put {0} on the list.", "Order {0}, please.", "I need {0} from the shop.", "We are out of {0}.", "Add {0} to what we have to buy.", "Get me {0}."], ["ok", "added", "{\"ok\":true}"]),
        new(["get_price", "price_of", "cost"], ["Tells what a thing costs.", "The price of something."],
            [("[item|thing|what]", "string", Thing)], ["What does {0} cost?", "How much is {0}?", "What is the price of {0}?", "Price of {0}"], ["{n} euros", "{\"price\":{n}}"]),
        new(["convert_money", "exchange", "to_currency"], ["Changes money into another currency."],
            [("amount", "integer", "{n}"), ("[currency|to]", "string", "[dollars|euros|pounds|yen|francs|{w}]")], ["How much are {0} euros in {1}?", "Change {0} dollars to {1}.", "Convert {0} into {1}."], ["{n}", "{n}.{d}{d}"]),
        new(["convert_units", "to_unit"], ["Converts a length into another unit.", "The same in another unit."],
            [("[value|amount]", "integer", "{n}"), ("unit", "string", "[feet|miles|inches|meters|yards|{w}]")], ["How many {1} are {0} meters?", "What is {0} kilometers in {1}?", "Convert {0} meters to {1}."], ["{n}"]),
        new(["call", "phone", "ring"], ["Calls a person by phone.", "Makes a call."],
            [("[name|person|who]", "string", Person)], ["Call {0}.", "Please phone {0}.", "Ring {0} up.", "I have to talk to {0}.", "Get {0} on the phone."], ["nobody answers", "the line is busy", "connected"]),
        new(["get_news", "news", "headlines"], ["Tells the news.", "Headlines about a topic."],
            [("topic", "string", Subject)], ["What is the news about {0}?", "News about {0}", "Any headlines about {0}?", "What is new in {0}?"], ["nothing new", "{n} headlines"]),
        new(["roll_dice", "roll"], ["Rolls dice.", "Rolls a die with so many sides."],
            [("sides", "integer", "[4|6|8|10|12|20]")], ["Roll a die with {0} sides.", "Roll a {0} sided die.", "Throw a die of {0} sides."], ["{n}", "{\"rolled\":{n}}"]),
        new(["get_date", "today", "date"], ["Tells today's date.", "The date of today."],
            [], ["What day is it?", "What is the date today?", "Which date is it?"], ["2026-0{d}-1{d}", "{\"date\":\"2026-0{d}-2{d}\"}"]),
        new(["turn_light", "set_light", "light"], ["Sets the colour of a light.", "Makes the light of a room some color."],
            [("room", "string", Room), ("color", "string", Color)],
            ["Make the light in the {0} {1}.", "Set the {0} light to {1}.", "I want {1} light in the {0}."], ["ok", "done", "{\"ok\":true}"]),
        new(["switch_on", "turn_on", "power_on"], ["Switches a device on.", "Turns something on."],
            [("[device|what|name]", "string", "[lamp|radio|fan|oven|heating|{w}]")], ["Switch the {0} on.", "Turn on the {0}.", "I need the {0} now.", "Start the {0}."], done),
        new(["switch_off", "turn_off", "power_off"], ["Switches a device off.", "Turns something off."],
            [("[device|what|name]", "string", "[lamp|radio|fan|oven|heating|{w}]")], ["Switch the {0} off.", "Turn off the {0}.", "Stop the {0}.", "No more {0}, please."], done),
        new(["volume", "loudness", "sound_level"], ["Changes how loud the sound is.", "Makes the music louder or softer."],
            [("[percent|value|loudness]", "integer", "{n}")], ["Turn the sound to {0}.", "Volume {0}", "Make the music {0} percent loud.", "Louder: {0}", "Turn it down to {0}."], done),
        new(["set_heating", "heating", "thermostat"], ["Sets the heating.", "Heats a room to some degrees."],
            [("room", "string", Room), ("[degrees|celsius]", "integer", "{n}")], ["Heat the {0} to {1} degrees.", "I want {1} degrees in the {0}.", "Make the {0} {1} degrees warm.", "{1} degrees for the {0}"], done),
        new(["set_brightness", "brightness", "dim"], ["Sets how bright the screen is.", "Dims the light."],
            [("[percent|level|value]", "integer", "{n}")], ["Make the screen {0} percent bright.", "Brightness {0}", "Dim the light to {0}.", "Set the brightness to {0}."], done),
        new(["play_song", "play", "music"], ["Plays a song.", "Plays music by a name."],
            [("[song|title|name]", "string", "[{w} {w}|the {w}|my {w}|{W}]")], ["Play {0}.", "I want to hear {0}.", "Play the song {0}.", "Put on {0}."], ["playing", "no such song", "ok"]),
        new(["find_flight", "flights", "search_flights"], ["Finds a flight.", "Searches flights from one place to another."],
            [("from", "string", Place), ("to", "string", Place)], ["I want to fly from {0} to {1}.", "Which flights go from {0} to {1}?", "Flights from {0} to {1}", "Find a flight to {1} from {0}.", "Book me from {0} to {1}."], ["{n} flights", "none", "{\"flights\":{n}}"]),
        new(["distance", "how_far", "get_distance"], ["Tells how far two places are from each other.", "The distance between two cities."],
            [("[from|first|a]", "string", Place), ("[to|second|b]", "string", Place)], ["How far is it from {0} to {1}?", "What is the distance between {0} and {1}?", "How many kilometers are there from {0} to {1}?", "Is {0} far from {1}?"], ["{n} km", "{\"km\":{n}}"]),
        new(["next_bus", "bus_times", "timetable"], ["Tells when the next bus goes.", "Buses from a stop to a city."],
            [("[from|start]", "string", Place), ("[to|goal]", "string", Place)], ["When does a bus go from {0} to {1}?", "Next bus to {1} from {0}", "How do I get from {0} to {1} by bus?", "Bus from {0} to {1}"], ["in {n} minutes", "{\"minutes\":{n}}"]),
        new(["order_taxi", "taxi", "call_taxi"], ["Orders a taxi.", "Sends a taxi to a place."],
            [("[to|place|where]", "string", Place)], ["I need a taxi to {0}.", "Taxi to {0}", "Send a taxi to {0}.", "Bring me to {0}."], done),
        new(["book_table", "reserve_table", "reservation"], ["Books a table.", "Reserves a table for some people."],
            [("[name|place|restaurant]", "string", Place), ("[people|guests|persons]", "integer", "{d}")], ["Book a table for {1} at {0}.", "We are {1} and want to eat at {0}.", "Reserve {1} seats at {0}.", "A table at {0} for {1} people"], done),
        new(["book_room", "find_hotel", "hotel"], ["Books a room in a hotel.", "Finds a hotel in a city."],
            [(City, "string", Place), ("[nights|days]", "integer", "{d}")], ["I need a room in {0} for {1} nights.", "Find me a hotel in {0}, {1} nights.", "Book a hotel in {0} for {1} nights.", "{1} nights in {0}"], ["{n} hotels", "booked", "none free"]),
        new(["population", "people_in", "inhabitants"], ["Tells how many people live somewhere.", "The population of a city."],
            [(City, "string", Place)], ["How many people live in {0}?", "How big is {0}?", "What is the population of {0}?"], ["{n} million", "{n}000"]),
        new(["capital_of", "get_capital", "capital"], ["Tells the capital of a country."],
            [("country", "string", Place)], ["What is the capital of {0}?", "Which city is the capital of {0}?", "Capital of {0}"], ["{W}", "{\"capital\":\"{W}\"}"]),
        new(["stock_price", "share_price", "quote"], ["Tells the price of a share.", "Stock price of a company."],
            [("[company|symbol|name]", "string", "{W}")], ["How do the shares of {0} stand?", "What is the stock price of {0}?", "Share price of {0}", "What is {0} worth?"], ["{n}.{d}{d}", "{\"price\":{n}}"]),
        new(["read_file", "open_file", "load"], ["Reads a file.", "Opens a file by its name."],
            [("[file|path|name]", "string", "{w}.[txt|csv|md|json]")], ["Read {0}.", "Open the file {0}.", "What is in {0}?", "Show me {0}."], ["{n} lines", "no such file"]),
        new(["delete_file", "remove", "trash"], ["Deletes a file.", "Throws a file away."],
            [("[file|path|name]", "string", "{w}.[txt|csv|md|json]")], ["Delete {0}.", "Remove the file {0}.", "Throw {0} away.", "I do not need {0} any more."], done),
        new(["add_event", "calendar", "new_event"], ["Puts something into the calendar.", "Makes an appointment."],
            [("[title|what|event]", "string", "[{w} party|a walk|lunch with {W}|the {w}|dinner|a talk]"), ("day", "string", "[Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday]")],
            ["Put {0} into my calendar on {1}.", "On {1} there is {0}.", "I have {0} on {1}.", "Calendar: {0}, {1}"], done),
        new(["meet", "plan_meeting", "invite"], ["Plans a meeting with somebody.", "Invites a person."],
            [("[person|with|guest]", "string", Person), ("day", "string", "[Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday]")], ["I want to meet {0} on {1}.", "Invite {0} for {1}.", "Plan a meeting with {0} on {1}.", "On {1} I see {0}."], done),
        new(["pay", "send_money", "transfer"], ["Pays somebody.", "Sends money to a person."],
            [("[to|person|who]", "string", Person), ("[amount|euros|sum]", "integer", "{n}")], ["Pay {0} {1} euros.", "Send {1} dollars to {0}.", "I owe {0} {1} euros.", "{0} gets {1} from me."], done),
        new(["age_of", "how_old", "get_age"], ["Tells how old a person is.", "The age of somebody."],
            [("[person|name|who]", "string", Person)], ["How old is {0}?", "What is the age of {0}?", "When was {0} born?"], ["{n} years", "{\"age\":{n}}"]),
        new(["where_is", "locate", "find_person"], ["Tells where somebody is.", "Finds a person on the map."],
            [("[person|name|who]", "string", Person)], ["Where is {0}?", "Where can I find {0}?", "Is {0} at home?", "Find {0}."], ["in {W}", "at home", "unknown"]),
        new(["recipe", "find_recipe", "how_to_cook"], ["Finds a recipe.", "Tells how a meal is cooked."],
            [("[dish|meal|food]", "string", "[{w}|{w} soup|{w} cake|pizza|rice|fish]")], ["How do I cook {0}?", "Find a recipe for {0}.", "I want to eat {0}.", "What is in {0}?"], ["{n} recipes", "take {w} and {w}"]),
        new(["count_words", "word_count", "length_of"], ["Counts the words of a text.", "How long a text is."],
            [("text", "string", "[{w} {w}|{w} {w} {w}|the {w} is {w}|I like {w}]")], ["How many words has this: {0}", "Count the words: {0}", "How long is the text {0}?"], ["{d}", "{\"words\":{d}}"]),
        new(["save_note", "note", "write_down"], ["Writes a note.", "Saves a text for later."],
            [("[text|note|content]", "string", "[{w} {w}|the {w} is {w}|I like {w}|{W} has my {w}|buy {w}]")], ["Note: {0}", "Write this down: {0}", "Save this text: {0}", "Make a note of this: {0}"], done),
        new(["run_command", "shell", "execute"], ["Runs a command.", "Executes a command in the shell."],
            [("command", "string", "[ls|pwd|cat {w}|cd {w}|mkdir {w}|echo {w}]")], ["Run {0}.", "Execute this: {0}", "Run the command {0}", "Shell: {0}"], ["{w}", "done", "error"]),
    ];

    /// <summary>Those that take a list: what comes next in it is harder to find than the next word of a name.</summary>
    public static IReadOnlyList<ToolPattern> Lists { get; } =
    [
        new(["choose", "pick_one", "decide"], ["Chooses one of several things.", "Picks one at random."],
            [("[options|choices|of]", "strings", Known)], ["Choose one of these: {0}", "Which shall I take: {0}?", "Pick one: {0}", "Decide between {0}.", "What is best: {0}?"], ["the first", "{d}", "{\"chosen\":{d}}"]),
        new(["buy_all", "shopping", "order_all"], ["Buys several things.", "Puts several things on the list."],
            [("[items|things]", "strings", Thing)], ["Buy {0}.", "I need {0}.", "Put these on the list: {0}", "Get me {0}, please."], done),
        new(["invite_people", "party", "ask_all"], ["Invites several people.", "Asks people to come."],
            [("[guests|people|names]", "strings", Person)], ["Invite {0}.", "I want to see {0}.", "Ask {0} to come.", "My guests are {0}."], ["{d} come", "ok"]),
        new(["sort_words", "in_order", "sorted"], ["Sorts words.", "Brings several texts in order."],
            [("[words|texts]", "strings", Known)], ["Sort these words: {0}", "Bring this in order: {0}", "What is the right order of {0}?"], done),
        new(["compare_prices", "cheapest"], ["Compares the prices of several things.", "Finds the cheapest of several things."],
            [("[items|products]", "strings", Thing)], ["What is cheaper: {0}?", "Compare the prices of {0}.", "Which of these costs least: {0}?"], ["the first", "{n} euros"]),
    ];
}

/// <summary>A tool with several names and wordings.</summary>
/// <param name="Names">What programs call it.</param>
/// <param name="Descriptions">What it does.</param>
/// <param name="Arguments">Names, in the notation of <see cref="Wording"/>, types and values of its arguments.</param>
/// <param name="Requests">What it is called for; {0} and {1} are the arguments.</param>
/// <param name="Results">What it returns.</param>
internal sealed record ToolPattern(string[] Names, string[] Descriptions, (string Names, string Type, string Values)[] Arguments, string[] Requests, string[] Results)
{
    /// <summary>One of its forms.</summary>
    public ProgramTool Draw(SceneRandom random)
    {
        var described = random.Chance(0.4);
        var arguments = Arguments.Select(argument =>
        {
            var name = Wording.Choose(argument.Names, random);
            // The schema of a list is only a mark with a description before it.
            return new ToolArgument(name, argument.Type, described || argument.Type == "strings" ? $"The {name}." : null);
        });
        return new ProgramTool(new ToolSketch(random.Pick(Names), random.Pick(Descriptions), [.. arguments]), [.. Arguments.Select(argument => argument.Values)], Requests, Results);
    }
}
