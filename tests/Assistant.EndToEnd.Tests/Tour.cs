using Assistant.Chat.Models;
using Assistant.Web.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Screenshots of the page as people see it: set the variable SCREENSHOTS to a folder.</summary>
public sealed class Tour(Chromium chromium) : IClassFixture<Chromium>
{
    public static TheoryData<string, int, int, ColorScheme> Views => new()
    {
        { "desktop", 1280, 800, ColorScheme.Light },
        { "desktop-dark", 1280, 800, ColorScheme.Dark },
        { "phone", 390, 844, ColorScheme.Light },
        { "phone-dark", 390, 844, ColorScheme.Dark },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Screenshots_ShowTheWholeWay(string name, int width, int height, ColorScheme colours)
    {
        var folder = Environment.GetEnvironmentVariable("SCREENSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "The variable SCREENSHOTS names no folder.");
        var last = new ScriptedAnswer("It is **blue**, and it is the only star. The circle is about", " four times as wide.") { Gate = 1 };
        await using var assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(
            new ScriptedAnswer("I am fine."), new ScriptedAnswer("There is nothing in particular."),
            new ScriptedAnswer("A big **red circle** is on the left, and a small **blue star** is on the right. The background is yellow.\n\n| shape | colour | size |\n|---|---|---|\n| circle | red | big |\n| star | blue | small |")
            {
                Timings = new AnswerTimings { Images = 1, TowerRuns = 1, Vision = TimeSpan.FromMilliseconds(420), PromptTokens = 118, AnswerTokens = 42, Evaluation = TimeSpan.FromSeconds(1.1), Total = TimeSpan.FromSeconds(1.9) },
            },
            last));
        var page = await chromium.OpenAsync(assistant, options: new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = colours, DeviceScaleFactor = 1.5f, HasTouch = width < 500, IsMobile = width < 500,
        });
        foreach (var question in (string[])["How are you today?", "What is in my first, rather long and winding question about pictures?"])
        {
            await page.AskAsync(question);
            await Expect(page.Button("Answer again")).ToBeVisibleAsync();
            await page.GotoAsync(assistant.Address);
            await page.ReadyAsync();
        }
        await ShootAsync("1-empty");
        var picker = page.GetByLabel("Add pictures", new() { Exact = true });
        await picker.SetInputFilesAsync(
        [
            new FilePayload { Name = "scene.png", MimeType = "image/png", Buffer = await page.DrawAsync(Drawings.CircleAndStar, 640, 480) },
            new FilePayload { Name = "notes.png", MimeType = "image/png", Buffer = "this is text"u8.ToArray() },
        ]);
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToHaveCountAsync(1);
        await Expect(page.Uploads().GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.Message().FillAsync("Please describe this picture.");
        await ShootAsync("2-composing");
        await page.Button("Remove notes.png").ClickAsync();
        await page.Message().PressAsync("Enter");
        await Expect(page.Answers()).ToContainTextAsync("tokens/s");
        await picker.SetInputFilesAsync(new FilePayload { Name = "square.png", MimeType = "image/png", Buffer = await page.DrawAsync(Drawings.GreenSquare, 640, 480) });
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToHaveCountAsync(1);
        await page.AskAsync("And what colour is the star?");
        await Expect(page.Answers().Nth(1)).ToContainTextAsync("about");
        await ShootAsync("3-answering");
        last.Open();
        await Expect(page.Answers().Nth(1)).ToContainTextAsync("wide");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enlarge scene.png" }).ClickAsync();
        await page.WaitForTimeoutAsync(300);
        await ShootAsync("4-enlarged");
        await page.Keyboard.PressAsync("Escape");
        if (width < 500)
        {
            await page.Button("Show chats").ClickAsync();
            await page.WaitForTimeoutAsync(400);
            await ShootAsync("5-drawer");
        }
        await page.Context.CloseAsync();

        Task ShootAsync(string what) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder!, $"{name}-{what}.png") });
    }

    /// <summary>The README's picture: a conversation with the bundled model, on the README's own example.</summary>
    [Fact]
    public async Task Screenshot_ShowsTheBundledModel()
    {
        var folder = Environment.GetEnvironmentVariable("SCREENSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "The variable SCREENSHOTS names no folder.");
        await using var assistant = await RunningAssistant.StartAsync(models: null);
        var page = await chromium.OpenAsync(assistant, options: new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1180, Height = 860 } });
        await page.GetByLabel("Add pictures", new() { Exact = true }).SetInputFilesAsync(Path.Combine(ContentRoot.Find(AppContext.BaseDirectory), "docs", "images", "example.png"));
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        foreach (var (question, index) in ((string[])["Please describe this picture.", "Is the star left or right of the circle?"]).Select((question, index) => (question, index)))
        {
            await page.AskAsync(question);
            await Expect(page.Answers().Nth(index)).ToContainTextAsync("tokens/s", new() { Timeout = 180_000 });
        }
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, "chat.png") });
        await page.Context.CloseAsync();
    }
}
