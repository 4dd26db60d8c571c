using Assistant.Chat.Conversations;
using Assistant.Chat.Models;
using Assistant.Scripted;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Assistant.Chat.Tests.Conversations;

public sealed class ConversationStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_PutsTheChatLastSpokenInFirst()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Yes."));
        var first = await home.AskAsync("One?");
        await home.EndOfAnswerAsync(first);
        await home.EndOfAnswerAsync(await home.AskAsync("Two?"));
        Assert.Equal(["Two?", "One?"], (await home.Store.ListAsync(Cancel)).Select(c => c.Title));
        await first.AskAsync("Once more?", [], Cancel);
        Assert.Equal(["One?", "Two?"], (await home.Store.ListAsync(Cancel)).Select(c => c.Title));
    }

    [Fact]
    public async Task Branch_FollowsParents_AndLeavesSiblingsOut()
    {
        await using var home = await ConversationsHome.StartAsync();
        var conversation = await home.Store.CreateAsync("Tree", null, Cancel);
        var question = await AddAsync(home, conversation, null, MessageRole.User, "Q");
        var first = await AddAsync(home, conversation, question, MessageRole.Assistant, "A1");
        var second = await AddAsync(home, conversation, question, MessageRole.Assistant, "A2");
        Assert.Equal(["Q", "A1"], (await home.Store.ReadBranchAsync(conversation.Id, first, Cancel)).Select(m => m.Text));
        Assert.Equal(["Q", "A2"], (await home.Store.ReadBranchAsync(conversation.Id, second, Cancel)).Select(m => m.Text));
        Assert.Equal(second, (await home.Store.FindAsync(conversation.Id, Cancel))!.TipId);
        Assert.Empty(await home.Store.ReadBranchAsync(Guid.NewGuid(), second, Cancel));
    }

    [Theory]
    [InlineData("  Of \n circles ", "Of circles")]
    [InlineData("   ", null)]
    public async Task Rename_CleansTheName(string name, string? stored)
    {
        await using var home = await ConversationsHome.StartAsync();
        var conversation = await home.Store.CreateAsync("Old", null, Cancel);
        Assert.Equal(stored, await home.Store.RenameAsync(conversation.Id, name, Cancel));
        Assert.Equal(stored ?? "Old", (await home.Store.FindAsync(conversation.Id, Cancel))!.Title);
        Assert.Null(await home.Store.RenameAsync(Guid.NewGuid(), name, Cancel));
    }

    [Fact]
    public async Task Delete_TakesThePicturesThatNoOtherChatShows()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Seen."));
        var (shared, own) = (await home.AddImageAsync(10), await home.AddImageAsync(200));
        var first = await home.AskAsync("Both?", shared, own);
        var id = first.Conversation!.Id; // the session forgets it once the chat is gone
        await home.EndOfAnswerAsync(first);
        await home.EndOfAnswerAsync(await home.AskAsync("Shared?", shared));
        Assert.True(await home.Answers.DeleteConversationAsync(id, Cancel));
        Assert.Null(home.Images.Find(own.Hash));
        Assert.Null(home.Images.FindThumbnail(own.Hash));
        Assert.NotNull(home.Images.Find(shared.Hash));
        Assert.Equal("Shared?", Assert.Single(await home.Store.ListAsync(Cancel)).Title);
        Assert.False(await home.Answers.DeleteConversationAsync(id, Cancel));
    }

    [Fact]
    public async Task Delete_LeavesAPictureThatWasAddedAgainForTheNextQuestion()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Seen."));
        var session = await home.AskAsync("This?", await home.AddImageAsync());
        await home.EndOfAnswerAsync(session);
        var draft = await home.AddImageAsync();
        Assert.True(await home.Answers.DeleteConversationAsync(session.Conversation!.Id, Cancel));
        Assert.Null((await home.EndOfAnswerAsync(await home.AskAsync("And this?", draft))).Error);
    }

    [Fact]
    public async Task Delete_OfTheLastOfTwoChats_TakesTheirPicture()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Seen."));
        var (sessions, image) = (new List<ConversationSession>(), default(AttachedImage));
        foreach (var question in (string[])["First?", "Second?"])
        {
            sessions.Add(await home.AskAsync(question, image = await home.AddImageAsync()));
            await home.EndOfAnswerAsync(sessions[^1]);
        }
        Assert.True(await home.Answers.DeleteConversationAsync(sessions[1].Conversation!.Id, Cancel));
        Assert.NotNull(home.Images.Find(image!.Hash));
        Assert.True(await home.Answers.DeleteConversationAsync(sessions[0].Conversation!.Id, Cancel));
        Assert.Null(home.Images.Find(image.Hash));
    }

    [Fact]
    public async Task UnsentPictures_AreClearedOnceTheyAreOld()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Seen."));
        var sent = await home.AddImageAsync(10);
        await home.EndOfAnswerAsync(await home.AskAsync("This?", sent));
        var unsent = await home.AddImageAsync(200);
        await home.Store.DeleteUnusedImagesAsync(DateTimeOffset.UtcNow.AddHours(-1), Cancel);
        Assert.NotNull(home.Images.Find(unsent.Hash));
        await home.Store.DeleteUnusedImagesAsync(DateTimeOffset.UtcNow.AddHours(1), Cancel);
        Assert.Null(home.Images.Find(unsent.Hash));
        Assert.NotNull(home.Images.Find(sent.Hash));
    }

    [Fact]
    public async Task DatabasePutBack_FindsItsPictures()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Seen."));
        var image = await home.AddImageAsync();
        await home.EndOfAnswerAsync(await home.AskAsync("This?", image));
        File.SetLastWriteTimeUtc(home.Images.Find(image.Hash)!.Value.Path, DateTime.UtcNow.AddDays(-3));
        SqliteConnection.ClearAllPools(); // closes the file
        File.Move(home.DatabaseFile, home.DatabaseFile + ".away");
        await using (var without = await ConversationsHome.StartAsync(home.Folder, new ScriptedAnswer("Hello.")))
            await without.EndOfAnswerAsync(await without.AskAsync("Hello?"));
        await using var again = await ConversationsHome.StartAsync(home.Folder);
        Assert.NotNull(again.Images.Find(image.Hash));
    }

    [Fact]
    public async Task Message_OfADeletedChat_IsRefused()
    {
        await using var home = await ConversationsHome.StartAsync();
        var gone = new Conversation { Id = Guid.NewGuid(), Title = "Gone", CreatedAt = default, UpdatedAt = default };
        var error = await Assert.ThrowsAsync<ChatRequestException>(() => AddAsync(home, gone, null, MessageRole.User, "Hello?"));
        Assert.Equal("This chat has been deleted.", error.Message);
    }

    [Fact]
    public async Task FileOfANewerProgram_IsRefused()
    {
        await using var home = await ConversationsHome.StartAsync();
        using (var connection = new SqliteConnection($"Data Source={home.DatabaseFile}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => home.Store.PrepareAsync(Cancel));
        Assert.Contains("newer version of this program (schema 99; this one knows 2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileOfAnOlderProgram_IsBroughtUpToDate()
    {
        await using var home = await ConversationsHome.StartAsync();
        var conversation = await home.Store.CreateAsync("Old", null, Cancel);
        var id = await AddAsync(home, conversation, null, MessageRole.Assistant, "Hello.");
        using (var connection = new SqliteConnection($"Data Source={home.DatabaseFile}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """ALTER TABLE "Messages" DROP COLUMN "Thoughts"; PRAGMA user_version = 1""";
            command.ExecuteNonQuery();
        }
        SqliteConnection.ClearAllPools(); // a program that starts has read no tables yet
        await home.Store.PrepareAsync(Cancel);
        await home.Store.PrepareAsync(Cancel); // a second time changes nothing
        var old = Assert.Single(await home.Store.ReadBranchAsync(conversation.Id, id, Cancel));
        Assert.Equal(("Hello.", null), (old.Text, old.Thoughts));
        await home.Store.UpdateAnswerAsync(id, new AnswerSnapshot("Hello.", AnswerState.Finished, Thoughts: "Greet."), Cancel);
        Assert.Equal("Greet.", Assert.Single(await home.Store.ReadBranchAsync(conversation.Id, id, Cancel)).Thoughts);
    }

    [Fact]
    public async Task FileThatIsNoDatabase_IsRefused_AndLeftAlone()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "conversations.db"), new string('x', 4096), Cancel);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ConversationsHome.StartAsync(folder));
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
        Assert.Contains("DataDirectory", error.Message, StringComparison.Ordinal);
        Assert.Equal(4096, new FileInfo(Path.Combine(folder, "conversations.db")).Length);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Database_IsInWalMode_WithFullSynchronisation()
    {
        await using var home = await ConversationsHome.StartAsync();
        await using var context = new ConversationsContext(ConversationsDatabase.CreateOptions(home.DatabaseFile));
        Assert.Equal("wal", await PragmaAsync(context, "journal_mode"));
        Assert.Equal(2L, await PragmaAsync(context, "synchronous"));
        Assert.Equal(1L, await PragmaAsync(context, "foreign_keys"));
    }

    private static async Task<object?> PragmaAsync(ConversationsContext context, string name)
    {
        await context.Database.OpenConnectionAsync(Cancel);
        using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return await command.ExecuteScalarAsync(Cancel);
    }

    private static async Task<Guid> AddAsync(ConversationsHome home, Conversation conversation, Guid? parent, MessageRole role, string text)
    {
        var message = new Message { Id = Guid.NewGuid(), ConversationId = conversation.Id, ParentId = parent, Role = role, Text = text, CreatedAt = DateTimeOffset.UtcNow };
        await home.Store.AddAsync(message, Cancel);
        return message.Id;
    }
}
