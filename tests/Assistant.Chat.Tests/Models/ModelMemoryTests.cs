using Assistant.Chat.Models;
using LlamaCpp.Tests;
using static Assistant.Chat.Tests.TinyChat;

namespace Assistant.Chat.Tests.Models;

public class ModelMemoryTests
{
    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("8GB", 8_000_000_000)]
    [InlineData(" 1.5 GiB ", 1_610_612_736)]
    [InlineData("2 kb", 2000)]
    [InlineData("50%", 500)]
    [InlineData("7 B", 7)]
    public void Size_IsRead(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text, whole: 1000));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1GB")]
    [InlineData("much")]
    [InlineData("GB")]
    [InlineData("1e99")]
    [InlineData("9999999999TB")]
    public void Size_ThatIsNone_IsNull(string text) => Assert.Null(ByteSize.Parse(text, whole: 1000));

    [Theory]
    [InlineData(17, "17 bytes")]
    [InlineData(1500, "1.5 KB")]
    [InlineData(4_140_000_000, "4.1 GB")]
    public void Size_IsWritten(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public async Task TheLongestUnused_LeavesFirst_WhenRoomIsNeeded()
    {
        using var chat = new TinyChat(AddThird);
        await AskAsync(chat, Seer);
        await AskAsync(chat, Reader);
        var bytes = chat.Catalog.Loaded().Sum(model => model.Memory);
        await AskAsync(chat, Seer); // so Reader is the longest unused

        Change(chat, bytes + 1000);
        await AskAsync(chat, "third");

        Assert.Equal([Seer, "third"], chat.Catalog.Loaded().Select(model => model.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AModelThatDoesNotFitAtAll_IsRefused_WithBothSizes_AndOthersStay()
    {
        using var chat = new TinyChat();
        await AskAsync(chat, Seer);
        var bytes = Assert.Single(chat.Catalog.Loaded()).Memory;
        Change(chat, bytes); // Reader has a longer context and takes more

        var e = await Assert.ThrowsAsync<ModelLoadException>(() => AskAsync(chat, Reader));

        Assert.Matches($@"The model 'reader' cannot be loaded: it takes about [\d.]+ [KM]B of memory, models may take {System.Text.RegularExpressions.Regex.Escape(ByteSize.Format(bytes))} \(ModelMemoryLimit: {bytes}\)", e.Message);
        Assert.Equal(Seer, Assert.Single(chat.Catalog.Loaded()).Name);
    }

    [Fact]
    public async Task SavedPrefixes_AreCounted()
    {
        var memory = new List<long>();
        foreach (var saved in (string[])["0", "3MB", "5MB"])
        {
            using var chat = new TinyChat(settings => settings["Models:1:SavedPrefixes"] = saved);
            await AskAsync(chat, Seer);
            memory.Add(Assert.Single(chat.Catalog.Loaded()).Memory);
        }

        Assert.True(memory[0] > 0);
        Assert.Equal([3_000_000, 5_000_000], memory[1..].Select(bytes => bytes - memory[0]));
    }

    [Fact]
    public async Task AModelInUse_IsWaitedFor()
    {
        using var chat = new TinyChat(AddThird);
        await AskAsync(chat, Reader);
        Change(chat, Assert.Single(chat.Catalog.Loaded()).Memory + 1000);
        Task<string>? other = null;
        await foreach (var update in chat.Catalog.GetClient(Reader).GetStreamingResponseAsync([User("what?")], Greedy(40), TestContext.Current.CancellationToken))
        {
            other ??= AskAsync(chat, "third");
            Assert.False(other.IsCompleted);
            Assert.Equal(Reader, Assert.Single(chat.Catalog.Loaded()).Name);
        }

        Assert.NotEqual("", await other!);
        Assert.Equal("third", Assert.Single(chat.Catalog.Loaded()).Name);
    }

    [Fact]
    public async Task WhoWaitsForRoom_MayLeave_AndNothingIsLoadedForHim()
    {
        using var chat = new TinyChat(AddThird);
        await AskAsync(chat, Reader);
        Change(chat, Assert.Single(chat.Catalog.Loaded()).Memory + 1000);
        using var leave = new CancellationTokenSource();
        Task<string>? other = null;
        await foreach (var update in chat.Catalog.GetClient(Reader).GetStreamingResponseAsync([User("what?")], Greedy(30), TestContext.Current.CancellationToken))
        {
            if (other is not null)
                continue;
            other = AskAsync(chat, "third", leave.Token);
            Assert.Contains(chat.Catalog.Loading(), model => model.Name == "third");
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        }
        Assert.Equal(Reader, Assert.Single(chat.Catalog.Loaded()).Name);
        Assert.Empty(chat.Catalog.Loading());
        Assert.NotEqual("", await AskAsync(chat, "third"));
    }

    private static void AddThird(Dictionary<string, string?> settings)
    {
        foreach (var (key, value) in settings.Where(pair => pair.Key.StartsWith("Models:0:", StringComparison.Ordinal)).ToList())
            settings["Models:2:" + key[9..]] = value;
        settings["Models:2:Name"] = "third";
    }

    private static void Change(TinyChat chat, long limit)
    {
        chat.Configuration["ModelMemoryLimit"] = limit.ToString(System.Globalization.CultureInfo.InvariantCulture);
        chat.Configuration.Reload();
    }

    private static async Task<string> AskAsync(TinyChat chat, string model, CancellationToken? cancellationToken = null) =>
        (await chat.Catalog.GetClient(model).GetResponseAsync([User("what?")], Greedy(2), cancellationToken ?? TestContext.Current.CancellationToken)).Text;
}
