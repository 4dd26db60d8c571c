using Assistant.Chat.Engine;

namespace Assistant.Chat.Tests.Engine;

public class PromptProgressTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task CancelledAnswer_WaitsForItsToken_WithoutKeepingAThreadBusy()
    {
        var token = new TaskCompletionSource();
        using var leave = new CancellationTokenSource();
        var answer = PromptProgress.WithTokens(_ => GenerateAsync(), PromptProgress.CreateChannel().Reader, leave.Token).GetAsyncEnumerator(CancellationToken.None);
        await leave.CancelAsync();
        var moving = Task.Factory.StartNew(() => answer.MoveNextAsync().AsTask(), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        try
        {
            var move = await moving.WaitAsync(Soon, TestContext.Current.CancellationToken); // what turns in circles gives no task back
            Assert.False(move.IsCompleted);
        }
        finally
        {
            token.SetResult();
        }
        Assert.True(await (await moving).WaitAsync(Soon, TestContext.Current.CancellationToken));
        Assert.Equal((7, null), answer.Current);
        await answer.DisposeAsync();

        async IAsyncEnumerable<int> GenerateAsync()
        {
            await token.Task; // a step of the model, which cannot be interrupted
            yield return 7;
        }
    }
}
