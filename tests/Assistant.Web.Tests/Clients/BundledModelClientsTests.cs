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
        var description = await NodeClient.RunAsync(client, assistant.Address, "pocket", "describe");
        Assert.Contains("red circle", (string?)description["content"], StringComparison.Ordinal);
        Assert.Contains("blue star", (string?)description["content"], StringComparison.Ordinal);
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
