using System.CommandLine;
using System.Text.Json;
using Assistant.Chat.Tests.Models.Library;
using Assistant.Vision.Tests;

namespace Assistant.Cli.Tests;

public sealed class PullCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeRegistry? fake;
    private object[] models = [];

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

    [Fact]
    public async Task EnvironmentVariables_WinOverTheFile()
    {
        Environment.SetEnvironmentVariable("DataDirectory", "there");
        try
        {
            var (status, _, error) = await RunAsync("tiny");
            Assert.Equal((0, ""), (status, error));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DataDirectory", null);
        }
        Assert.True(Directory.Exists(Path.Combine(folder.Path, "there", "models", "blobs")));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "here")));
    }

    [Fact]
    public async Task ConfiguredModel_IsRefused_BeforeAnythingIsPulled()
    {
        models = [new { Name = "Tiny", TextModel = "tiny.gguf" }];
        var (status, _, error) = await RunAsync("tiny:latest");
        Assert.Equal(1, status);
        Assert.Contains("the model 'tiny:latest' stands in \"Models\" of appsettings.json", error, StringComparison.Ordinal);
        Assert.Empty(fake!.Requests);
    }

    [Fact]
    public async Task SettingsFile_ThatIsNamed_MustBeThere_AndBeJson()
    {
        var file = Path.Combine(folder.Path, "other.json");
        var (status, _, error) = await InvokeAsync("tiny", "--settings", file);
        Assert.Equal(1, status);
        Assert.Contains(file, error, StringComparison.Ordinal);

        File.WriteAllText(file, "{\n  \"DataDirectory\": \n}");
        (status, _, error) = await InvokeAsync("tiny", "--settings", file);
        Assert.Equal(1, status);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 2", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var settings = Path.Combine(folder.Path, "appsettings.json");
        File.WriteAllText(settings, JsonSerializer.Serialize(new { DataDirectory = "here", Models = models, Pull = new { OllamaRegistry = fake!.Address, HuggingFace = fake.Address, Retries = 0 } }));
        return InvokeAsync([.. arguments, "--settings", settings]);
    }

    private static async Task<(int Status, string Output, string Error)> InvokeAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = await Commands.Root().Parse(["pull", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await fake!.DisposeAsync();
        folder.Dispose();
    }
}
