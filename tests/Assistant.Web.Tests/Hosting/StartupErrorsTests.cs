using Assistant.Scripted;
using Assistant.Scripted.Web;
using Assistant.Web.Hosting;
using Microsoft.Extensions.Configuration;
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

    [Theory]
    [InlineData("--Urls=http://192.0.2.1:11435", "cannot listen on http://192.0.2.1:11435: ")] // an address for documentation, no machine's
    [InlineData("--Apis:MaxRequestBodyMegabytes=lots", "'lots' at 'Apis:MaxRequestBodyMegabytes'")]
    [InlineData("--ApiKeys:0=short --Tools:MaxRounds=0", "ApiKeys:0: a key must have at least 16 characters", "Tools: MaxRounds must be 1 to 64")]
    public async Task WrongSetting_IsOneSentence(string settings, params string[] parts)
    {
        var directory = Directory.CreateTempSubdirectory("assistant-").FullName;
        using var errors = new StringWriter();
        var code = await StartupErrors.RunAsync(
            () => Program.Build(
                ["--Urls=http://127.0.0.1:0", .. settings.Split(' '), $"--DataDirectory={directory}", "--Logging:LogLevel:Default=None"],
                services => RunningAssistant.Replace(services, new ScriptedChatModels(new ScriptedAnswer("-")))),
            errors);
        Directory.Delete(directory, recursive: true);
        Assert.Equal(1, code);
        Assert.All(parts, part => Assert.Contains(part, errors.ToString(), StringComparison.Ordinal));
        Assert.Single(errors.ToString().Trim().Split('\n'));
    }

    [Fact]
    public void BrokenSettingsFile_IsToldWithItsLine()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "{\n  \"Urls\": \n}");
        var error = Assert.ThrowsAny<Exception>(() => new ConfigurationBuilder().AddJsonFile(file).Build());
        File.Delete(file);
        var sentence = StartupErrors.Explain(error, "");
        Assert.Contains(file, sentence, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 2", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorOfOurOwn_IsNotHidden()
    {
        Assert.Null(StartupErrors.Explain(new ArithmeticException(), ""));
        Assert.Null(StartupErrors.Explain(new AggregateException(new FormatException(), new ArithmeticException()), ""));
        Assert.Null(StartupErrors.Explain(new InvalidOperationException("ours", new ArithmeticException()), ""));
    }

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
