using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests;

/// <summary>One headless Chromium for all tests; each opens pages in contexts of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public static string? Executable => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } path ? path : Places.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is null)
            return;
        Assertions.SetDefaultExpectTimeout(20_000); // a busy machine with two cores
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable });
    }

    /// <summary>A page at the assistant's address, connected and ready for input. Skips the test where there is no Chromium.</summary>
    public async Task<IPage> OpenAsync(RunningAssistant assistant, string path = "/", BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(browser is null, $"Chromium is not installed (looked for {string.Join(", ", Places)} and the variable CHROMIUM); Debian: apt-get install chromium.");
        var context = await browser!.NewContextAsync(options ?? new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                TestContext.Current.TestOutputHelper?.WriteLine($"browser: {message.Text}");
        };
        await page.GotoAsync(assistant.Address + path);
        await page.ReadyAsync();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}

/// <summary>What every test does with a page.</summary>
internal static class ChatPageExtensions
{
    /// <summary>Waits until the page is connected and its script listens: what is typed or dropped before would be lost.</summary>
    public static async Task ReadyAsync(this IPage page)
    {
        await page.Locator("main[data-interactive=true]").WaitForAsync();
        await page.Locator("form[data-ready]").WaitForAsync();
    }

    public static ILocator Message(this IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });

    public static ILocator Answers(this IPage page) => page.GetByRole(AriaRole.Article, new() { Name = "Answer" });

    public static ILocator Questions(this IPage page) => page.GetByRole(AriaRole.Article, new() { Name = "You asked" });

    public static ILocator Uploads(this IPage page) => page.GetByRole(AriaRole.List, new() { Name = "Pictures to send" });

    public static ILocator Chats(this IPage page) => page.GetByRole(AriaRole.Navigation, new() { Name = "Chats" });

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static async Task AskAsync(this IPage page, string question)
    {
        await page.Message().FillAsync(question);
        await page.Message().PressAsync("Enter");
    }

    /// <summary>A picture drawn by the browser itself.</summary>
    /// <param name="page">Any page.</param>
    /// <param name="script">Draws on <c>g</c>, a 2D context of <c>w</c> x <c>h</c> pixels.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static async Task<byte[]> DrawAsync(this IPage page, string script, int width = 320, int height = 240) => Convert.FromBase64String(
        await page.EvaluateAsync<string>(
            $$"""
            () => {
              const canvas = document.createElement("canvas");
              const [w, h] = [canvas.width, canvas.height] = [{{width}}, {{height}}];
              const g = canvas.getContext("2d");
              {{script}}
              return canvas.toDataURL("image/png").split(",")[1];
            }
            """));
}
