using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;
using Microsoft.AspNetCore.Http;

namespace Assistant.Chat.Tests.Models.Library;

public sealed class ModelPullerTests : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"assistant-models-{Guid.NewGuid():N}");
    private FakeRegistry? fake;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FakeRegistry Fake => fake!;

    private ModelRegistry Registry => new(folder);

    public async ValueTask InitializeAsync() => fake = await FakeRegistry.StartAsync();

    [Fact]
    public async Task Pull_FromARegistry_BringsFilesTemplateAndParameters()
    {
        var steps = await PullAsync("tiny");

        Assert.Equal("pulling manifest", steps[0].Status);
        Assert.Contains(new PullProgress($"pulling {FakeRegistry.Digest(Fake.Text)[..12]}", "sha256:" + FakeRegistry.Digest(Fake.Text), Fake.Text.Length, Fake.Text.Length), steps);
        Assert.Equal(["verifying sha256 digest", "writing manifest", "success"], steps.TakeLast(3).Select(step => step.Status));
        var model = Assert.Single(Registry.List());
        Assert.Equal("tiny", model.Name);
        Assert.EndsWith("/library/tiny:latest", model.Source, StringComparison.Ordinal);
        Assert.Equal(("phi3", 256, 0.25f), (model.Options.Template, model.Options.ContextLength, model.Options.Sampling.Temperature));
        Assert.Equal(["STOP"], model.Options.Stop);
        Assert.Equal([("user", "Hi."), ("assistant", "Yes?")], model.Options.Messages.Select(message => (message.Role, message.Content)));
        Assert.Equal(Fake.Text, await File.ReadAllBytesAsync(Path.Combine(folder, model.Options.TextModel), Cancel));
        Assert.Equal(Fake.Projector, await File.ReadAllBytesAsync(Path.Combine(folder, model.Options.Projector!), Cancel));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.partial", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("tiny:3b", "tiny:3b")]
    [InlineData("somebody/tiny", "somebody/tiny")]
    [InlineData("hf.co/somebody/tiny-gguf", "hf.co/somebody/tiny-gguf")]
    [InlineData("https://huggingface.co/somebody/tiny-gguf:q4_0", "hf.co/somebody/tiny-gguf:q4_0")]
    public async Task Pull_KnowsItsNames(string name, string local)
    {
        await PullAsync(name);
        var model = Assert.Single(Registry.List());
        Assert.Equal(local, model.Name);
        Assert.Equal(Fake.Text, await File.ReadAllBytesAsync(Path.Combine(folder, model.Options.TextModel), Cancel));
        Assert.Equal(Fake.Projector, await File.ReadAllBytesAsync(Path.Combine(folder, model.Options.Projector!), Cancel));
    }

    [Fact]
    public async Task Pull_FromHuggingFace_TakesTheRepositorysSystemMessageAndParameters()
    {
        await PullAsync("hf.co/somebody/tiny-gguf:tiny-Q4_0.gguf"); // a file's whole name is a tag, too
        var options = Assert.Single(Registry.List()).Options;
        Assert.Equal(("See well.", 0.5f, null), (options.System, options.Sampling.Temperature, options.Template));
    }

    [Fact]
    public async Task ARepositorysFormerName_LeadsToTheRepository()
    {
        await PullAsync("hf.co/somebody/former-name");
        Assert.Equal("hf.co/somebody/former-name", Assert.Single(Registry.List()).Name);
    }

    [Fact]
    public async Task AccessToken_GoesToHuggingFaceAlone_NotToWhereItsFilesLie()
    {
        await LeavePartAsync(Fake.Text[..1000]);
        using var puller = new ModelPuller(Registry, new PullOptions { HuggingFace = Fake.Address, OllamaRegistry = "http://localhost:1", HuggingFaceToken = "hf_secret" }, []);
        await foreach (var step in puller.PullAsync("hf.co/somebody/tiny-gguf", Cancel))
            Assert.NotEqual("", step.Status);
        Assert.All(Fake.Authorizations, authorization => Assert.Equal("Bearer hf_secret", authorization));
        Assert.Equal([("bytes=1000-", ""), ("", "")], Fake.StorageRequests); // the range goes along, the token does not
    }

    [Fact]
    public async Task Pull_OfAKnownName_GoesToItsSource_AndComparesWhatIsKnown()
    {
        KnownModel[] known = [new() { Name = "short", Source = "hf.co/somebody/tiny-gguf:Q4_0", Files = [new("tiny-Q4_0.gguf", Fake.Text.Length, FakeRegistry.Digest(Fake.Text))] }];
        await PullAsync("short", known: known);
        Assert.Equal("short", Assert.Single(Registry.List()).Name);

        known[0] = known[0] with { Files = [new("tiny-Q4_0.gguf", Sha256: new string('0', 64))] };
        Assert.Contains("is not the file that models/catalog.json knows", (await Assert.ThrowsAsync<PullException>(() => PullAsync("short", known: known))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_Again_PullsNoFileAgain()
    {
        await PullAsync("tiny");
        Fake.Requests.Clear();
        await PullAsync("tiny");
        Assert.DoesNotContain(Fake.Requests, request => request.Contains(FakeRegistry.Digest(Fake.Text), StringComparison.Ordinal));
        Assert.Single(Registry.List());
    }

    [Fact]
    public async Task LostConnection_IsMadeAgain_AndGoesOnWhereItBroke()
    {
        var lost = 0;
        Fake.OnFile = async (context, file) =>
        {
            if (file != Fake.Text || lost++ >= 3)
                return false;
            await FakeRegistry.SendAsync(context, file, cutAfter: 30_000);
            return true;
        };
        await PullAsync("tiny");
        Assert.Contains(Fake.Requests, request => request.EndsWith("bytes=30000-", StringComparison.Ordinal));
        Assert.Contains(Fake.Requests, request => request.EndsWith("bytes=90000-", StringComparison.Ordinal));
        Assert.Single(Registry.List());
    }

    [Fact]
    public async Task LostConnection_ThatStaysLost_IsOneSentence_AndTheNextPullGoesOn()
    {
        var sent = false;
        Fake.OnFile = async (context, file) =>
        {
            if (!sent)
                await FakeRegistry.SendAsync(context, file, cutAfter: 40_000);
            else
                context.Abort();
            sent = true;
            return true;
        };
        var e = await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny"));
        Assert.Contains($"was lost after 40000 of the {Fake.Text.Length} bytes of model", e.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.List());

        Fake.OnFile = null;
        Fake.Requests.Clear();
        var steps = await PullAsync("tiny");
        Assert.Contains(steps, step => step.Completed == 40_000);
        Assert.Contains(Fake.Requests, request => request.EndsWith("bytes=40000-", StringComparison.Ordinal));
        Assert.Single(Registry.List());
    }

    [Fact]
    public async Task ServerThatCannotResume_IsReadFromTheStart()
    {
        await LeavePartAsync([.. Enumerable.Repeat((byte)7, 1000)]);
        Fake.OnFile = async (context, file) =>
        {
            context.Response.ContentLength = file.Length;
            await context.Response.Body.WriteAsync(file, Cancel);
            return true;
        };
        await PullAsync("tiny");
        Assert.Single(Registry.List());
    }

    [Fact]
    public async Task DamagedFile_IsRemoved_AndNothingIsRegistered()
    {
        await LeavePartAsync([.. Enumerable.Repeat((byte)7, 1000)]); // the server goes on after bytes that are wrong
        var e = await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny"));
        Assert.Contains("is damaged: its SHA-256 is", e.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.List());
        Assert.False(File.Exists(Registry.BlobPath(FakeRegistry.Digest(Fake.Text)) + ".partial"));
        await PullAsync("tiny"); // from the start
        Assert.Single(Registry.List());
    }

    [Fact]
    public async Task FullDisk_IsOneSentence_BeforeAnythingIsPulled()
    {
        var e = await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny", freeSpace: 20_000_000 - 3_500_000));
        Assert.Matches(@"model needs [\d.]+ [KM]B more, the disk of .* has 16.5 MB left", e.Message);
        Assert.DoesNotContain(Fake.Requests, request => request.Contains(FakeRegistry.Digest(Fake.Text), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelled_LeavesThePart()
    {
        using var stop = new CancellationTokenSource();
        Fake.OnFile = async (context, file) =>
        {
            context.Response.ContentLength = file.Length;
            await context.Response.Body.WriteAsync(file.AsMemory(0, 20_000), Cancel);
            await context.Response.Body.FlushAsync(Cancel);
            await Task.Delay(300, Cancel);
            await stop.CancelAsync();
            await Task.Delay(5000, context.RequestAborted);
            return true;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync("tiny", cancellationToken: stop.Token));
        Assert.Equal(20_000, new FileInfo(Registry.BlobPath(FakeRegistry.Digest(Fake.Text)) + ".partial").Length);
    }

    [Fact]
    public async Task SecondPullOfTheSameFile_IsRefusedWhileTheFirstRuns()
    {
        await LeavePartAsync([1]);
        await using var held = new FileStream(Registry.BlobPath(FakeRegistry.Digest(Fake.Text)) + ".partial", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("is being pulled already", (await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny"))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Manifests => new()
    {
        { "digest", "sha256:../../../../etc/passwd", "is no SHA-256 digest" },
        { "digest", "sha256:" + new string('A', 64), "is no SHA-256 digest" },
        { "digest", "/etc/passwd", "is no SHA-256 digest" },
        { "size", "-5", "a size of -5" },
        { "size", "0", "a size of 0" },
        { "size", "1000000", "bytes of model where 1000000 were expected" },
        { "size", "\"many\"", "a size of " },
        { "mediaType", "application/vnd.ollama.image.projector", "its manifest names 0 model files and 2 projectors" },
        { "mediaType", "17", "names 0 model files" },
    };

    [Theory]
    [MemberData(nameof(Manifests))]
    public async Task HostileManifest_EscapesNowhere(string key, string value, string message)
    {
        Fake.Spoil = manifest => manifest["layers"]![0]![key] = key == "mediaType" && value != "17" || key == "digest" ? value : JsonNode.Parse(value);
        var e = await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny"));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.List());
    }

    [Fact]
    public async Task HostileRepository_EscapesNowhere()
    {
        Fake.Spoil = repository =>
        {
            foreach (var file in repository["siblings"]!.AsArray().Skip(1))
                file!["rfilename"] = "../../../../tmp/escaped-" + (string?)file["rfilename"];
        };
        await Assert.ThrowsAsync<PullException>(() => PullAsync("hf.co/somebody/tiny-gguf:Q4_0")); // such a path is not there
        Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => Assert.StartsWith("sha256-", Path.GetFileName(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task FileThatIsNoModel_IsNotRegistered()
    {
        Fake.Text = new byte[5000];
        Assert.Contains("was pulled, but cannot be used", (await Assert.ThrowsAsync<PullException>(() => PullAsync("tiny"))).Message, StringComparison.Ordinal);
        Assert.Empty(Registry.List());
    }

    [Theory]
    [InlineData("nothing", "has no model 'nothing'")]
    [InlineData("hf.co/somebody/nothing", "has no repository 'somebody/nothing'")]
    [InlineData("hf.co/somebody/tiny-gguf:Q9_9", "no file of quantization 'Q9_9'; it has tiny-F16.gguf, tiny-Q4_0.gguf")]
    [InlineData("evil.example.org/a/b", "models are pulled from hf.co and from 127.0.0.1")]
    [InlineData("../../etc/passwd", "is no name of a model")]
    [InlineData("..", "is no name of a model")]
    [InlineData("a/../b", "'a' is neither")]
    [InlineData("a..b", "is no name of a model")]
    [InlineData("name:", "is no name of a model")]
    [InlineData("name:tag:tag", "is no name of a model")]
    [InlineData("", "is no name of a model")]
    [InlineData("a/b/c/d", "is no name of a model")]
    [InlineData("na me", "is no name of a model")]
    [InlineData("name?x=1", "is no name of a model")]
    [InlineData("-name", "is no name of a model")]
    public async Task NameThatCannotBePulled_IsOneSentence(string name, string message)
    {
        var e = await Assert.ThrowsAsync<PullException>(() => PullAsync(name));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task UnreachableRegistry_IsOneSentence()
    {
        using var puller = new ModelPuller(Registry, new PullOptions { OllamaRegistry = "http://127.0.0.1:1" }, []);
        var e = await Assert.ThrowsAsync<PullException>(async () =>
        {
            await foreach (var step in puller.PullAsync("tiny", Cancel))
                Assert.Equal("pulling manifest", step.Status);
        });
        Assert.StartsWith("127.0.0.1:1 cannot be reached: ", e.Message, StringComparison.Ordinal);
    }

    private async Task LeavePartAsync(byte[] part)
    {
        var path = Registry.BlobPath(FakeRegistry.Digest(Fake.Text)) + ".partial";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, part, Cancel);
    }

    private async Task<List<PullProgress>> PullAsync(string name, KnownModel[]? known = null, long freeSpace = long.MaxValue, CancellationToken? cancellationToken = null)
    {
        using var puller = new ModelPuller(Registry, Fake.Options, known ?? [], TimeProvider.System, _ => freeSpace);
        var steps = new List<PullProgress>();
        await foreach (var step in puller.PullAsync(name, cancellationToken ?? Cancel))
            steps.Add(step);
        return steps;
    }

    public async ValueTask DisposeAsync()
    {
        await Fake.DisposeAsync();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
