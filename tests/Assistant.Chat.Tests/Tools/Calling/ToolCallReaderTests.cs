using Assistant.Chat.Tools.Calling;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Tools.Calling;

public class ToolCallReaderTests
{
    public static TheoryData<string, string, string> Answers => new()
    {
        { "words alone", "A dog, <b>big</b> [sic] {x}.", "A dog, <b>big</b> [sic] {x}." },
        { "hermes", "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>", "weather{\"city\":\"Rome\"}" },
        { "hermes, words before", "Let me see.\n<tool_call>{\"name\": \"weather\", \"arguments\": {}}</tool_call>", "Let me see.\n|weather{}" },
        { "hermes, two", "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"A\"}}</tool_call>\n<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call>", "weather{\"city\":\"A\"}|time{}" },
        { "hermes, words behind", "<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call>\nDone.", "time{}|Done." },
        { "hermes, not closed", "<tool_call>{\"name\":\"time\",\"arguments\":{}}", "time{}" },
        { "hermes, cut as it closes", "<tool_call>{\"name\":\"time\",\"arguments\":{}}</too", "time{}" },
        { "mistral", "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}, \"id\": \"abcdef123\"}, {\"name\": \"time\", \"arguments\": {}}]", "weather{\"city\":\"Rome\"}|time{}" },
        { "mistral, newer", "[TOOL_CALLS]weather[ARGS]{\"city\": \"Rome\"}[TOOL_CALLS]time{}", "weather{\"city\":\"Rome\"}|time{}" },
        { "phi-4-mini", "<|tool_call|>[{\"name\": \"time\", \"arguments\": {}}]<|/tool_call|>", "time{}" },
        { "phi-4-mini, as it often writes", "functools[{\"name\": \"time\", \"arguments\": {\"zone\": \"UTC\"}}]", "time{\"zone\":\"UTC\"}" },
        { "llama 3", "{\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}", "weather{\"city\":\"Rome\"}" },
        { "llama 3, python tag", "<|python_tag|>{\"type\": \"function\", \"name\": \"time\", \"parameters\": {}}", "time{}" },
        { "llama 3, two", "{\"name\": \"time\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {}}", "time{}|weather{}" },
        { "llama 3, function tag", "<function=weather>{\"city\": \"Rome\"}</function>", "weather{\"city\":\"Rome\"}" },
        { "openai's own shape", "{\"type\":\"function\",\"function\":{\"name\":\"time\",\"arguments\":\"{\\\"zone\\\":\\\"UTC\\\"}\"}}", "time{\"zone\":\"UTC\"}" },
        { "fenced", "```json\n{\"name\": \"time\", \"arguments\": {}}\n```", "time{}" },
        { "an array without a mark", "[{\"name\": \"time\", \"arguments\": {}}]", "time{}" },
        { "JSON of an unknown tool, no mark", "{\"name\": \"Ann\", \"arguments\": {}}", "{\"name\": \"Ann\", \"arguments\": {}}" },
        { "unknown tool behind a mark", "<tool_call>{\"name\": \"nobody\", \"arguments\": {}}</tool_call>", "nobody{}" },
        { "JSON that is an answer", "{\"colour\": \"red\"}", "{\"colour\": \"red\"}" },
        { "a list that is an answer", "[1, 2]", "[1, 2]" },
        { "broken JSON", "<tool_call>{\"name\": \"time\", \"arguments\": {}</tool_call>", "<tool_call>{\"name\": \"time\", \"arguments\": {}</tool_call>" },
        { "a key twice", "<tool_call>{\"name\":\"time\",\"arguments\":{\"a\":1,\"a\":2}}</tool_call>", "<tool_call>{\"name\":\"time\",\"arguments\":{\"a\":1,\"a\":2}}</tool_call>" },
        { "a key twice, deep", "<function=time>{\"a\":[{\"b\":1,\"b\":2}]}</function>", "<function=time>{\"a\":[{\"b\":1,\"b\":2}]}</function>" },
        { "a key twice, no mark", "{\"name\":\"time\",\"arguments\":{\"a\":1,\"a\":2}}", "{\"name\":\"time\",\"arguments\":{\"a\":1,\"a\":2}}" },
        { "a key twice, in text", "{\"name\":\"time\",\"arguments\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}", "{\"name\":\"time\",\"arguments\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}" },
        { "no JSON", "<tool_call>later</tool_call>", "<tool_call>later</tool_call>" },
        { "JSON later in the text", "Like this: {\"name\": \"time\", \"arguments\": {}}", "Like this: {\"name\": \"time\", \"arguments\": {}}" },
        { "braces in strings", "<tool_call>{\"name\":\"time\",\"arguments\":{\"zone\":\"}]{\"}}</tool_call>", "time{\"zone\":\"}]{\"}" },
        { "a mark's beginning at the end", "3 <tool", "3 <tool" },
        { "white space alone", "  \n", "  \n" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Calls_AreReadAlike_HoweverTheAnswerIsCut(string name, string answer, string expected)
    {
        for (var size = 1; size <= answer.Length; size = size < 4 ? size + 1 : size * 3)
        {
            var reader = new ToolCallReader(["weather", "time"]);
            var contents = new List<AIContent>();
            for (var at = 0; at < answer.Length; at += size)
                contents.AddRange(reader.Add(answer.Substring(at, Math.Min(size, answer.Length - at))));
            contents.AddRange(reader.Flush());
            Assert.Equal((name, size, expected), (name, size, Show(contents)));
            Assert.Equal(contents.OfType<FunctionCallContent>().Count(), reader.Calls);
        }
    }

    [Fact]
    public void Words_StreamBeforeTheCall()
    {
        var reader = new ToolCallReader(["time"]);
        Assert.Equal("I will look", Show(reader.Add("I will look")));
        Assert.Equal(" it up. ", Show(reader.Add(" it up. <tool")));
        Assert.Empty(reader.Add("_call>{\"name\":\"time\""));
        Assert.Equal("time{}", Show(reader.Add(",\"arguments\":{}}")));
        Assert.Empty(reader.Add("</tool_call>"));
        Assert.Empty(reader.Flush());
    }

    [Fact]
    public void AnAnswerInJson_StreamsAsSoonAsItIsNoCall()
    {
        var reader = new ToolCallReader(["time"]);
        Assert.Empty(reader.Add("{\""));
        Assert.Equal("{\"colour", Show(reader.Add("colour")));
        Assert.Equal("\": 1", Show(reader.Add("\": 1")));
    }

    [Fact]
    public void Ids_AreUnique()
    {
        var reader = new ToolCallReader(["time"]);
        var calls = reader.Add(string.Concat(Enumerable.Repeat("<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call>", 20))).OfType<FunctionCallContent>().ToList();
        Assert.Equal(20, calls.Select(call => call.CallId).Distinct().Count());
        Assert.All(calls, call => Assert.Matches("^call_[a-z0-9]{8}$", call.CallId));
    }

    private static string Show(IEnumerable<AIContent> contents)
    {
        var parts = new List<string>();
        var text = "";
        foreach (var content in contents)
        {
            if (content is TextContent words)
            {
                text += words.Text;
                continue;
            }
            if (text.Length > 0)
                parts.Add(text);
            text = "";
            var call = (FunctionCallContent)content;
            parts.Add(call.Name + ToolJson.Arguments(call).ToJsonString());
        }
        if (text.Length > 0)
            parts.Add(text);
        return string.Join("|", parts);
    }
}
