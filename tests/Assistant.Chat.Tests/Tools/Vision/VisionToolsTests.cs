using System.Text.Json.Nodes;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Tests.Tools.Vision;

public class VisionToolsTests
{
    private static readonly DataContent red = TinyChat.Picture(255, 0, 0), green = TinyChat.Picture(0, 160, 40);

    [Fact]
    public void Nothing_IsOffered_WithoutFolders_OrWithoutPictures()
    {
        using var folder = new NetworkFolder();
        using var services = Services(folder, new());
        Assert.Empty(services.GetRequiredService<VisionTools>().For([TinyChat.User(red)]));
        using var configured = Services(folder, new() { ["Tools:Caption"] = "blip_caption" });
        Assert.Empty(configured.GetRequiredService<VisionTools>().For([TinyChat.User("hello")]));
        var tool = Assert.Single(configured.GetRequiredService<VisionTools>().For([TinyChat.User(red)]));
        Assert.Equal("caption_picture", tool.Name);
        Assert.Contains("one picture, number 1", tool.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_SayWhatTheirNetworksSay()
    {
        using var folder = new NetworkFolder();
        using var services = Services(folder, new()
        {
            ["Tools:Labels"] = folder.Clip(),
            ["Tools:Similarity"] = folder.Clip(),
            ["Tools:Caption"] = folder.Caption(),
            ["Tools:Questions"] = folder.Questions(),
            ["Tools:Matching"] = folder.Matching(),
        });
        var tools = services.GetRequiredService<VisionTools>().For([TinyChat.User(red, new TextContent("look")), new(ChatRole.Assistant, "yes"), TinyChat.User(green)]).Cast<AIFunction>().ToDictionary(tool => tool.Name);
        Assert.Equal(["ask_picture", "caption_picture", "compare_pictures", "label_picture", "match_text"], tools.Keys.Order());
        var image = ImageDecoder.Decode(green.Data.Span);

        var labels = await CallAsync(tools["label_picture"], new() { ["picture"] = 2, ["labels"] = new[] { "a cat", "a dog" } });
        using (var classifier = ZeroShotImageClassifier.Open(Path.Combine(folder.Root, "clip")))
        {
            var scores = classifier.Classify(image, ["a cat", "a dog"]);
            Assert.Equal(scores.Select(score => (score.Label, Math.Round(score.Score, 3))), labels["labels"]!.AsArray().Select(label => ((string)label!["label"]!, (double)label["score"]!)));
        }
        var caption = await CallAsync(tools["caption_picture"], new() { ["picture"] = 2 });
        using (var captioner = ImageCaptioner.Open(Path.Combine(folder.Root, "blip_caption")))
            Assert.Equal(captioner.Caption(image)[0].Text, (string?)caption["caption"]);
        var answer = await CallAsync(tools["ask_picture"], new() { ["picture"] = 2, ["question"] = "w5 w6 w7" });
        using (var answerer = VisualQuestionAnswerer.Open(Path.Combine(folder.Root, "blip_vqa")))
            Assert.Equal(answerer.Answer(image, "w5 w6 w7")[0].Text, (string?)answer["answer"]);
        var match = await CallAsync(tools["match_text"], new() { ["picture"] = 2, ["text"] = "w5 w9" });
        using (var matcher = ImageTextMatcher.Open(Path.Combine(folder.Root, "blip_itm")))
            Assert.Equal(Math.Round(matcher.Match(image, "w5 w9").Probability, 3), (double)match["probability"]!);
        Assert.Equal(1, (double)(await CallAsync(tools["compare_pictures"], new() { ["first"] = 1, ["second"] = 1 }))["similarity"]!);
        Assert.InRange((double)(await CallAsync(tools["compare_pictures"], new() { ["first"] = 1, ["second"] = 2 }))["similarity"]!, -1, 0.999);
    }

    [Fact]
    public async Task AListOfAnswers_ComesWithItsScores()
    {
        using var folder = new NetworkFolder();
        using var services = Services(folder, new() { ["Tools:Questions"] = folder.Vilt() });
        var tool = (AIFunction)services.GetRequiredService<VisionTools>().For([TinyChat.User(red)])[0];
        var answer = await CallAsync(tool, new() { ["picture"] = 1, ["question"] = "w5" });
        Assert.Equal(3, answer["answers"]!.AsArray().Count);
        Assert.Equal((string?)answer["answer"], (string?)answer["answers"]![0]!["answer"]);
    }

    [Theory]
    [InlineData("""{"picture": 3, "labels": ["a"]}""", "there is no picture 3; there are 1 to 2")]
    [InlineData("""{"picture": 0, "labels": ["a"]}""", "there is no picture 0; there are 1 to 2")]
    [InlineData("""{"picture": 1, "labels": []}""", "1 to 50 labels are needed")]
    public async Task WrongArguments_AreToldToTheModel(string arguments, string error)
    {
        using var folder = new NetworkFolder();
        using var services = Services(folder, new() { ["Tools:Labels"] = folder.Clip() });
        var tool = (AIFunction)services.GetRequiredService<VisionTools>().For([TinyChat.User(red, green)])[0];
        var values = JsonNode.Parse(arguments)!.AsObject().ToDictionary(pair => pair.Key, object? (pair) => pair.Value);
        Assert.Equal(error, (string?)(await CallAsync(tool, values))["error"]);
    }

    [Fact]
    public void Settings_AreThoseOfTheStart()
    {
        using var folder = new NetworkFolder();
        using var services = Services(folder, new() { ["Tools:Caption"] = "blip_caption", ["Tools:MaxRounds"] = "2" });
        services.GetRequiredService<IStartupValidator>().Validate();
        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        configuration["Tools:MaxRounds"] = "0"; // not valid
        configuration.Reload();
        var tools = services.GetRequiredService<VisionTools>();
        Assert.Equal(2, tools.Options.MaxRounds);
        Assert.Single(tools.For([TinyChat.User(red)]));
    }

    private static ServiceProvider Services(NetworkFolder folder, Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddAssistantTools(folder.Root).BuildServiceProvider();

    private static async Task<JsonNode> CallAsync(AIFunction tool, Dictionary<string, object?> arguments) =>
        JsonNode.Parse((await tool.InvokeAsync(new AIFunctionArguments(arguments), TestContext.Current.CancellationToken))!.ToString()!)!;
}
