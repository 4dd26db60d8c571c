using Assistant.Chat.Prompts;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Calling;
using Assistant.Chat.Tools.Vision;
using Assistant.Training.Scenes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Cli.Tests;

/// <summary>The training's conversations with tools against the chat engine, which the training cannot see.</summary>
public class ToolTalkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Offers_AreWordForWordThoseOfTheChatEngine(int pictures)
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tools:Labels"] = "a", ["Tools:Caption"] = "b", ["Tools:Questions"] = "c", ["Tools:Similarity"] = "d", ["Tools:Matching"] = "e",
        }).Build());
        using var provider = services.AddAssistantTools(Path.GetTempPath()).BuildServiceProvider();
        List<ChatMessage> messages = [new(ChatRole.User, [.. Enumerable.Repeat(new DataContent(new byte[] { 1 }, "image/png"), pictures), new TextContent("caption it")])];
        var tools = provider.GetRequiredService<VisionTools>().For(messages);

        var written = ToolUse.For(new ChatOptions { Tools = tools }, ChatTemplate.Find("phi3")!)!.Prepare(messages)[0];

        Assert.Equal(ChatRole.System, written.Role);
        var scenes = new SceneGenerator(1);
        var all = Enumerable.Range(0, 200).Select(i => ToolTalk.AboutPictures([.. Enumerable.Range(0, pictures).Select(picture => scenes.Generate((ulong)picture))], SceneRandom.For(1, (ulong)i), 2).System!);
        Assert.Contains(written.Text, all);
    }
}
