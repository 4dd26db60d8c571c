using System.Globalization;
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

    // What each is asked for, and what its arguments can be; the request names them.
    private static readonly (AIFunction Tool, string Request, (string Name, Func<Random, object> Value)[] Arguments)[] Programs =
    [
        (AIFunctionFactory.Create((string city) => city, "temperature_now", "The temperature in a city."), "How warm is it in {city}?", [("city", Of(Cities))]),
        (AIFunctionFactory.Create((string person, int minutes) => person + minutes, "remind", "Reminds a person after some minutes."),
            "Remind {person} in {minutes} minutes.", [("person", Of(Names)), ("minutes", Number(2, 60))]),
        (AIFunctionFactory.Create((int first, int second) => first - second, "subtract", "The difference of two numbers."),
            "What is {first} minus {second}?", [("first", Number(20, 99)), ("second", Number(2, 20))]),
        (AIFunctionFactory.Create((string what) => what, "shopping_list", "Puts something on the shopping list."), "Please put {what} on my shopping list.", [("what", Of(Goods))]),
        (AIFunctionFactory.Create((string from, string to) => from + to, "find_train", "Finds a train between two cities."),
            "Find me a train from {from} to {to}.", [("from", Of(Cities)), ("to", Of(Cities))]),
        (AIFunctionFactory.Create((int level) => level, "set_volume", "Sets the volume of the music."), "Set the volume to {level}.", [("level", Number(1, 11))]),
        (AIFunctionFactory.Create((string name) => name, "star_sign", "The star sign that a person has."), "Which star sign does {name} have?", [("name", Of(Names))]),
        (AIFunctionFactory.Create((string street) => street, "find_parking", "Finds a free parking space in a street."), "Is there any parking free in {street}?", [("street", Of(Streets))]),
        (AIFunctionFactory.Create((string plant, int liters) => plant + liters, "water_plant", "Gives a plant some liters of water."),
            "Give the {plant} {liters} liters of water.", [("plant", Of(Plants)), ("liters", Number(1, 10))]),
        (AIFunctionFactory.Create((string film) => film, "vote", "Votes for a film."), "My vote goes to {film}.", [("film", Of(Films))]),
        (AIFunctionFactory.Create((string title, string reader) => title + reader, "lend_book", "Lends a book to a reader."),
            "Lend the book {title} to {reader}.", [("title", Of(Films)), ("reader", Of(Names))]),
        (AIFunctionFactory.Create((int meters) => meters, "move_robot", "Moves the robot forward by some meters."), "The robot has to go {meters} meters forward.", [("meters", Number(2, 50))]),
    ];

    private static readonly string[] Labels = ["a dog", "a cat", "a red circle", "a blue star", "a banana", "a green square", "a car", "a letter A", "a yellow heart", "a fish"];

    /// <summary>A request to a program's tool, with one or two others beside it.</summary>
    public static ToolRequest OfPrograms(Random random)
    {
        var (tool, request, values) = Programs[random.Next(Programs.Length)];
        List<AITool> tools = [tool, .. Programs.Select(other => other.Tool).Where(other => other != tool).OrderBy(_ => random.Next()).Take(random.Next(1, 3))];
        var arguments = values.ToDictionary(argument => argument.Name, argument => argument.Value(random));
        foreach (var (name, value) in arguments)
            request = request.Replace($"{{{name}}}", Convert.ToString(value, CultureInfo.InvariantCulture), StringComparison.Ordinal);
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

    private static Func<Random, object> Of(string[] words) => random => words[random.Next(words.Length)];

    private static Func<Random, object> Number(int least, int end) => random => random.Next(least, end);
}
