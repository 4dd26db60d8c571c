using System.Text.Json.Nodes;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Chat.Tests.Tools.Vision;

/// <summary>The tools over the bundled networks, as docs/configuration.md names them.</summary>
public class BundledNetworksTests
{
    [Fact]
    public async Task Tools_SeeWhatTheExampleShows()
    {
        var root = Root();
        var settings = new Dictionary<string, string?>
        {
            ["Tools:Labels"] = "models/pocket-clip", ["Tools:Similarity"] = "models/pocket-clip", ["Tools:Caption"] = "models/pocket-blip-caption",
            ["Tools:Questions"] = "models/pocket-blip-vqa",
        };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddAssistantTools(root).BuildServiceProvider();
        var bytes = await File.ReadAllBytesAsync(Path.Combine(root, "docs", "images", "example.png"), TestContext.Current.CancellationToken);
        var example = new DataContent(bytes, "image/png"); // a red circle beside a blue star on yellow
        var tools = services.GetRequiredService<VisionTools>().For([TinyChat.User(example, TinyChat.Picture(0, 160, 40))]).Cast<AIFunction>().ToDictionary(tool => tool.Name);

        var caption = (string)(await CallAsync("caption_picture", new() { ["picture"] = 1 }))["caption"]!;
        Assert.Contains("red circle", caption, StringComparison.Ordinal);
        Assert.Contains("blue star", caption, StringComparison.Ordinal);
        Assert.EndsWith("yellow background", caption, StringComparison.Ordinal);
        string[] labels = ["a dog", "a red circle and a blue star", "a green square", "a letter A"];
        Assert.Equal(labels[1], (string)(await CallAsync("label_picture", new() { ["picture"] = 1, ["labels"] = labels }))["labels"]![0]!["label"]!);
        Assert.Equal("red", (string)(await CallAsync("ask_picture", new() { ["picture"] = 1, ["question"] = "What colour is the circle?" }))["answer"]!);
        Assert.InRange((double)(await CallAsync("compare_pictures", new() { ["first"] = 1, ["second"] = 2 }))["similarity"]!, -1, 0.95);

        async Task<JsonNode> CallAsync(string tool, Dictionary<string, object?> arguments) =>
            JsonNode.Parse((await tools[tool].InvokeAsync(new AIFunctionArguments(arguments), TestContext.Current.CancellationToken))!.ToString()!)!;
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests do not lie within the repository.");
    }
}
