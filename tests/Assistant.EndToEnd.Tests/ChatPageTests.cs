using System.Text.RegularExpressions;
using Assistant.Chat.Models;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The page in a real browser with a scripted model.</summary>
public sealed class ChatPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static BrowserNewContextOptions Phone => new() { ViewportSize = new ViewportSize { Width = 375, Height = 700 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task PictureAndQuestions_AreAnswered_AndSurviveAReload()
    {
        var models = new ScriptedChatModels(
            new ScriptedAnswer("A red circle ", "and a **blue star**.") { Timings = new AnswerTimings { Images = 1, TowerRuns = 1, Vision = TimeSpan.FromMilliseconds(420) } },
            new ScriptedAnswer("The star is blue.") { Timings = new AnswerTimings { Images = 1, TowerRuns = 0, PromptTokens = 90, CachedTokens = 80 } });
        await using var assistant = await RunningAssistant.StartAsync(models);
        var page = await chromium.OpenAsync(assistant);

        await page.GetByLabel("Add pictures", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "scene.png", MimeType = "image/png", Buffer = await page.DrawAsync(Drawings.CircleAndStar) });
        await Expect(page.Uploads().GetByRole(AriaRole.Img, new() { Name = "scene.png" })).ToBeVisibleAsync();
        await page.AskAsync("Describe this picture.");
        await Expect(page.Answers()).ToContainTextAsync("A red circle and a blue star.");
        await Expect(page.Answers()).ToContainTextAsync("picture encoded in 420 ms");
        await Expect(page.Answers().Locator("strong")).ToHaveTextAsync("blue star");
        await Expect(page).ToHaveURLAsync(new Regex("/c/[0-9a-f-]{36}$"));
        await Expect(page.Message()).ToHaveValueAsync("");

        await page.AskAsync("What colour is the star?");
        await Expect(page.Answers().Nth(1)).ToContainTextAsync("The star is blue.");
        await Expect(page.Answers().Nth(1)).ToContainTextAsync("picture from cache · 80 of 90 prompt tokens cached");
        var second = models.Requests.Last();
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.User], second.Select(m => m.Role));
        Assert.Equal(["DataContent", "TextContent"], second[0].Contents.Select(c => c.GetType().Name));

        await page.ReloadAsync();
        await page.ReadyAsync();
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Questions().First.GetByRole(AriaRole.Img, new() { Name = "scene.png" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Describe this picture." })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Answer_Streams_AndGoesOnWhileThePageIsAway()
    {
        var answer = new ScriptedAnswer("First words", " and the rest.") { Gate = 1 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(answer));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("Tell me something.");
        await Expect(page.Answers()).ToContainTextAsync("First words");
        await Expect(page.Button("Stop answering")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await page.ReadyAsync();
        await Expect(page.Answers()).ToContainTextAsync("First words");
        var address = page.Url;
        await page.GotoAsync("about:blank");
        answer.Open();
        await page.GotoAsync(address);
        await Expect(page.Answers()).ToContainTextAsync("First words and the rest.");
        await Expect(page.Button("Send")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Thoughts_AreShownWhileTheyAreAllThereIs_ThenFoldedAway()
    {
        var answer = new ScriptedAnswer("It is **blue**.") { Thoughts = "The sea. <b>Blue?</b>", Gate = 0 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(answer));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("What colour is the sea?");
        var thoughts = page.Answers().GetByText("The sea. <b>Blue?</b>");
        await Expect(thoughts).ToBeVisibleAsync();

        answer.Open();
        await Expect(page.Answers()).ToContainTextAsync("It is blue.");
        await Expect(thoughts).ToBeHiddenAsync();
        await page.ReloadAsync();
        await page.ReadyAsync();
        await Expect(thoughts).ToBeHiddenAsync();
        await page.Answers().GetByText("Thoughts", new() { Exact = true }).ClickAsync();
        await Expect(thoughts).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TwoPages_WatchOneAnswer()
    {
        var answer = new ScriptedAnswer("Seen", " by both.") { Gate = 1 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Hello."), answer));
        var first = await chromium.OpenAsync(assistant);
        await first.AskAsync("Hello?");
        await Expect(first.Answers()).ToContainTextAsync("Hello.");
        var second = await chromium.OpenAsync(assistant, new Uri(first.Url).AbsolutePath);
        await first.AskAsync("Who sees this?");
        await Expect(second.Answers().Nth(1)).ToContainTextAsync("Seen");
        answer.Open();
        await Expect(second.Answers().Nth(1)).ToContainTextAsync("Seen by both.");
        await Expect(first.Answers().Nth(1)).ToContainTextAsync("Seen by both.");
        await first.Context.CloseAsync();
        await second.Context.CloseAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_KeepsWhatWasWritten(bool byKey)
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Half an ans", "wer.") { Gate = 1 }, new ScriptedAnswer("Whole.")));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("Go on and on.");
        await Expect(page.Answers()).ToContainTextAsync("Half an ans");
        if (byKey)
            await page.Keyboard.PressAsync("Escape");
        else
            await page.Button("Stop answering").ClickAsync();
        await Expect(page.Answers()).ToContainTextAsync("Stopped.");
        await Expect(page.Answers()).ToContainTextAsync("Half an ans");
        await page.Button("Answer again").ClickAsync();
        await Expect(page.Answers()).ToContainTextAsync("Whole.");
        await Expect(page.Answers()).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Escape_ThatTheSidebarTakes_LeavesTheAnswerAlone()
    {
        var answer = new ScriptedAnswer("First words", " and the rest.") { Gate = 1 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(answer));
        var page = await chromium.OpenAsync(assistant, options: Phone);
        await page.AskAsync("Go on and on.");
        await Expect(page.Answers()).ToContainTextAsync("First words");
        var chats = page.Chats();
        await page.Button("Show chats").ClickAsync();
        await chats.GetByRole(AriaRole.Button, new() { Name = "Rename Go on and on." }).ClickAsync();
        await chats.GetByLabel("New name of the chat").PressAsync("Escape");
        await Expect(chats.GetByLabel("New name of the chat")).ToHaveCountAsync(0);
        await Expect(chats).ToBeVisibleAsync();
        await chats.GetByRole(AriaRole.Link, new() { Name = "Go on and on." }).PressAsync("Escape");
        await Expect(chats).ToBeHiddenAsync();
        await Expect(page.Button("Stop answering")).ToBeVisibleAsync();
        answer.Open();
        await Expect(page.Answers()).ToContainTextAsync("First words and the rest.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task FailedAnswer_SaysWhy_AndCanBeTriedAgain()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(
            new ScriptedAnswer { Error = new ModelLoadException("the projector file has rows of 64 values, the text model takes 128.") }, new ScriptedAnswer("Now it works.")));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("Does it work?");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The projector file has rows of 64 values, the text model takes 128.");
        await page.Button("Answer again").ClickAsync();
        await Expect(page.Answers()).ToContainTextAsync("Now it works.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task BrokenModel_ShowsItsProblem()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-"))
        {
            Models = [new ModelDescription { Name = "pocket", Problem = "The model 'pocket' cannot be used: models/pocket/text.gguf is missing." }],
        });
        var page = await chromium.OpenAsync(assistant);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The model 'pocket' cannot be used: models/pocket/text.gguf is missing.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task SeveralModels_CanBeChosen_AndTheChatRemembersIt()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Yes."))
        {
            Models = [new ModelDescription { Name = "small", Vision = true }, new ModelDescription { Name = "large" }],
        });
        var page = await chromium.OpenAsync(assistant);
        await page.GetByLabel("Model").SelectOptionAsync("large");
        await page.AskAsync("Are you large?");
        await Expect(page.Answers()).ToContainTextAsync("large");
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Model")).ToHaveValueAsync("large");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ModelRemovedWhileThePageIsOpen_IsNamed_AndThePageGoesOn()
    {
        var models = new ScriptedChatModels(new ScriptedAnswer("Yes."))
        {
            Models = [new ModelDescription { Name = "small" }, new ModelDescription { Name = "large" }, new ModelDescription { Name = "other" }],
        };
        await using var assistant = await RunningAssistant.StartAsync(models);
        var page = await chromium.OpenAsync(assistant);
        await page.GetByLabel("Model").SelectOptionAsync("other");
        await page.Message().FillAsync("Are you there?");
        models.Models.RemoveAt(1);
        await page.GetByLabel("Model").SelectOptionAsync("large");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Model 'large' not found; available: small, other");
        await Expect(page.GetByLabel("Model").Locator("option")).ToHaveCountAsync(2);
        await Expect(page.GetByLabel("Model")).ToHaveValueAsync("other");
        await page.Message().PressAsync("Enter");
        await Expect(page.Answers()).ToContainTextAsync("Yes.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task QuestionThatCannotBeStored_StaysInTheField()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Stored.")));
        var page = await chromium.OpenAsync(assistant);
        var refused = page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "That could not be done; the server's log says why." });
        FillDisk(assistant, full: true);
        await page.AskAsync("Remember this.");
        await Expect(refused).ToBeVisibleAsync();
        await Expect(page.Message()).ToHaveValueAsync("Remember this.");
        FillDisk(assistant, full: false);
        await page.Message().PressAsync("Enter");
        await Expect(page.Answers()).ToContainTextAsync("Stored.");
        await Expect(page.Message()).ToHaveValueAsync("");

        FillDisk(assistant, full: true);
        await page.Message().FillAsync("And this?");
        await page.Button("Answer again").ClickAsync();
        await Expect(refused).ToBeVisibleAsync();
        await Expect(page.Message()).ToHaveValueAsync("And this?");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task RemoteModel_IsNamedAsThePlaceWherePicturesAndWordsGo()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Yes."))
        {
            Models = [new ModelDescription { Name = "near", Vision = true }, new ModelDescription { Name = "far", Vision = true, RemoteHost = "models.example:8080" }],
        });
        var page = await chromium.OpenAsync(assistant);
        await Expect(page.GetByText("Pictures and words stay on this machine.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Answers come from a model on this machine and can be wrong.")).ToBeVisibleAsync();
        await page.GetByLabel("Model").SelectOptionAsync("far");
        await Expect(page.GetByText("Pictures and words are sent to models.example:8080, where the model runs.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Answers come from a model on models.example:8080 and can be wrong.")).ToBeVisibleAsync();
        await Expect(page.GetByText("this machine")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task DroppedAndPastedPictures_AreUploaded_AndABadFileSaysWhy()
    {
        var models = new ScriptedChatModels(new ScriptedAnswer("Two pictures."));
        await using var assistant = await RunningAssistant.StartAsync(models);
        var page = await chromium.OpenAsync(assistant);
        await GiveFilesAsync(page, "drop", await page.DrawAsync(Drawings.CircleAndStar), "dropped.png");
        await GiveFilesAsync(page, "paste", await page.DrawAsync(Drawings.GreenSquare), "pasted.png");
        await GiveFilesAsync(page, "drop", "this is text"u8.ToArray(), "notes.png");
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToHaveCountAsync(2);
        await Expect(page.Uploads().GetByRole(AriaRole.Alert)).ToContainTextAsync("notes.png This is not an image that can be read");
        await page.Button("Remove notes.png").ClickAsync();
        await Expect(page.Uploads().GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await page.AskAsync("How many pictures?");
        await Expect(page.Answers()).ToContainTextAsync("Two pictures.");
        Assert.Equal(2, models.Requests.Single().Single().Contents.OfType<DataContent>().Count());

        await page.Questions().GetByRole(AriaRole.Button, new() { Name = "Enlarge dropped.png" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Img, new() { Name = "dropped.png" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Keyboard_EnterSends_ShiftEnterBreaksTheLine_AndAnswerIsInert()
    {
        var models = new ScriptedChatModels(new ScriptedAnswer("[click](javascript:alert(1)) ![x](http://example.org/spy.png) <script>document.title = 'hacked'</script>"));
        await using var assistant = await RunningAssistant.StartAsync(models);
        var page = await chromium.OpenAsync(assistant);
        await page.Message().PressSequentiallyAsync("one");
        await page.Message().PressAsync("Shift+Enter");
        await page.Message().PressSequentiallyAsync("two");
        await page.Message().PressAsync("Enter");
        await Expect(page.Answers()).ToContainTextAsync("click");
        Assert.Equal("one\ntwo", models.Requests.Single().Single().Text);
        Assert.Equal(0, await page.Answers().Locator("img, script, a[href^=javascript]").CountAsync());
        Assert.DoesNotContain("hacked", await page.TitleAsync(), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Chats_AreRenamedAndDeleted()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Fine.")));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("First chat");
        await Expect(page.Answers()).ToContainTextAsync("Fine.");
        var chats = page.Chats();
        await chats.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Show me a picture and ask about it" })).ToBeVisibleAsync();
        await page.AskAsync("Second chat");
        await Expect(page.Answers()).ToContainTextAsync("Fine.");

        await chats.GetByRole(AriaRole.Button, new() { Name = "Rename Second chat" }).ClickAsync();
        await chats.GetByLabel("New name of the chat").FillAsync("Of circles");
        await page.Keyboard.PressAsync("Enter");
        await Expect(chats.GetByRole(AriaRole.Link, new() { Name = "Of circles" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Of circles" })).ToBeVisibleAsync();

        await page.Message().FillAsync("Not sent yet");
        await chats.GetByRole(AriaRole.Button, new() { Name = "Delete Of circles" }).ClickAsync();
        await chats.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(chats.GetByRole(AriaRole.Link, new() { Name = "Of circles" })).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(assistant.Address + "/");
        await Expect(page.Message()).ToHaveValueAsync("Not sent yet");
        await chats.GetByRole(AriaRole.Link, new() { Name = "First chat" }).ClickAsync();
        await Expect(page.Answers()).ToContainTextAsync("Fine.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Focus_StaysWithTheChatThatIsRenamedOrDeleted()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Fine.")));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("Of squares");
        await Expect(page.Answers()).ToContainTextAsync("Fine.");
        await Expect(page.GetByLabel("To the latest message")).ToBeHiddenAsync();
        var chats = page.Chats();
        var link = chats.GetByRole(AriaRole.Link, new() { Name = "Of squares" });
        var delete = chats.GetByRole(AriaRole.Button, new() { Name = "Delete Of squares" });

        await delete.PressAsync("Enter");
        await Expect(chats.GetByRole(AriaRole.Group, new() { Name = "Delete Of squares?" }).GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(link).ToBeFocusedAsync();
        await delete.PressAsync("Enter");
        await Expect(chats.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(link).ToBeFocusedAsync();

        var rename = chats.GetByRole(AriaRole.Button, new() { Name = "Rename Of squares" });
        await rename.PressAsync("Enter");
        await Expect(chats.GetByLabel("New name of the chat")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(link).ToBeFocusedAsync();
        await rename.PressAsync("Enter");
        await chats.GetByLabel("New name of the chat").FillAsync("Of circles");
        await page.Keyboard.PressAsync("Enter");
        await Expect(chats.GetByRole(AriaRole.Link, new() { Name = "Of circles" })).ToBeFocusedAsync();

        await page.Message().FillAsync("Not sent yet");
        await chats.GetByRole(AriaRole.Button, new() { Name = "Delete Of circles" }).PressAsync("Enter");
        await chats.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).PressAsync("Enter");
        await Expect(chats.GetByRole(AriaRole.Link, new() { Name = "New chat" })).ToBeFocusedAsync();
        await Expect(page.Message()).ToHaveValueAsync("Not sent yet");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Focus_GoesIntoTheDrawer_AndBackToItsButton()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Fine.")));
        var page = await chromium.OpenAsync(assistant, options: Phone);
        await page.AskAsync("Of squares");
        await Expect(page.Answers()).ToContainTextAsync("Fine.");
        await page.Button("Show chats").PressAsync("Enter");
        await Expect(page.Button("Hide chats")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Chats()).ToBeHiddenAsync();
        await Expect(page.Button("Show chats")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Chats().GetByRole(AriaRole.Link, new() { Name = "New chat" }).PressAsync("Enter");
        await Expect(page.Chats()).ToBeHiddenAsync();
        await Expect(page.Button("Show chats")).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Phone_HasNoSidewaysScroll_AndTheChatsInADrawer()
    {
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("| a | b |\n|---|---|\n| `averyveryveryveryveryveryverylongword` | averyveryveryveryveryveryveryverylongwordtoo |")));
        var page = await chromium.OpenAsync(assistant, options: Phone);
        await page.AskAsync("A table, please: averyveryveryveryveryveryveryveryveryveryverylongwordindeed");
        await Expect(page.Answers().Locator("table")).ToBeVisibleAsync();
        Assert.Equal(375, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        var chats = page.Chats();
        await Expect(chats).ToBeHiddenAsync();
        await page.Button("Show chats").ClickAsync();
        await Expect(chats).ToBeVisibleAsync();
        await chats.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await Expect(chats).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task DroppedConnection_IsTakenUpAgain_WithTheAnswerWrittenMeanwhile()
    {
        var answer = new ScriptedAnswer("Before", " and after.") { Gate = 1 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(answer));
        var page = await chromium.OpenAsync(assistant);
        await page.AskAsync("Wait for me.");
        await Expect(page.Answers()).ToContainTextAsync("Before");
        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("() => Blazor.disconnect()");
        answer.Open();
        await page.Context.SetOfflineAsync(false);
        await page.EvaluateAsync("() => Blazor.reconnect().then(known => known || location.reload())");
        await Expect(page.Answers()).ToContainTextAsync("Before and after.");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Draft_SurvivesThatTheServerForgotThePage()
    {
        var models = new ScriptedChatModels(new ScriptedAnswer("A star."));
        await using var assistant = await RunningAssistant.StartAsync(models);
        var page = await chromium.OpenAsync(assistant);
        await GiveFilesAsync(page, "drop", await page.DrawAsync(Drawings.CircleAndStar), "scene.png");
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToHaveCountAsync(1);
        await page.Message().FillAsync("What is on the right?");
        await page.RunAndWaitForResponseAsync( // as after a long sleep
            () => page.EvaluateAsync("() => document.getElementById('components-reconnect-modal').classList.add('components-reconnect-rejected')"),
            response => response.Request.IsNavigationRequest);
        await page.ReadyAsync();
        await Expect(page.Message()).ToHaveValueAsync("What is on the right?");
        await Expect(page.Uploads().GetByRole(AriaRole.Img, new() { Name = "scene.png" })).ToBeVisibleAsync();
        await page.Message().PressAsync("Enter");
        await Expect(page.Answers()).ToContainTextAsync("A star.");
        Assert.Equal(["DataContent", "TextContent"], models.Requests.Single().Single().Contents.Select(c => c.GetType().Name));

        await page.ReloadAsync();
        await page.ReadyAsync();
        await Expect(page.Message()).ToHaveValueAsync("");
        await Expect(page.Uploads()).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ServerThatWasRestarted_IsFoundAgainByThePageItself()
    {
        var directory = Directory.CreateTempSubdirectory("assistant-").FullName;
        string address;
        IPage page;
        await using (var before = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Half", "never") { Gate = 1 }), directory))
        {
            address = before.Address;
            page = await chromium.OpenAsync(before);
            await page.AskAsync("Go on.");
            await Expect(page.Answers()).ToContainTextAsync("Half");
        }
        await Expect(page.GetByText("Connection lost.")).ToBeVisibleAsync();
        await using (await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("Whole.")), directory, address))
        {
            await Expect(page.Answers()).ToContainTextAsync("Interrupted: the program ended while this was being written.");
            await Expect(page.Answers()).ToContainTextAsync("Half");
            await page.ReadyAsync();
            await page.Button("Answer again").ClickAsync();
            await Expect(page.Answers()).ToContainTextAsync("Whole.");
            await page.Context.CloseAsync();
        }
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Lets no message into the database, as on a full disk, or lets them in again.</summary>
    private static void FillDisk(RunningAssistant assistant, bool full)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(assistant.DataDirectory, "conversations.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = full ? "CREATE TRIGGER Full BEFORE INSERT ON Messages BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END" : "DROP TRIGGER Full";
        command.ExecuteNonQuery();
    }

    /// <summary>What the browser does for a dragged or copied file.</summary>
    private static async Task GiveFilesAsync(IPage page, string kind, byte[] bytes, string name) => await page.EvaluateAsync(
        """
        ([kind, base64, name]) => {
          const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type: "image/png" }));
          document.body.dispatchEvent(kind === "drop"
            ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """,
        new[] { kind, Convert.ToBase64String(bytes), name });
}
