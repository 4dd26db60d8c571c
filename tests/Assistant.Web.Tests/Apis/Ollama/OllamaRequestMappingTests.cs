using System.Text.Json;
using Assistant.Chat.Models;
using Assistant.Web.Apis.Ollama;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis.Ollama;

public class OllamaRequestMappingTests
{
    private static readonly ModelDescription model = new() { Name = "m", Vision = true, Thinking = true };

    [Theory]
    [InlineData("What?", 0, "'What?'")]
    [InlineData("What?", 2, "<1> <2> 'What?'")]
    [InlineData("Left [img] right [img].", 2, "'Left ' <1> ' right ' <2> '.'")]
    [InlineData("[img][img]", 2, "<1> <2>")]
    [InlineData("First [img] only", 2, "<2> 'First ' <1> ' only'")]
    [InlineData("One [img] two [img] three", 1, "'One ' <1> ' two [img] three'")]
    [InlineData("[img] is text", 0, "'[img] is text'")]
    [InlineData("", 1, "<1>")]
    [InlineData("", 0, "''")]
    public void Images_GoBeforeTheTextOrIntoPlaceholders(string text, int images, string expected)
    {
        var contents = OllamaRequestMapping.PlaceImages(text, [.. Enumerable.Range(1, images).Select(i => new Assistant.Web.Apis.ImagePayload([(byte)i]))]);
        Assert.Equal(expected, string.Join(' ', contents.Select(Show)));
    }

    [Fact]
    public void Chat_KeepsEachMessagesPictures()
    {
        var messages = Read($$"""
            {"messages":[
              {"role":"System","content":"Be short."},
              {"role":"user","content":"One","images":["{{Samples.Png}}"]},
              {"role":"assistant","content":"A dot."},
              {"role":"user","content":"Two","images":["data:image/gif;base64,{{Samples.Gif}}","{{Samples.Png.Replace("/", "\\/", StringComparison.Ordinal)}}"]}]}
            """).ToMessages();
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User], messages.Select(message => message.Role));
        Assert.Equal([0, 1, 0, 2], messages.Select(message => message.Contents.OfType<DataContent>().Count()));
        Assert.Equal(["image/gif", "image/png"], messages[3].Contents.OfType<DataContent>().Select(image => image.MediaType));
        Assert.Equal(Samples.Png, messages[3].Contents.OfType<DataContent>().Last().Base64Data.ToString());
        Assert.Equal("Two", messages[3].Text);
    }

    [Fact]
    public void Chat_MatchesToolResultsWithTheirCalls()
    {
        var messages = Read("""
            {"messages":[
              {"role":"user","content":"Where and what?"},
              {"role":"assistant","content":"","tool_calls":[{"function":{"name":"locate","arguments":{"what":"dog","What":"any","in":{"a":1,"A":2}}}},{"function":{"name":"caption"}},{"id":"mine","function":{"name":"count"}}]},
              {"role":"tool","tool_name":"caption","content":"a dog"},
              {"role":"tool","tool_call_id":"mine","content":"1"},
              {"role":"tool","content":"left"}]}
            """).ToMessages();
        var calls = messages[1].Contents.OfType<FunctionCallContent>().ToArray();
        Assert.Equal("dog", calls[0].Arguments!["what"]!.ToString());
        Assert.Equal("any", calls[0].Arguments!["What"]!.ToString()); // a tool's own names, in which case counts
        Assert.Equal(
            [calls[1].CallId, "mine", calls[0].CallId],
            messages.Skip(2).Select(message => Assert.IsType<FunctionResultContent>(Assert.Single(message.Contents)).CallId));
    }

    [Theory]
    [InlineData("""{}""", null)]
    [InlineData("""{"format":null}""", null)]
    [InlineData("""{"format":""}""", null)]
    [InlineData("""{"format":"json"}""", "json")]
    [InlineData("""{"format":{"type":"object"}}""", """{"type":"object"}""")]
    public void Format_BecomesAResponseFormat(string json, string? expected)
    {
        var format = Read(json).ToChatOptions(model, _ => { }).ResponseFormat as ChatResponseFormatJson;
        Assert.Equal(expected, format is null ? null : format.Schema?.GetRawText() ?? "json");
    }

    [Theory]
    [InlineData("""{}""", null)]
    [InlineData("""{"think":true}""", ReasoningEffort.Medium)]
    [InlineData("""{"think":false}""", ReasoningEffort.None)]
    [InlineData("""{"think":"high"}""", ReasoningEffort.High)]
    [InlineData("""{"think":"max"}""", ReasoningEffort.ExtraHigh)]
    public void Think_BecomesAnEffort(string json, ReasoningEffort? expected) =>
        Assert.Equal(expected, Read(json).ToChatOptions(model, _ => { }).Reasoning?.Effort);

    [Fact]
    public void ThinkFalse_IsFineOnAModelWithoutThoughts() =>
        Assert.Equal(ReasoningEffort.None, Read("""{"think":false}""").ToChatOptions(model with { Thinking = false }, _ => { }).Reasoning?.Effort);

    [Fact]
    public void GenerateExtras_AreAdditionalProperties()
    {
        var request = JsonSerializer.Deserialize("""{"prompt":"<|user|>x","raw":true,"truncate":false}""", OllamaJson.Wire.OllamaGenerateRequest)!;
        var options = request.ToChatOptions(model, _ => { });
        Assert.Equal(new Dictionary<string, object?> { ["truncate"] = false, ["raw"] = true }, options.AdditionalProperties!.ToDictionary());
    }

    [Fact]
    public void GenerateSystem_LeadsTheMessages()
    {
        var messages = JsonSerializer.Deserialize("""{"prompt":"x","system":"Be short."}""", OllamaJson.Wire.OllamaGenerateRequest)!.ToMessages(model);
        Assert.Equal([(ChatRole.System, "Be short."), (ChatRole.User, "x")], messages.Select(message => (message.Role, message.Text)));
    }

    private static OllamaChatRequest Read(string json) => JsonSerializer.Deserialize(json, OllamaJson.Wire.OllamaChatRequest)!;

    private static string Show(AIContent content) => content is DataContent image ? $"<{image.Data.Span[0]}>" : $"'{content}'";
}
