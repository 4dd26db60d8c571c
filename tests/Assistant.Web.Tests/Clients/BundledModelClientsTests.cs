using Assistant.Scripted.Web;

namespace Assistant.Web.Tests.Clients;

/// <summary>The npm clients against the whole server with the bundled model.</summary>
public class BundledModelClientsTests
{
    [Theory]
    [InlineData("ollama")]
    [InlineData("openai")]
    public async Task BundledModel_AnswersBothClients(string client)
    {
        await using var assistant = await RunningAssistant.StartAsync(models: null);
        var image = await NodeClient.RunAsync(client, assistant.Address, "pocket", "image");
        Assert.Contains("red", (string?)image["content"], StringComparison.OrdinalIgnoreCase);
        var streamed = await NodeClient.RunAsync(client, assistant.Address, "pocket", "stream");
        Assert.NotEqual("", (string?)streamed["content"]);
        var structured = await NodeClient.RunAsync(client, assistant.Address, "pocket", "structured");
        Assert.Matches("^(red|blue)$", (string?)structured["colour"]);
        var tools = await NodeClient.RunAsync(client, assistant.Address, "pocket", "tools");
        Assert.Equal("weather", (string?)tools["name"]);
        var models = await NodeClient.RunAsync(client, assistant.Address, "pocket", "models");
        Assert.Contains("pocket:latest", models["names"]!.AsArray().Select(name => (string?)name));
    }
}
