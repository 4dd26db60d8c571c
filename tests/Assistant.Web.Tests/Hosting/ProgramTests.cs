using System.Diagnostics;
using LlamaCpp.Tests;

namespace Assistant.Web.Tests.Hosting;

public class ProgramTests
{
    [Fact]
    public async Task Server_IsItsOwnQuantizer()
    {
        var target = Path.Combine(AppContext.BaseDirectory, $"{Guid.NewGuid():N}.gguf");
        using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "llamacpp-quantize", TinyModel.DefaultPath, target, "Q8_0", "1"])
        {
            RedirectStandardInput = true, // stays open, as its parent stays
            RedirectStandardOutput = true,
        })!;
        try
        {
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));

            Assert.Equal((0, ""), (child.ExitCode, await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)));
            Assert.InRange(new FileInfo(target).Length, 1, new FileInfo(TinyModel.DefaultPath).Length / 2);
        }
        finally
        {
            child.Kill();
            File.Delete(target);
        }
    }
}
