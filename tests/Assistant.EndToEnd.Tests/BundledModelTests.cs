using Assistant.Web.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>The main job, real from end to end: a browser, a picture drawn by it, the bundled model.</summary>
public sealed class BundledModelTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task DrawnPicture_IsDescribedRightly_AndTheNextQuestionNeedsNoSecondTowerRun()
    {
        var folder = Path.Combine(ContentRoot.Find(AppContext.BaseDirectory), "models", "pocket");
        Assert.SkipUnless(Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.gguf").Count() >= 2, "models/pocket does not hold the bundled model's two GGUF files.");
        await using var assistant = await RunningAssistant.StartAsync(models: null);
        var page = await chromium.OpenAsync(assistant);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        var picture = await page.DrawAsync(Drawings.CircleAndStar, 448, 448);
        await page.GetByLabel("Add pictures", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "scene.png", MimeType = "image/png", Buffer = picture });
        await Expect(page.Uploads().GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        await page.AskAsync("Please describe this image.");
        var description = await EndOfAnswerAsync(page, 0);
        Assert.Contains("circle", description, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("red", description, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("star", description, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("blue", description, StringComparison.OrdinalIgnoreCase);
        await Expect(Timings(page, 0)).ToHaveAttributeAsync("data-tower-runs", "1");

        await page.AskAsync("What colour is the star?");
        Assert.Contains("blue", await EndOfAnswerAsync(page, 1), StringComparison.OrdinalIgnoreCase);
        await Expect(Timings(page, 1)).ToHaveAttributeAsync("data-tower-runs", "0");
        await Expect(Timings(page, 1)).ToContainTextAsync("picture from cache");
        await Expect(Timings(page, 1)).ToContainTextAsync("prompt tokens cached");

        await page.ReloadAsync();
        await page.ReadyAsync();
        await Expect(page.Answers()).ToHaveCountAsync(2);
        await Expect(page.Answers().First).ToContainTextAsync(description);
        await page.Context.CloseAsync();
    }

    /// <summary>The text of an answer once it has ended; the first one waits for the model to load.</summary>
    private static async Task<string> EndOfAnswerAsync(IPage page, int index)
    {
        await Expect(Timings(page, index)).ToBeVisibleAsync(new() { Timeout = 180_000 });
        return await page.Answers().Nth(index).Locator("[data-text]").InnerTextAsync();
    }

    private static ILocator Timings(IPage page, int index) => page.Answers().Nth(index).Locator("[data-tower-runs]");
}
