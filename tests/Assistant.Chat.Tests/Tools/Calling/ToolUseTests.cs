using System.Text.Json;
using Assistant.Chat.Grammars;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Chat.Tests.Grammars;
using Assistant.Chat.Tools.Calling;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Tools.Calling;

public class ToolUseTests
{
    private static readonly AITool weather = AIFunctionFactory.CreateDeclaration(
        "weather", "Tells the weather.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city"]}"""));
    private static readonly AITool time = AIFunctionFactory.CreateDeclaration("time", null, JsonElement.Parse("""{"type":"object","properties":{}}"""));
    private static readonly AITool odd = AIFunctionFactory.CreateDeclaration("odd", null, JsonElement.Parse("""{"type":"object","not":{"required":["x"]}}"""));

    [Fact]
    public void NoTools_OrNoneWanted_IsNoToolUse()
    {
        Assert.Null(ToolUse.For(null, Hermes));
        Assert.Null(ToolUse.For(new ChatOptions { Tools = [] }, Hermes));
        Assert.Null(ToolUse.For(new ChatOptions { Tools = [weather], ToolMode = ChatToolMode.None }, Hermes));
    }

    [Theory]
    [InlineData("Words are free, < and <tool_ and 1 < 2.", true)]
    [InlineData("", true)]
    [InlineData("""<tool_call>{"name": "weather", "arguments": {"city": "Rome", "days": 3}}</tool_call>""", true)]
    [InlineData("""Hm. <<tool_call>{"name": "time", "arguments": {}}</tool_call>""", true)]
    [InlineData("""<tool_call>{"name": "time", "arguments": {}}</tool_call> <tool_call>{"name": "time", "arguments": {}}</tool_call>""", true)]
    [InlineData("""<tool_call>{"name": "odd", "arguments": {"anything": [1]}}</tool_call>""", true)]
    [InlineData("""<tool_call>{"name": "weather", "arguments": {"days": 3}}</tool_call>""", false)]
    [InlineData("""<tool_call>{"name": "weather", "arguments": {"city": "Rome", "days": 9}}</tool_call>""", false)]
    [InlineData("""<tool_call>{"name": "nobody", "arguments": {}}</tool_call>""", false)]
    [InlineData("<tool_call>later", false)]
    public void Auto_LeavesWordsFree_AndBindsCalls(string answer, bool allowed) => Assert.Equal(allowed, Grammar(Hermes, null).Matches(answer));

    [Theory]
    [InlineData("required", "Words.", false)]
    [InlineData("required", """<tool_call>{"name": "time", "arguments": {}}</tool_call>""", true)]
    [InlineData("weather", """<tool_call>{"name": "time", "arguments": {}}</tool_call>""", false)]
    [InlineData("weather", """<tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call>""", true)]
    [InlineData("weather", """<tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call><tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call>""", false)]
    public void Required_AndNamed_AreHonoured(string mode, string answer, bool allowed) =>
        Assert.Equal(allowed, Grammar(Hermes, mode == "required" ? ChatToolMode.RequireAny : ChatToolMode.RequireSpecific(mode)).Matches(answer));

    [Theory]
    [InlineData("mistral", """[TOOL_CALLS] [{"name": "time", "arguments": {}}, {"name": "weather", "arguments": {"city": "Rome"}}]""", true)]
    [InlineData("mistral", "Words with [TOOL] and [TOOL_CALL] in them", true)]
    [InlineData("mistral", "[TOOL_CALLS] none", false)]
    [InlineData("llama3", """{"name": "weather", "parameters": {"city": "Rome"}}""", true)]
    [InlineData("llama3", "Words {x}.", true)]
    [InlineData("llama3", """{"name": "weather", "arguments": {"city": "Rome"}}""", false)]
    public void Grammar_IsTheFamilys(string family, string answer, bool allowed) => Assert.Equal(allowed, Grammar(Family(family), null).Matches(answer));

    [Fact]
    public void AFormat_AllowsCallsBesideIt()
    {
        var format = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object","properties":{"colour":{"enum":["red"]}},"required":["colour"]}"""));
        var grammar = ToolUse.For(new ChatOptions { Tools = [time] }, Hermes)!.Grammar(format);
        Assert.True(grammar.Matches("""{"colour":"red"}"""));
        Assert.True(grammar.Matches("""<tool_call>{"name": "time", "arguments": {}}</tool_call>"""));
        Assert.False(grammar.Matches("red"));
    }

    [Fact]
    public void SchemasTooLargeTogether_BindCallsToAnyObject()
    {
        var huge = AIFunctionFactory.CreateDeclaration("huge", null, JsonElement.Parse("""{"type":"object","properties":{"s":{"type":"array","maxItems":2000,"items":{"type":"string","minLength":2000}}}}"""));
        var pattern = AIFunctionFactory.CreateDeclaration("pattern", null, JsonElement.Parse("""{"type":"object","properties":{"s":{"type":"string","pattern":"^((a{1000}){1000}){1000}$"}}}"""));
        var grammar = ToolUse.For(new ChatOptions { Tools = [huge, pattern] }, Hermes)!.Grammar(null);
        Assert.True(grammar.Matches("""<tool_call>{"name": "pattern", "arguments": {"s": "b"}}</tool_call>"""));
        Assert.False(grammar.Matches("""<tool_call>{"name": "nobody", "arguments": {}}</tool_call>"""));
    }

    [Fact]
    public void OneCallOnly_WhereSeveralAreNotWanted()
    {
        var grammar = ToolUse.For(new ChatOptions { Tools = [time], AllowMultipleToolCalls = false }, Hermes)!.Grammar(null);
        const string Call = """<tool_call>{"name": "time", "arguments": {}}</tool_call>""";
        Assert.True(grammar.Matches(Call));
        Assert.False(grammar.Matches(Call + Call));
    }

    [Fact]
    public void WrongOffers_AreRefused()
    {
        Assert.Contains("'nobody' must be called", Refused(new ChatOptions { Tools = [time], ToolMode = ChatToolMode.RequireSpecific("nobody") }), StringComparison.Ordinal);
        Assert.Contains("'time' is offered 2 times", Refused(new ChatOptions { Tools = [time, time] }), StringComparison.Ordinal);
        Assert.Contains("at most 128", Refused(new ChatOptions { Tools = [.. Enumerable.Repeat(time, 129)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAPlaceInTheTemplate_ToolsCallsAndResultsAreWords()
    {
        var template = ChatTemplate.Find("phi3")!;
        var use = ToolUse.For(new ChatOptions { Tools = [time] }, template)!;
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be brief."),
            new(ChatRole.User, "When?"),
            new(ChatRole.Assistant, [new FunctionCallContent("call_1", "time")]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "noon")]),
        ];
        Assert.Null(use.TemplateTools);
        var text = string.Concat(template.Render(use.Prepare(messages), use.TemplateTools).Select(segment => segment switch { TemplateSegment mark => mark.Text, TextSegment said => said.Text, _ => "" }));
        Assert.StartsWith("<|system|>\nBe brief.\n\nYou can call functions.", text, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"time\",", text, StringComparison.Ordinal);
        Assert.EndsWith(
            "<|user|>\nWhen?<|end|>\n<|assistant|>\n<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call><|end|>\n<|user|>\n<tool_response>noon</tool_response><|end|>\n<|assistant|>\n",
            text, StringComparison.Ordinal);
    }

    private static ChatTemplate Hermes => Family("qwen");

    private static JinjaChatTemplate Family(string name) => new(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Prompts/Families", name + ".jinja")));

    private static Grammar Grammar(ChatTemplate template, ChatToolMode? mode) => ToolUse.For(new ChatOptions { Tools = [weather, time, odd], ToolMode = mode }, template)!.Grammar(null);

    private static string Refused(ChatOptions options) => Assert.Throws<ChatRequestException>(() => ToolUse.For(options, Hermes)).Message;
}
