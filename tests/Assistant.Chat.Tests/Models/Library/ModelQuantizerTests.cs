using System.Diagnostics;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;

namespace Assistant.Chat.Tests.Models.Library;

public sealed class ModelQuantizerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("quantizer-").FullName;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhoeverLeaves_EndsIt_AndNothingIsLeft(bool cancels)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "there is no /proc");
        var source = Path.Combine(folder, "pipe.gguf"); // whoever opens it waits for somebody who writes
        using (var make = Process.Start("mkfifo", [source]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var options = new ModelOptions { TextModel = source };
        await using var steps = new ModelQuantizer(new ModelRegistry(folder)).QuantizeAsync(options, ("Q8_0", "F16"), stop.Token).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await steps.MoveNextAsync());
        Assert.Equal("quantizing F16 model to Q8_0", steps.Current.Status);
        Assert.Single(Children());
        Assert.True(await steps.MoveNextAsync()); // it goes on telling how far it is
        var asked = Stopwatch.GetTimestamp();

        if (cancels)
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await steps.MoveNextAsync());
        }
        else
            await steps.DisposeAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 5);
        Assert.Empty(Children());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "blobs")));
        Assert.Equal(source, options.TextModel);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private List<string> Children() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).Select(CommandLine)
            .Where(line => line.Contains("llamacpp-quantize", StringComparison.Ordinal) && line.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // it has ended meanwhile
        }
    }
}
