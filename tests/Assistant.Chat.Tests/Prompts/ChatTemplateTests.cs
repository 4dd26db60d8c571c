using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Prompts;

public class ChatTemplateTests
{
    private const string Vicuna = "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private static readonly ChatMessage System = new(ChatRole.System, "Be brief."), Hello = new(ChatRole.User, "Hello"), Hi = new(ChatRole.Assistant, "Hi!"),
        Again = new(ChatRole.User, "Again");

    public static TheoryData<string, string, ChatMessage[], string> Conversations => new()
    {
        { "phi3", "one turn", [Hello], "<|user|>\nHello<|end|>\n<|assistant|>\n" },
        { "phi3", "system and two turns", [System, Hello, Hi, Again], "<|system|>\nBe brief.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi!<|end|>\n<|user|>\nAgain<|end|>\n<|assistant|>\n" },
        { "phi3", "open answer", [Hello, Hi], "<|user|>\nHello<|end|>\n<|assistant|>\nHi!" },
        { "vicuna", "one turn", [Hello], $"{Vicuna} USER: Hello ASSISTANT:" },
        { "vicuna", "system and two turns", [System, Hello, Hi, Again], "Be brief. USER: Hello ASSISTANT: Hi!</s>USER: Again ASSISTANT:" },
        { "chatml", "system and two turns", [System, Hello, Hi, Again], "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>\n<|im_start|>user\nAgain<|im_end|>\n<|im_start|>assistant\n" },
        { "llama2", "one turn", [Hello], "[INST] Hello [/INST]" },
        { "llama2", "system and two turns", [System, Hello, Hi, Again], "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hi! </s><s>[INST] Again [/INST]" },
        { "mistral-inst", "system and two turns", [System, Hello, Hi, Again], "[INST] Be brief.\n\nHello [/INST] Hi!</s>[INST] Again [/INST]" },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public void Render_WritesTheFamilysFormat(string template, string conversation, ChatMessage[] messages, string expected)
    {
        var prompt = new PromptBuilder();
        ChatTemplate.Find(template)!.Render(messages, prompt);
        Assert.True(expected == prompt.ToString(), $"{conversation}: {prompt}");
    }

    [Fact]
    public void MessagesOfOneRole_AreJoined_ButNotWhatToolsAnswer()
    {
        ChatMessage Result(string id) => new(ChatRole.User, [new FunctionResultContent(id, "7")]);
        var joined = ChatTemplate.JoinTurns([System, new(ChatRole.System, "Be kind."), Hello, Again, Hi, Result("1"), Result("2"), Hello, new(ChatRole.Tool, "a"), new(ChatRole.Tool, "b")]);
        Assert.Equal(["Be brief.\n\nBe kind.", "Hello\n\nAgain", "Hi!", "", "", "Hello", "a", "b"], joined.Select(message => message.Text));
        Assert.Equal(["Hello", "Hi!"], ChatTemplate.JoinTurns([Hello, Hi]).Select(message => message.Text));
    }

    public static TheoryData<string, AIContent[], string> Pictures => new()
    {
        { "before the text", [TinyChat.Picture(1, 0, 0), new TextContent("What?")], "<|user|>\n{image}\nWhat?<|end|>\n<|assistant|>\n" },
        { "after the text", [new TextContent("What?"), TinyChat.Picture(1, 0, 0)], "<|user|>\nWhat?\n{image}<|end|>\n<|assistant|>\n" },
        { "two, with text between", [TinyChat.Picture(1, 0, 0), new TextContent("and"), TinyChat.Picture(2, 0, 0), new TextContent("differ?")], "<|user|>\n{image}\nand\n{image}\ndiffer?<|end|>\n<|assistant|>\n" },
        { "two in a row", [TinyChat.Picture(1, 0, 0), TinyChat.Picture(2, 0, 0), new TextContent("?")], "<|user|>\n{image}\n{image}\n?<|end|>\n<|assistant|>\n" },
        { "alone", [TinyChat.Picture(1, 0, 0)], "<|user|>\n{image}<|end|>\n<|assistant|>\n" },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Render_PutsPicturesWhereTheyStand(string where, AIContent[] contents, string expected)
    {
        var prompt = new PromptBuilder();
        ChatTemplate.Find("phi3")!.Render([TinyChat.User(contents)], prompt);
        Assert.True(expected == prompt.ToString(), $"{where}: {prompt}");
    }

    [Theory]
    [InlineData("{% for message in messages %}{{'<|im_start|>' + message['role']}}", "chatml")]
    [InlineData("{{ bos_token }}{% for message in messages %}{{'<|' + message['role'] + '|>' + '\n' + message['content'] + '<|end|>\n' }}", "phi3")]
    [InlineData("{% if (message['role'] == 'user') %}{{'<|user|>' + '\n' + message['content'] + '<|end|>'}}", "phi3")]
    [InlineData("{{ '[INST] ' + '<<SYS>>\\n' }}", "llama2")]
    [InlineData("{{ bos_token }}{{ '[INST] ' + message['content'] + ' [/INST]' }}", "mistral-inst")]
    [InlineData("{{ 'USER: ' + message['content'] }}{{ ' ASSISTANT: ' }}", "vicuna")]
    [InlineData("{{ something else }}", null)]
    [InlineData(null, null)]
    public void Recognise_TellsTheFamilyOfAFilesTemplate(string? jinja, string? expected) => Assert.Equal(expected, ChatTemplate.Recognise(jinja)?.Name);

    [Fact]
    public void Contents_ThatNoPromptCanHold_AreRefused()
    {
        var template = ChatTemplate.Find("phi3")!;
        Assert.Contains("audio/wav", Refused(new DataContent(new byte[] { 1 }, "audio/wav")), StringComparison.Ordinal);
        Assert.Contains("https://example.com/cat.png", Refused(new UriContent("https://example.com/cat.png", "image/png")), StringComparison.Ordinal);

        string Refused(AIContent content) => Assert.Throws<ChatRequestException>(() => template.Render([TinyChat.User(content)])).Message;
    }
}
