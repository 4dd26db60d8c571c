using System.Net;
using System.Text.Json.Nodes;
using Assistant.Chat.Tests;

namespace Assistant.Web.Tests.Apis.Ollama;

/// <summary>Conversations as token ids, and prompts as text: what <c>/api/generate</c> and <c>/api/chat</c> tell of what the model reads.</summary>
public sealed class OllamaContextTests() : LocalApiTests(settings =>
{
    settings["Models:2:Name"] = "inst";
    settings["Models:2:TextModel"] = "text.gguf";
    settings["Models:2:Template"] = "llama2";
    settings["Models:3:Name"] = "far";
    settings["Models:3:Remote:Url"] = "http://127.0.0.1:9/v1";
    settings["Models:3:Remote:Model"] = "far";
    settings["Models:4:Name"] = "taught";
    settings["Models:4:TextModel"] = "text.gguf";
    settings["Models:4:Template"] = "phi3";
    settings["Models:4:System"] = "Be brief.";
    settings["Models:4:Messages:0:Role"] = "user";
    settings["Models:4:Messages:0:Content"] = "what is red";
    settings["Models:4:Messages:1:Role"] = "assistant";
    settings["Models:4:Messages:1:Content"] = "a colour";
})
{
    [Theory]
    [InlineData("seer")]
    [InlineData("inst")]
    public async Task Context_GoesOnWithTheConversation(string model)
    {
        var first = await GenerateAsync($$$"""{"model":"{{{model}}}","prompt":"what is the circle","system":"Be brief.","stream":false,"options":{"temperature":0,"num_predict":6}}""");
        var context = Ids(first);
        Assert.Equal((int)first["prompt_eval_count"]! + (int)first["eval_count"]!, context.Length);

        var second = await GenerateAsync($$$"""{"model":"{{{model}}}","prompt":"is it red","context":{{{Json(context)}}},"options":{"temperature":0,"num_predict":6}}""");
        var after = Ids(second);
        Assert.Equal(context, after[..context.Length]);
        Assert.Equal((int)second["prompt_eval_count"]! + 6, after.Length);
        // What the model read is what it would have read of the same messages.
        var answer = (string)first["response"]!;
        var (_, _, rendered) = await Host.SendAsync("/api/chat", $$"""
            {"model":"{{model}}","_debug_render_only":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"what is the circle"},{"role":"assistant","content":{{JsonValue.Create(answer)!.ToJsonString()}}},{"role":"user","content":"is it red"}]}
            """);
        var expected = (string)JsonNode.Parse(rendered)!["_debug_info"]!["rendered_template"]!;
        Assert.Equal(Squeeze(expected), Squeeze(await TextAsync(model, after[..^6])));
    }

    [Fact]
    public async Task Context_OfAStoppedAnswer_EndsWhereItsTextDoes()
    {
        var whole = (string)(await GenerateAsync("""{"model":"reader","prompt":"what is the star","options":{"temperature":0,"num_predict":30}}"""))["response"]!;
        var stop = whole.Substring(whole.Length / 2, 4);
        var cut = await GenerateAsync($$$"""{"model":"reader","prompt":"what is the star","options":{"temperature":0,"num_predict":30,"stop":[{{{JsonValue.Create(stop)!.ToJsonString()}}}]}}""");
        var answer = (string)cut["response"]!;
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], answer);
        Assert.EndsWith(Squeeze(answer), Squeeze(await TextAsync("reader", Ids(cut))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Context_IsNotOfPicturesNorOfRawPrompts()
    {
        var seen = await GenerateAsync($$$"""{"model":"seer","prompt":"what is it","images":["{{{Samples.Png}}}"],"options":{"num_predict":2}}""");
        Assert.Null(seen["context"]);
        Assert.Null((await GenerateAsync("""{"model":"seer","prompt":"what is it","raw":true,"options":{"num_predict":2}}"""))["context"]);
        // A picture may come with a later prompt.
        var text = await GenerateAsync("""{"model":"seer","prompt":"what is it","options":{"num_predict":2}}""");
        var looked = await GenerateAsync($$$"""{"model":"seer","prompt":"and this","images":["{{{Samples.Png}}}"],"context":{{{Json(Ids(text))}}},"options":{"num_predict":2}}""");
        Assert.True((int)looked["prompt_eval_count"]! > Ids(text).Length + Chat.Encoder.TokensPerImage);
    }

    [Theory]
    [InlineData("""{"model":"reader","prompt":"x","context":[1,-7]}""", "Entry 2 of context is -7, which is no token of this model; there are 0 to ")]
    [InlineData("""{"model":"reader","prompt":"x","context":[2000000000]}""", "Entry 1 of context is 2000000000, which is no token")]
    [InlineData("""{"model":"reader","prompt":"x","context":["a"]}""", "invalid request body: the value has the wrong type (at $.context[0]")]
    [InlineData("""{"model":"seer","prompt":"x","context":[LONG]}""", "The context of 600 tokens and the new prompt take more than 512 tokens, the model has 512.")]
    [InlineData("""{"model":"inst","prompt":"x","system":"Be brief.","context":[5,6]}""", "The model's chat template has a place for a system message at the beginning alone")]
    [InlineData("""{"model":"far","prompt":"x","context":[5,6]}""", "context needs the model's tokens, and far:latest runs on 127.0.0.1:9")]
    [InlineData("""{"model":"far","prompt":"x","raw":true}""", "raw mode needs the model's tokens")]
    [InlineData("""{"model":"seer","prompt":"x","vision_tools":true,"context":[5,6]}""", "vision_tools is true beside a context")]
    [InlineData("""{"model":"far","prompt":"x","_debug_render_only":true}""", "the tokens and prompts of \"far\" are not known here: it runs on 127.0.0.1:9")]
    public async Task WhatCannotBeGoneOnFrom_IsRefused(string body, string message)
    {
        var (status, _, text) = await Host.SendAsync("/api/generate", body.Replace("LONG", string.Join(',', Enumerable.Repeat(5, 600)), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(message, (string?)JsonNode.Parse(text)!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task DebugRenderOnly_AnswersWithThePrompt()
    {
        var answer = await GenerateAsync($$"""{"model":"seer","prompt":"what is it","system":"Be brief.","images":["{{Samples.Png}}"],"_debug_render_only":true}""");
        Assert.Equal("<|system|>\nBe brief.<|end|>\n<|user|>\n[img]\nwhat is it<|end|>\n<|assistant|>\n", (string?)answer["_debug_info"]!["rendered_template"]);
        Assert.Equal(1, (int)answer["_debug_info"]!["image_count"]!);
        Assert.Equal((false, ""), ((bool)answer["done"]!, (string?)answer["response"]));
        Assert.Equal(0, Chat.Encoder.Runs);
    }

    [Fact]
    public async Task ModelsOwnMessages_StandBeforeTheRequests_ButNotBeforeAContext()
    {
        const string Own = "<|system|>\nBe brief.<|end|>\n<|user|>\nwhat is red<|end|>\n<|assistant|>\na colour<|end|>\n";
        var first = await GenerateAsync("""{"model":"taught","prompt":"what is blue","_debug_render_only":true}""");
        Assert.Equal(Own + "<|user|>\nwhat is blue<|end|>\n<|assistant|>\n", (string?)first["_debug_info"]!["rendered_template"]);
        var (_, _, text) = await Host.SendAsync("/v1/chat/completions/input_tokens", """{"model":"taught","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"what is blue"}]}""");
        var counted = (int)JsonNode.Parse(text)!["input_tokens"]!;
        var answered = await GenerateAsync("""{"model":"taught","prompt":"what is blue","options":{"num_predict":2}}""");
        Assert.Equal(counted, (int)answered["prompt_eval_count"]!);
        var next = await GenerateAsync($$"""{"model":"taught","prompt":"why","context":{{Json(Ids(answered))}},"_debug_render_only":true}""");
        Assert.Equal(1, ((string)next["_debug_info"]!["rendered_template"]!).Split("a colour").Length - 1);
    }

    private async Task<JsonNode> GenerateAsync(string body)
    {
        var (status, _, text) = await Host.SendAsync("/api/generate", body);
        Assert.True(status == HttpStatusCode.OK, text);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        var last = lines[^1];
        last["response"] = string.Concat(lines.Select(line => (string?)line["response"]));
        return last;
    }

    private async Task<string> TextAsync(string model, int[] tokens)
    {
        var (_, _, text) = await Host.SendAsync("/detokenize", $$"""{"model":"{{model}}","tokens":{{Json(tokens)}}}""");
        return (string)JsonNode.Parse(text)!["content"]!;
    }

    private static int[] Ids(JsonNode answer) => [.. answer["context"]!.AsArray().Select(id => (int)id!)];

    private static string Json(int[] ids) => $"[{string.Join(',', ids)}]";

    // SentencePiece writes a space before a text, and begins it with a token of its own.
    private static string Squeeze(string text) => text.Replace("<s>", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
}
