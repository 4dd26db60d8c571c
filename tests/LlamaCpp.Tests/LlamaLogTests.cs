namespace LlamaCpp.Tests;

public class LlamaLogTests
{
    [Fact]
    public void Handler_ReceivesLines_AndWhatItThrowsGoesNowhere()
    {
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        LlamaLog.Handler = (_, line) =>
        {
            lines.Enqueue(line);
            throw new InvalidOperationException("must not cross native frames");
        };
        try
        {
            using var model = LlamaModel.Load(TinyModel.DefaultPath);
            Assert.Contains(lines, line => line.Contains("general.architecture", StringComparison.Ordinal));
        }
        finally
        {
            LlamaLog.Handler = null;
        }
    }
}
