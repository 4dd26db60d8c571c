using System.CommandLine;
using System.Text.Json;
using Assistant.Chat.Tests.Models.Library;
using Assistant.Vision.Tests;

namespace Assistant.Cli.Tests;

public sealed class PullCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeRegistry? fake;

    public async ValueTask InitializeAsync() => fake = await FakeRegistry.StartAsync();

    [Fact]
    public async Task Pull_ShowsItsProgress_AndFillsTheDataDirectory()
    {
        var (status, output, error) = await RunAsync("tiny");
        Assert.Equal((0, ""), (status, error));
        Assert.Contains($"pulling {FakeRegistry.Digest(fake!.Text)[..12]} 100% [##############################]", output, StringComparison.Ordinal);
        Assert.EndsWith("success\n", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "here", "models", "blobs", "sha256-" + FakeRegistry.Digest(fake.Text))));
    }

    [Fact]
    public async Task Failure_IsOneSentence()
    {
        var (status, _, error) = await RunAsync("nothing");
        Assert.Equal(1, status);
        Assert.EndsWith("has no model 'nothing'", error.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAName_KnownModelsAreListed()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "models"));
        File.WriteAllText(Path.Combine(folder.Path, "models", "catalog.json"), """{"models":[{"name":"short","description":"A model.","source":"hf.co/a/b"}]}""");
        var (status, output, _) = await RunAsync();
        Assert.Equal(0, status);
        Assert.Matches("^short +A model.", output);
    }

    private async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var settings = Path.Combine(folder.Path, "appsettings.json");
        File.WriteAllText(settings, JsonSerializer.Serialize(new { DataDirectory = "here", Pull = new { OllamaRegistry = fake!.Address, HuggingFace = fake.Address, Retries = 0 } }));
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = await Commands.Root().Parse(["pull", .. arguments, "--settings", settings]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await fake!.DisposeAsync();
        folder.Dispose();
    }
}
