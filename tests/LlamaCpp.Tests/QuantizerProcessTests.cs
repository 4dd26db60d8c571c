using System.Diagnostics;

namespace LlamaCpp.Tests;

public sealed class QuantizerProcessTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30); // a second process has to start on a busy machine

    private readonly string folder = Directory.CreateTempSubdirectory("quantizer-").FullName;

    private string Target => Path.Combine(folder, "target.gguf");

    [Fact]
    public async Task File_IsTheOneThatThisProcessWouldWrite()
    {
        var own = Path.Combine(folder, "own.gguf");
        LlamaQuantizer.Quantize(TinyModel.DefaultPath, own, "Q4_0", threads: 1);

        await QuantizerProcess.QuantizeAsync(TinyModel.DefaultPath, Target, "q4_0", threads: 1, TestContext.Current.CancellationToken);

        Assert.Equal(await File.ReadAllBytesAsync(own, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("no model", "Q8_0", "could not be quantized to Q8_0")]
    [InlineData("no model", "Q1", "There is no type 'Q1'; there are Q4_0")]
    [InlineData(null, "Q8_0", "There is no model file '")]
    public async Task WhatGoesWrong_ComesBackAsASentence_AndLeavesNoFile(string? content, string type, string message)
    {
        var source = Path.Combine(folder, "Quelle mit ü.gguf");
        if (content is not null)
            await File.WriteAllTextAsync(source, content, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Target, "an older one", TestContext.Current.CancellationToken);

        var e = await Assert.ThrowsAsync<LlamaException>(() => QuantizerProcess.QuantizeAsync(source, Target, type));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
        Assert.True(type == "Q1" || e.Message.Contains(source, StringComparison.Ordinal), e.Message);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task Cancellation_EndsTheChild_InTheMiddleOfItsFile()
    {
        MakePipe(Target);
        using var stop = new CancellationTokenSource();
        var work = QuantizerProcess.QuantizeAsync(TinyModel.DefaultPath, Target, "Q8_0", 1, stop.Token);
        using var half = await OpenAsync(Target);
        Assert.False(work.IsCompleted);

        var asked = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work.WaitAsync(Soon));

        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 5);
        Assert.False(File.Exists(Target));
        await AssertNobodyWritesAsync(half);
    }

    [Fact]
    public async Task Child_EndsWithItsParent_AndTakesItsFileAlong()
    {
        MakePipe(Target);
        using var child = QuantizerProcess.Start(TinyModel.DefaultPath, Target, "Q8_0", 1);
        using var half = await OpenAsync(Target);
        Assert.False(child.HasExited);

        child.StandardInput.Close(); // as the system does for a process that has gone
        await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon);

        Assert.False(File.Exists(Target));
        await AssertNobodyWritesAsync(half);
    }

    [Fact]
    public async Task CancelledBefore_StartsNothing() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QuantizerProcess.QuantizeAsync(TinyModel.DefaultPath, Target, "Q8_0", 1, new CancellationToken(canceled: true)));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A file that takes no more than some 64 KB until somebody reads them: less than the model has.</summary>
    private static void MakePipe(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "there are no named pipes in the file system");
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
    }

    /// <summary>Opens the pipe's other end, once the child has opened its own.</summary>
    private static Task<FileStream> OpenAsync(string pipe) => Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)).WaitAsync(Soon);

    private static Task AssertNobodyWritesAsync(FileStream pipe) => Task.Run(() =>
    {
        var (bytes, count) = (new byte[1 << 12], 0);
        while (pipe.Read(bytes) is > 0 and var some)
            count += some;
        Assert.InRange(count, 0, new FileInfo(TinyModel.DefaultPath).Length / 5); // not all of it
    }).WaitAsync(Soon);
}
