using Assistant.Vision.Imaging;
using Microsoft.Extensions.AI;
using SceneExam.Pictures;

namespace SceneExam.Tools;

/// <summary>A request that one tool answers.</summary>
/// <param name="Messages">The conversation.</param>
/// <param name="Tools">What is offered; empty where the assistant's own vision tools are.</param>
/// <param name="Tool">The tool to call.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ToolRequest(IReadOnlyList<ChatMessage> Messages, IList<AITool> Tools, string Tool, IReadOnlyDictionary<string, object> Arguments);

/// <summary>Makes requests for tools, in words that no training chose.</summary>
internal static class ToolRequests
{
    private static readonly string[] Cities = ["Hamburg", "Osaka", "Lagos", "Denver", "Warsaw", "Naples", "Bergen", "Quito"];
    private static readonly string[] Names = ["Julia", "Peter", "Emma", "Oscar", "Clara", "Felix"];
    private static readonly string[] Streets = ["Elm Street", "Baker Street", "Harbour Road", "Mill Lane"];
    private static readonly string[] Plants = ["fern", "cactus", "rose", "orchid", "basil"];
    private static readonly string[] Films = ["Casablanca", "Metropolis", "Vertigo", "The Third Man", "Blue Velvet"];
    private static readonly string[] Goods = ["butter", "a ladder", "two candles", "paper", "honey", "an umbrella"];

    // The arguments' values stand in the request.
    private static readonly (AIFunction Tool, Func<Random, (string Request, Dictionary<string, object> Arguments)> Ask)[] Programs =
    [
        (AIFunctionFactory.Create((string city) => city, "temperature_now", "The temperature in a city."), random =>
        {
            var city = Pick(Cities, random);
            return ($"How warm is it in {city}?", new() { ["city"] = city });
        }),
        (AIFunctionFactory.Create((string person, int minutes) => person + minutes, "remind", "Reminds a person after some minutes."), random =>
        {
            var (person, minutes) = (Pick(Names, random), random.Next(2, 60));
            return ($"Remind {person} in {minutes} minutes.", new() { ["person"] = person, ["minutes"] = minutes });
        }),
        (AIFunctionFactory.Create((int first, int second) => first - second, "subtract", "The difference of two numbers."), random =>
        {
            var (first, second) = (random.Next(20, 99), random.Next(2, 20));
            return ($"What is {first} minus {second}?", new() { ["first"] = first, ["second"] = second });
        }),
        (AIFunctionFactory.Create((string what) => what, "shopping_list", "Puts something on the shopping list."), random =>
        {
            var what = Pick(Goods, random);
            return ($"Please put {what} on my shopping list.", new() { ["what"] = what });
        }),
        (AIFunctionFactory.Create((string from, string to) => from + to, "find_train", "Finds a train between two cities."), random =>
        {
            var (from, to) = (Pick(Cities, random), Pick(Cities, random));
            return ($"Find me a train from {from} to {to}.", new() { ["from"] = from, ["to"] = to });
        }),
        (AIFunctionFactory.Create((int level) => level, "set_volume", "Sets the volume of the music."), random =>
        {
            var level = random.Next(1, 11);
            return ($"Set the volume to {level}.", new() { ["level"] = level });
        }),
        (AIFunctionFactory.Create((string name) => name, "star_sign", "The star sign that a person has."), random =>
        {
            var name = Pick(Names, random);
            return ($"Which star sign does {name} have?", new() { ["name"] = name });
        }),
        (AIFunctionFactory.Create((string street) => street, "find_parking", "Finds a free parking space in a street."), random =>
        {
            var street = Pick(Streets, random);
            return ($"Is there any parking free in {street}?", new() { ["street"] = street });
        }),
        (AIFunctionFactory.Create((string plant, int liters) => plant + liters, "water_plant", "Gives a plant some liters of water."), random =>
        {
            var (plant, liters) = (Pick(Plants, random), random.Next(1, 10));
            return ($"Give the {plant} {liters} liters of water.", new() { ["plant"] = plant, ["liters"] = liters });
        }),
        (AIFunctionFactory.Create((string film) => film, "vote", "Votes for a film."), random =>
        {
            var film = Pick(Films, random);
            return ($"My vote goes to {film}.", new() { ["film"] = film });
        }),
        (AIFunctionFactory.Create((string title, string reader) => title + reader, "lend_book", "Lends a book to a reader."), random =>
        {
            var (title, reader) = (Pick(Films, random), Pick(Names, random));
            return ($"Lend the book {title} to {reader}.", new() { ["title"] = title, ["reader"] = reader });
        }),
        (AIFunctionFactory.Create((int meters) => meters, "move_robot", "Moves the robot forward by some meters."), random =>
        {
            var meters = random.Next(2, 50);
            return ($"The robot has to go {meters} meters forward.", new() { ["meters"] = meters });
        }),
    ];

    private static readonly string[] Labels = ["a dog", "a cat", "a red circle", "a blue star", "a banana", "a green square", "a car", "a letter A", "a yellow heart", "a fish"];

    /// <summary>A request to a program's tool, with one or two others beside it.</summary>
    public static ToolRequest OfPrograms(Random random)
    {
        var (tool, ask) = Programs[random.Next(Programs.Length)];
        List<AITool> tools = [tool, .. Programs.Select(other => other.Tool).Where(other => other != tool).OrderBy(_ => random.Next()).Take(random.Next(1, 3))];
        var (request, arguments) = ask(random);
        return new ToolRequest([new ChatMessage(ChatRole.User, request)], [.. tools.OrderBy(_ => random.Next())], tool.Name, arguments);
    }

    /// <summary>A request for one of the assistant's own vision tools, about one picture or two.</summary>
    public static ToolRequest AboutPictures(Random random)
    {
        var pictures = random.Next(3) == 0 ? 2 : 1;
        var labels = Labels.OrderBy(_ => random.Next()).Take(random.Next(2, 5)).ToArray();
        var text = Labels[random.Next(Labels.Length)];
        var (request, tool, arguments) = random.Next(pictures == 2 ? 5 : 4) switch
        {
            0 => ($"Which of these labels is right for the picture: {string.Join(", ", labels)}?", "label_picture", new Dictionary<string, object> { ["picture"] = pictures, ["labels"] = labels }),
            1 => ("Please make a caption for this picture with your tool.", "caption_picture", new() { ["picture"] = pictures }),
            2 => ("Ask the tool this: how many stars are there?", "ask_picture", new() { ["picture"] = pictures, ["question"] = "how many stars are there?" }),
            3 => ($"How well does this sentence fit the picture: {text}", "match_text", new() { ["picture"] = pictures, ["text"] = text }),
            _ => ("How similar are my two pictures?", "compare_pictures", new() { ["first"] = 1, ["second"] = 2 }),
        };
        var shown = Enumerable.Range(0, pictures).Select(_ => new DataContent(ImageEncoder.ToPng(Painter.Paint(SceneMaker.Make(random))), "image/png"));
        return new ToolRequest([new ChatMessage(ChatRole.User, [.. shown, new TextContent(request)])], [], tool, arguments);
    }

    private static string Pick(string[] words, Random random) => words[random.Next(words.Length)];
}
