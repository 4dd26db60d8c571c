using Assistant.Chat.Models;
using LlamaCpp.Tests;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Models;

/// <summary>A thousand model files that are cut off or wrong in some bits: each is refused in a sentence or works, and the process lives.</summary>
public class HostileFileTests
{
    private const int Files = 1000;
    private const int Header = 12_500; // metadata, vocabulary and tensor list of the tiny model; bits of weights spoil nothing but answers

    [Fact]
    public async Task TruncatedAndFlippedModels_AreRefused_OrWork()
    {
        using var chat = new TinyChat();
        var (text, projector) = (await File.ReadAllBytesAsync(chat.TextPath, Cancel), await File.ReadAllBytesAsync(chat.ProjectorPath, Cancel));
        var (refused, loaded) = (0, 0);
        for (var number = 0; number < Files; number++)
        {
            var random = new Random(number);
            var spoilProjector = number % 5 == 0;
            await ReplaceAsync(spoilProjector ? chat.ProjectorPath : chat.TextPath, Spoil(random, spoilProjector ? projector : text), number);
            try
            {
                var response = await chat.Client.GetResponseAsync([User("what?")], Greedy(2), Cancel);
                Assert.NotNull(response.FinishReason);
                loaded++;
            }
            catch (Exception e) when (e is ModelLoadException or ChatRequestException)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
                Assert.DoesNotContain("Exception", e.Message, StringComparison.Ordinal);
                refused++;
            }
            if (spoilProjector)
                await ReplaceAsync(chat.ProjectorPath, projector, number);
        }
        Assert.True(refused > Files / 3, $"{refused} of {Files} were refused");
        Assert.True(loaded > 10, $"{loaded} of {Files} worked");

        await ReplaceAsync(chat.TextPath, text, Files);
        Assert.NotEqual("", (await chat.Client.GetResponseAsync([User("what?")], Greedy(), Cancel)).Text);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Spoil(Random random, byte[] good)
    {
        var bytes = (byte[])good.Clone();
        var header = Math.Min(Header, bytes.Length);
        switch (random.Next(5))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                return bytes[..random.Next(header)];
            case 2:
                random.NextBytes(bytes.AsSpan(random.Next(header - 16), random.Next(1, 16)));
                return bytes;
            case 3: // a size or count somewhere becomes huge
                BitConverter.TryWriteBytes(bytes.AsSpan(random.Next(header - 8)), random.Next(3) switch { 0 => ulong.MaxValue, 1 => 1UL << random.Next(64), _ => 0UL });
                return bytes;
            default:
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                    bytes[random.Next(header)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    /// <summary>In one step, as whoever replaces the file of a running server should; the time tells the versions apart.</summary>
    private static async Task ReplaceAsync(string path, byte[] bytes, int number)
    {
        await File.WriteAllBytesAsync(path + ".new", bytes, Cancel);
        File.SetLastWriteTimeUtc(path + ".new", DateTime.UnixEpoch.AddSeconds(2 * number + (path.EndsWith("mmproj.gguf", StringComparison.Ordinal) ? 1 : 0)));
        File.Move(path + ".new", path, overwrite: true);
    }
}
