using System.Text.Json.Nodes;
using Assistant.Chat.Tests;
using LlamaCpp.Tests;

namespace Assistant.Web.Tests.Apis;

/// <summary>Models that think in this process: "opens" begins every answer inside its thoughts, "may" begins with words unless it writes the mark.</summary>
public sealed class ThinkingTests() : LocalApiTests(settings =>
{
    settings["Models:2:Name"] = "opens";
    settings["Models:2:TextModel"] = "text.gguf";
    settings["Models:2:Template"] = Turns + "<think>\n{% if enable_thinking is defined and not enable_thinking %}\n</think>\n{% endif %}";
    settings["Models:3:Name"] = "may";
    settings["Models:3:TextModel"] = "text.gguf";
    settings["Models:3:Template"] = Turns + "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}";
})
{
    private const string Turns = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content.split('</think>') | last }}<|end|>\n{% endfor %}<|assistant|>\n";

    [Theory]
    [InlineData("", true)]
    [InlineData(""","think":true""", true)]
    [InlineData(""","think":"low" """, true)]
    [InlineData(""","think":false""", false)]
    public async Task Thoughts_ComeInTheirOwnField_UnlessNoneAreWanted(string think, bool thinks)
    {
        foreach (var stream in (string[])["true", "false"])
        {
            var chunks = await LinesAsync("/api/chat", """{"model":"opens","messages":[{"role":"user","content":"what is it"}],"options":{"temperature":0,"num_predict":8},"stream":""" + stream + think + "}");
            Assert.Equal(thinks, chunks.Any(chunk => ((string?)chunk["message"]!["thinking"])?.Length > 0));
            Assert.Equal(!thinks, chunks.Any(chunk => ((string)chunk["message"]!["content"]!).Length > 0));
        }
        var generated = (await LinesAsync("/api/generate", """{"model":"opens","prompt":"what is it","options":{"temperature":0,"num_predict":8},"stream":false""" + think + "}"))[0];
        Assert.Equal((thinks, !thinks), (generated["thinking"] is not null, ((string)generated["response"]!).Length > 0));
    }

    [Fact]
    public async Task Thoughts_HaveBothNamesUnderV1()
    {
        const string Ask = """{"model":"opens","messages":[{"role":"user","content":"what is it"}],"temperature":0,"max_tokens":8""";
        var message = (await LinesAsync("/v1/chat/completions", Ask + "}"))[0]["choices"]![0]!["message"]!;
        Assert.NotEqual("", (string?)message["reasoning"]);
        Assert.Equal((string?)message["reasoning"], (string?)message["reasoning_content"]);
        Assert.Equal("", (string?)message["content"]);
        var silent = (await LinesAsync("/v1/chat/completions", Ask + ""","reasoning_effort":"none"}"""))[0]["choices"]![0]!["message"]!;
        Assert.Null(silent["reasoning"]);
        Assert.NotEqual("", (string?)silent["content"]);
    }

    [Theory]
    [InlineData("may", ""","think":false""")]
    [InlineData("opens", ""","think":false""")]
    public async Task Format_BindsWhatIsNoThought(string model, string think)
    {
        var body = $$$"""{"model":"{{{model}}}","messages":[{"role":"user","content":"what is it"}],"format":{"enum":["red","blue"]},"stream":false,"options":{"temperature":0}""" + think + "}";
        var message = (await LinesAsync("/api/chat", body))[0]["message"]!;
        Assert.Matches("^\"(red|blue)\"$", ((string?)message["content"])!.Trim());
    }

    [Fact]
    public async Task Format_BindsAnAnswerWithoutThoughts_WhereTheModelHasNone()
    {
        // Without "<" it cannot begin any.
        var (sign, signByte) = (TinyModel.TokenOf("<"), TinyModel.FirstByte + '<');
        var answer = (await LinesAsync("/v1/chat/completions", $$$"""
            {"model":"may","messages":[{"role":"user","content":"what is it"}],"response_format":{"type":"json_schema","json_schema":{"schema":{"enum":["red","blue"]} } },"logit_bias":{"{{{sign}}}":-100,"{{{signByte}}}":-100}}
            """.ReplaceLineEndings("")))[0];
        Assert.Matches("^\"(red|blue)\"$", ((string?)answer["choices"]![0]!["message"]!["content"])!.Trim());
    }

    [Fact]
    public async Task Format_LeavesThoughtsFree()
    {
        var answer = (await LinesAsync("/api/chat", """{"model":"opens","messages":[{"role":"user","content":"what is it"}],"format":{"enum":["red","blue"]},"stream":false,"options":{"temperature":0,"num_predict":8}}"""))[0];
        Assert.Equal((8, "length", ""), ((int)answer["eval_count"]!, (string?)answer["done_reason"], (string?)answer["message"]!["content"]));
        Assert.NotEqual("", (string?)answer["message"]!["thinking"]);
    }

    [Fact]
    public async Task Thoughts_OfEarlierAnswers_AreAcceptedAndLeftToTheTemplate()
    {
        async Task<int> CountAsync(string earlier) => (int)(await LinesAsync("/v1/chat/completions/input_tokens",
            $$$"""{"model":"may","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"{{{earlier}}}},{"role":"user","content":"c"}]}"""))[0]["input_tokens"]!;
        Assert.Equal(await CountAsync(""), await CountAsync(""","reasoning_content":"red red red" """));
    }

    [Fact]
    public async Task Capabilities_NameThinking()
    {
        foreach (var (model, thinks) in new[] { ("opens", true), ("may", true), ("seer", false) })
        {
            var shown = (await LinesAsync("/api/show", $$"""{"model":"{{model}}"}"""))[0];
            Assert.Equal(thinks, shown["capabilities"]!.AsArray().Any(capability => (string?)capability == "thinking"));
        }
    }

    private async Task<JsonNode[]> LinesAsync(string path, string body)
    {
        var (status, _, text) = await Host.SendAsync(path, body);
        Assert.True((int)status == 200, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
