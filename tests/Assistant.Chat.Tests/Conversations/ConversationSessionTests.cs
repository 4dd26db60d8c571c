using Assistant.Chat.Conversations;
using Assistant.Chat.Models;
using Assistant.Scripted;

namespace Assistant.Chat.Tests.Conversations;

public sealed class ConversationSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstQuestion_BeginsAConversation_NamedAfterIt()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("A circle."));
        using var session = home.Open();
        Assert.True(await session.OpenAsync(null, Cancel));
        Assert.Null(session.Conversation);
        await session.AskAsync("  What is this?  ", [], Cancel);
        Assert.Equal(("What is this?", "scripted"), (session.Conversation!.Title, session.Conversation.Model));
        Assert.Equal("What is this?", session.Messages[0].Text);
    }

    [Fact]
    public async Task EmptyQuestion_IsRefused_AndBeginsNothing()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("-"));
        using var session = home.Open();
        await session.OpenAsync(null, Cancel);
        await Assert.ThrowsAsync<ChatRequestException>(() => session.AskAsync(" \n ", [], Cancel));
        Assert.Empty(await home.Store.ListAsync(Cancel));
    }

    [Fact]
    public async Task UnknownChat_ShowsNothing()
    {
        await using var home = await ConversationsHome.StartAsync();
        using var session = home.Open();
        Assert.False(await session.OpenAsync(Guid.NewGuid(), Cancel));
        Assert.Empty(session.Messages);
    }

    [Fact]
    public async Task OtherPage_OfTheSameChat_IsToldAndSeesTheAnswer()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("One."), new ScriptedAnswer("Two."));
        using var first = await home.AskAsync("Once?");
        await home.EndOfAnswerAsync(first);
        using var second = home.Open();
        await second.OpenAsync(first.Conversation!.Id, Cancel);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        second.Changed += onlyAnswer =>
        {
            if (!onlyAnswer && second is { Running: null, Messages: [.., { Text: "Two.", State: AnswerState.Finished }] })
                told.TrySetResult();
        };
        await WhenIdleAsync(first);
        await first.AskAsync("Twice?", [], Cancel);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(["Once?", "One.", "Twice?", "Two."], second.Messages.Select(m => m.Text));
    }

    [Fact]
    public async Task ChatDeletedElsewhere_IsEmptied()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("One."));
        using var session = await home.AskAsync("Once?");
        await home.EndOfAnswerAsync(session);
        await WhenIdleAsync(session);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Changed += _ => told.TrySetResult();
        await home.Answers.DeleteConversationAsync(session.Conversation!.Id, Cancel);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Null(session.Conversation);
    }

    [Fact]
    public async Task Retry_AddsASibling_AndShowsIt()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("First try."), new ScriptedAnswer("Second try."));
        using var session = await home.AskAsync("Well?");
        var first = await home.EndOfAnswerAsync(session);
        await session.RetryAsync(Cancel);
        var second = await home.EndOfAnswerAsync(session);
        Assert.Equal("Second try.", second.Text);
        Assert.Equal(first.ParentId, second.ParentId);
        Assert.Equal("First try.", (await home.Store.ReadBranchAsync(session.Conversation!.Id, first.Id, Cancel))[^1].Text);
        Assert.Single(home.Models.Requests.Last()); // the first try is not part of what the second one is asked
    }

    [Fact]
    public async Task ChosenModel_IsRemembered_AndAnUnknownOneRefused()
    {
        await using var home = await ConversationsHome.StartAsync(new ScriptedAnswer("Yes."));
        home.Models.Models.Add(new ModelDescription { Name = "other" });
        using var session = await home.AskAsync("Well?");
        await session.ChooseModelAsync("OTHER", Cancel);
        using var reopened = home.Open();
        await reopened.OpenAsync(session.Conversation!.Id, Cancel);
        Assert.Equal("other", reopened.Model);
        var error = await Assert.ThrowsAsync<ModelNotFoundException>(() => session.ChooseModelAsync("third", Cancel));
        Assert.Contains("available: scripted, other", error.Message, StringComparison.Ordinal);
    }

    private static async Task WhenIdleAsync(ConversationSession session)
    {
        for (var left = 300; session.Running is not null && left > 0; left--)
            await Task.Delay(20, Cancel);
        Assert.Null(session.Running);
    }
}
