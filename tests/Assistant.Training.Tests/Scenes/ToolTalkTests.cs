using System.Text.Json.Nodes;
using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class ToolTalkTests
{
    private static readonly List<SceneConversation> Conversations = [.. Enumerable.Range(0, 300).Select(i => Conversation((ulong)i))];

    [Fact]
    public void Calls_NameAnOfferedTool_AndCopyTheirArguments()
    {
        var calls = 0;
        foreach (var conversation in Conversations)
        {
            var offered = Offered(conversation);
            for (var i = 0; i < conversation.Turns.Count; i++)
            {
                var turn = conversation.Turns[i];
                if (Call(turn) is not { } call)
                    continue;
                calls++;
                var tool = Assert.Single(offered, tool => (string)tool["name"]! == (string)call["name"]!);
                var arguments = call["arguments"]!.AsObject();
                var schema = tool["parameters"]!;
                Assert.Equal(schema["required"]?.AsArray().Select(name => (string)name!) ?? [], arguments.Select(argument => argument.Key));
                foreach (var (name, value) in arguments)
                {
                    Assert.Equal((string?)schema["properties"]![name]!["type"], value!.GetValueKind() switch
                    {
                        System.Text.Json.JsonValueKind.Number => "integer",
                        System.Text.Json.JsonValueKind.Array => "array",
                        _ => "string",
                    });
                    var texts = value is JsonArray items ? items.Select(item => (string)item!) : value.GetValueKind() == System.Text.Json.JsonValueKind.String ? [(string)value!] : [];
                    Assert.All(texts, text => Assert.Contains(text, turn.Question, StringComparison.OrdinalIgnoreCase));
                    if (name == "picture")
                        Assert.InRange((int)value!, 1, conversation.Scenes.Count);
                }
            }
        }
        Assert.InRange(calls, 300, 900);
    }

    [Fact]
    public void TwoPictures_AreComparedOnceBothAreShown()
    {
        var compared = 0;
        foreach (var conversation in Conversations)
        {
            var shown = 0;
            foreach (var turn in conversation.Turns)
            {
                shown += turn.Pictures.Count();
                if ((string?)Call(turn)?["name"] != "compare_pictures")
                    continue;
                compared++;
                Assert.Equal(2, shown);
            }
        }
        Assert.InRange(compared, 5, 200);
    }

    [Fact]
    public void Results_AreSaidInWords()
    {
        foreach (var turn in Conversations.SelectMany(conversation => conversation.Turns).Where(turn => turn.Question.StartsWith("<tool_response>", StringComparison.Ordinal)))
        {
            var result = turn.Question["<tool_response>".Length..^"</tool_response>".Length];
            Assert.EndsWith(".", turn.Answer, StringComparison.Ordinal);
            Assert.All(Told(result), text => Assert.Contains(text, turn.Answer, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void SomeRequests_NeedNoTool()
    {
        var direct = Conversations.SelectMany(conversation => conversation.Turns).Where(turn => turn.Family != QuestionFamily.Tools).ToList();
        Assert.InRange(direct.Count, 150, 500);
        Assert.Contains(direct, turn => turn.Family == QuestionFamily.Describe);
        Assert.Contains(direct, turn => turn.Family == QuestionFamily.SmallTalk);
    }

    [Fact]
    public void AConversation_IsTheSameEverywhere_AndShowsEachPictureOnce()
    {
        for (var i = 0; i < 20; i++)
            Assert.Equal(Conversations[i].Turns, Conversation((ulong)i).Turns);
        Assert.All(Conversations, conversation => Assert.Equal(
            Enumerable.Range(0, conversation.Scenes.Count), conversation.Turns.SelectMany(turn => turn.Pictures)));
    }

    [Fact]
    public void WhatIsAskedOfATool_IsNamedUnlessItIsTheLastPicture()
    {
        var (unnamed, atOnce) = (0, 0);
        foreach (var conversation in Conversations.Where(conversation => conversation.Scenes.Count == 2))
        {
            atOnce += conversation.Turns[0].Pictures.Count() == 2 ? 1 : 0;
            var shown = 0;
            foreach (var turn in conversation.Turns)
            {
                shown += turn.Pictures.Count();
                if (Call(turn)?["arguments"]!["picture"] is not { } picture)
                    continue;
                if ((int)picture != shown)
                    Assert.Contains(new[] { "first", "second" }[(int)picture - 1], turn.Question, StringComparison.OrdinalIgnoreCase);
                else if (!turn.Question.Contains("second", StringComparison.OrdinalIgnoreCase))
                    unnamed++;
            }
        }
        Assert.InRange(unnamed, 10, 200);
        Assert.InRange(atOnce, 20, 80);
    }

    [Fact]
    public void Marks_CoverWhatAllOffersAndCallsShare()
    {
        foreach (var text in Conversations.SelectMany(conversation => conversation.Turns.Select(turn => turn.Answer).Where(answer => answer.StartsWith('<')).Append(conversation.System!)))
        {
            var left = ToolSketch.Marks.OrderByDescending(mark => mark.Length).Aggregate(text, (rest, mark) => rest.Replace(mark, "\n", StringComparison.Ordinal));
            // All that is left is names, descriptions and values.
            Assert.DoesNotContain(left, character => character is '{' or '}' or '"' or '<' or '>');
        }
    }

    [Fact]
    public void NobodyRefusesWhatAnOfferedToolKnows()
    {
        string[] weather = ["get_weather", "current_weather", "weather", "forecast", "get_forecast"];
        var refused = 0;
        for (var i = 0UL; i < 3000; i++)
        {
            var conversation = ToolTalk.TextOnly(SceneRandom.For(21, i), 3, tools: 2);
            foreach (var turn in conversation.Turns.Where(turn => turn.Answer.Contains("do not know that", StringComparison.Ordinal)))
            {
                refused++;
                if (Offered(conversation).Any(tool => weather.Contains((string)tool["name"]!)))
                    Assert.DoesNotContain("weather", turn.Question, StringComparison.OrdinalIgnoreCase);
            }
        }
        Assert.InRange(refused, 300, 3000);
    }

    [Fact]
    public void CommonTools_HaveAWordingForEveryArgument()
    {
        Assert.All(CommonTools.Patterns, pattern => Assert.All(pattern.Requests, request =>
            Assert.Equal(Enumerable.Range(0, pattern.Arguments.Length), Enumerable.Range(0, 3).Where(i => request.Contains($"{{{i}}}", StringComparison.Ordinal)))));
        Assert.All(CommonTools.Patterns, pattern => Assert.NotEmpty(pattern.Results));
        Assert.Equal(CommonTools.Patterns.Count, CommonTools.Patterns.Select(pattern => pattern.Names[0]).Distinct().Count());
    }

    [Fact]
    public void ManyToolsOfPrograms_AreUnheardOf_AndShareAWordWithTheirRequest_AndSomeTakeLists()
    {
        var random = new SceneRandom(3);
        var tools = Enumerable.Range(0, 300).SelectMany(_ => ProgramToolSketches.Draw(random, 2)).ToList();
        Assert.InRange(tools.Select(tool => tool.Sketch.Name).Distinct().Count(), 300, 600);
        Assert.InRange(tools.Count(tool => tool.Sketch.Arguments.Any(argument => argument.Type == "strings")), 80, 160);
        var shared = tools.Count(tool => tool.Ask(random).Question.Split(' ', '.', '?', ':', ',').Intersect(tool.Sketch.Name.Split('_'), StringComparer.OrdinalIgnoreCase).Any());
        Assert.InRange(shared / (double)tools.Count, 0.5, 0.8);
    }

    private static SceneConversation Conversation(ulong index)
    {
        var random = SceneRandom.For(11, index);
        var scenes = new SceneGenerator(12, tiers: SceneTiers.All);
        return index % 3 == 0
            ? ToolTalk.TextOnly(random, 2, tools: 1 + (int)(index % 4))
            : ToolTalk.AboutPictures([.. Enumerable.Range(0, 1 + (int)(index % 2)).Select(i => scenes.Generate(2 * index + (ulong)i))], random, 3);
    }

    private static JsonNode? Call(SceneTurn turn) =>
        turn.Answer.StartsWith("<tool_call>", StringComparison.Ordinal) ? JsonNode.Parse(turn.Answer["<tool_call>".Length..^"</tool_call>".Length]) : null;

    private static List<JsonNode> Offered(SceneConversation conversation) =>
        [.. conversation.System!.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)];

    // What a result says: the best of several labels, else all of it but the numbers of the pictures.
    private static IEnumerable<string> Told(string result)
    {
        if (!result.StartsWith('{'))
            return [result];
        var members = JsonNode.Parse(result)!.AsObject();
        return members["labels"] is JsonArray labels
            ? [(string)labels[0]!["label"]!, labels[0]!["score"]!.ToJsonString()]
            : [.. members.Where(member => member.Key is not ("picture" or "pictures")).Select(member => member.Value!.ToString())];
    }
}
