using Assistant.Scripted;
using Assistant.Scripted.Web;
using Assistant.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Tests.Hosting;

public sealed class StartupErrorsTests
{
    [Fact]
    public async Task AddressInUse_IsOneSentenceThatNamesTheSetting()
    {
        await using var first = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")));
        var directory = Directory.CreateTempSubdirectory("assistant-").FullName;
        using var errors = new StringWriter();
        var code = await StartupErrors.RunAsync(
            () => Program.Build(
                [$"--Urls={first.Address}", $"--DataDirectory={directory}", "--Logging:LogLevel:Default=None"],
                services => RunningAssistant.Replace(services, new ScriptedChatModels(new ScriptedAnswer("-")))),
            errors);
        Directory.Delete(directory, recursive: true);
        Assert.Equal(1, code);
        Assert.StartsWith($"{first.Address} is in use", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("setting Urls", errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().Trim().Split('\n'));
    }

    [Fact]
    public void WrongSettings_AreNamed_AllInOneMessage()
    {
        var error = new OptionsValidationException("", typeof(object), ["Models:0:Name: a name is missing", "DefaultModel: there is no model 'x'"]);
        Assert.Equal("appsettings.json: Models:0:Name: a name is missing; DefaultModel: there is no model 'x'", StartupErrors.Explain(error, ""));
    }

    [Fact]
    public void ErrorOfOurOwn_IsNotHidden() => Assert.Null(StartupErrors.Explain(new ArithmeticException(), ""));

    [Fact]
    public void ContentRoot_IsTheNearestFolderWithBoth()
    {
        var root = Directory.CreateTempSubdirectory("root-");
        var deep = root.CreateSubdirectory("src/bin/Debug");
        root.CreateSubdirectory("wwwroot");
        deep.CreateSubdirectory("wwwroot"); // without settings: not the one
        File.WriteAllText(Path.Combine(root.FullName, "appsettings.json"), "{}");
        Assert.Equal(root.FullName, ContentRoot.Find(deep.FullName));
        root.Delete(recursive: true);
        var error = Assert.Throws<InvalidOperationException>(() => ContentRoot.Find(Path.GetPathRoot(root.FullName)!));
        Assert.Contains("appsettings.json and wwwroot", error.Message, StringComparison.Ordinal);
    }
}
