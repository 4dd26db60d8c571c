using Assistant.Chat.Models;
using Assistant.Vision.Tests.Weights;
using LlamaCpp.Tests;
using Microsoft.Extensions.AI;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Models;

/// <summary>A thousand model files that are cut off or wrong in some bits, and others that are well-formed but wrong: each is refused in a sentence or works, and the process lives.</summary>
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
            if (await WorksAsync(() => AskAsync(chat.Client)))
                loaded++;
            else
                refused++;
            if (spoilProjector)
                await ReplaceAsync(chat.ProjectorPath, projector, number);
        }
        Assert.True(refused > Files / 3, $"{refused} of {Files} were refused");
        Assert.True(loaded > 10, $"{loaded} of {Files} worked");

        await ReplaceAsync(chat.TextPath, text, Files);
        Assert.NotEqual("", (await chat.Client.GetResponseAsync([User("what?")], Greedy(), Cancel)).Text);
    }

    /// <summary>Well-formed files in which one tensor is said to be of another type: llama.cpp ends the process where it cannot compute with one.</summary>
    [Theory]
    [InlineData("token_embd.weight")]
    [InlineData("output_norm.weight")]
    [InlineData("output.weight")]
    [InlineData("blk.0.attn_norm.weight")]
    [InlineData("blk.1.attn_q.weight")]
    [InlineData("blk.1.attn_v.weight")]
    [InlineData("blk.0.ffn_down.weight")]
    public async Task TensorsOfAnotherType_AreRefused_OrWork(string name)
    {
        using var chat = new TinyChat(model: new TinyModel { Width = 256, FeedForward = 256 }); // rows of whole blocks, whatever the type
        using var client = chat.Catalog.GetClient(Reader);
        var text = await File.ReadAllBytesAsync(chat.TextPath, Cancel);
        var at = HostileGguf.TypeOffset(text, name);
        var (refused, worked) = (0, 0);
        foreach (var type in Enumerable.Range(0, 45).Append(int.MaxValue).Append(-1))
        {
            var bytes = (byte[])text.Clone();
            BitConverter.TryWriteBytes(bytes.AsSpan(at), type);
            await ReplaceAsync(chat.TextPath, bytes, 2 + type % 1000);
            if (await WorksAsync(() => AskAsync(client)))
                worked++;
            else
                refused++;
        }
        Assert.True(refused > 0 && worked > 0, $"{refused} types were refused, {worked} worked");

        await ReplaceAsync(chat.TextPath, text, Files);
        Assert.NotEqual("", (await client.GetResponseAsync([User("what?")], Greedy(), Cancel)).Text);
    }

    [Fact]
    public async Task NumbersAndShapesOfAnotherModel_AreRefused_OrWork()
    {
        using var chat = new TinyChat(settings => settings["Models:0:ContextLength"] = "256");
        using var client = chat.Catalog.GetClient(Reader);
        await TryAsync(chat.TextPath, HostileGguf.Of, 200, () => AskAsync(client));
    }

    [Fact]
    public async Task ModelsOfAnotherKind_AreRefused_OrWork()
    {
        using var chat = new TinyChat(settings => settings["Models:0:ContextLength"] = "256");
        using var client = chat.Catalog.GetClient(Reader);
        await TryAsync(chat.TextPath, HostileGguf.OfOtherKinds, 60, () => AskAsync(client));
    }

    [Fact]
    public async Task EmbeddersOfAnotherKind_AreRefused_OrWork()
    {
        await TryEmbedderAsync(new TinyBert { Pooling = 1 }.Write, HostileGguf.OfOtherKinds, 60);
        await TryEmbedderAsync(new TinyModel().Write, HostileGguf.OfOtherKinds, 60);
    }

    [Fact]
    public async Task AdaptersOfOddNumbersAndShapes_AreRefused_OrWork()
    {
        using var chat = new TinyChat(settings => settings["Models:0:Adapters:0:Path"] = "adapter.gguf");
        using var client = chat.Catalog.GetClient(Reader);
        var path = Path.Combine(chat.Folder, "adapter.gguf");
        WriteAdapter(path, "llama");
        await TryAsync(path, HostileGguf.Of, 10, () => AskAsync(client));
    }

    [Fact]
    public async Task EmbeddersOfOddNumbersAndShapes_AreRefused_OrWork()
    {
        await TryEmbedderAsync(new TinyBert { Pooling = 1 }.Write, HostileGguf.Of, 200);
    }

    private static async Task TryEmbedderAsync(Action<string> write, Func<string, IEnumerable<(string What, byte[] Bytes)>> hostile, int leastRefused)
    {
        using var chat = new TinyChat(WithEmbedder);
        var path = Path.Combine(chat.Folder, "bert.gguf");
        write(path);
        using var embedder = chat.Catalog.GetEmbeddingGenerator("embedder");
        await TryAsync(path, hostile, leastRefused, async () => Assert.Single(await embedder.GenerateAsync([new TextContent("a red dog")], cancellationToken: Cancel)));
    }

    private static void WithEmbedder(Dictionary<string, string?> settings)
    {
        settings["Models:2:Name"] = "embedder";
        settings["Models:2:Embedder"] = "bert.gguf";
    }

    /// <summary>Puts odd files in the place of a sound one, and the sound one back.</summary>
    private static async Task TryAsync(string path, Func<string, IEnumerable<(string What, byte[] Bytes)>> hostile, int leastRefused, Func<Task> use)
    {
        var sound = await File.ReadAllBytesAsync(path, Cancel);
        var (refused, worked, wrong) = (0, 0, new List<string>());
        foreach (var (what, bytes) in hostile(path).ToList())
        {
            await ReplaceAsync(path, bytes, refused + worked + wrong.Count);
            try
            {
                if (await WorksAsync(use))
                    worked++;
                else
                    refused++;
            }
            catch (Exception e)
            {
                wrong.Add($"{what}: {e.GetType().Name}: {e.Message.Split('\n')[0]}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(refused >= leastRefused && worked > 0, $"{refused} were refused, {worked} worked");
        await ReplaceAsync(path, sound, refused + worked);
        await use();
    }

    /// <summary>Whether it does; if not, it says why in a sentence.</summary>
    private static async Task<bool> WorksAsync(Func<Task> use)
    {
        try
        {
            await use();
            return true;
        }
        catch (Exception e) when (e is ModelLoadException or ChatRequestException)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
            Assert.DoesNotContain("Exception", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static async Task AskAsync(IChatClient client) => Assert.NotNull((await client.GetResponseAsync([User("what?")], Greedy(2), Cancel)).FinishReason);

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
