using Assistant.Chat.Models;
using Assistant.Chat.Tests;
using Assistant.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Assistant.Web.Tests.Hosting;

/// <summary>Saving appsettings.json while the server runs.</summary>
public sealed class UnreadableSettingsTests : IDisposable
{
    private const string Good = """{"Models":[{"Name":"one","TextModel":"one.gguf"}]}""";

    private readonly string folder = Directory.CreateTempSubdirectory("assistant-settings-").FullName;

    private string Settings => Path.Combine(folder, "appsettings.json");

    [Fact]
    public async Task EachWayOfSpoilingTheFile_KeepsTheOldModels_AndSaysWhy_UntilItIsMended()
    {
        await SaveAsync(Good);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddJsonFile(source =>
        {
            (source.Path, source.ReloadOnChange, source.ReloadDelay) = (Settings, true, 50);
            source.ResolveFileProvider();
        });
        builder.Services.AddAssistantModels(builder.Configuration, folder);
        await using var application = builder.Build();
        application.ReportUnreadableSettings();
        var models = application.Services.GetRequiredService<ModelCatalog>();
        Assert.NotNull(models.Find("one"));

        await SaveAsync("{ \"Models\": [");
        await WaitAsync(() => models.ConfigurationProblem?.Contains("appsettings.json: ", StringComparison.Ordinal) == true);
        Assert.NotNull(models.Find("one"));

        await SaveAsync("""{"Models":[{"Name":"two","TextModel":"two.gguf","ContextLength":"long"}]}""");
        await WaitAsync(() => models.ConfigurationProblem?.Contains("'long' at 'Models:0:ContextLength'", StringComparison.Ordinal) == true);
        Assert.NotNull(models.Find("one"));

        await SaveAsync("""{"Models":[{"Name":"two","TextModel":"two.gguf"}]}""");
        await WaitAsync(() => models.ConfigurationProblem is null && models.Find("two") is not null);
        Assert.Null(models.Find("one"));
    }

    private async Task SaveAsync(string text)
    {
        await File.WriteAllTextAsync(Settings + ".new", text, TestContext.Current.CancellationToken);
        File.Move(Settings + ".new", Settings, overwrite: true);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(condition(), "the change was not noticed within ten seconds");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
