using Assistant.Web.Markdown;

namespace Assistant.Web.Tests.Markdown;

public sealed class SafeMarkdownTests
{
    [Theory]
    [InlineData("emphasis", "A *red* **circle**", "<p>A <em>red</em> <strong>circle</strong></p>\n")]
    [InlineData("strikethrough", "~~no~~", "<p><del>no</del></p>\n")]
    [InlineData("code", "`<b>`", "<p><code>&lt;b&gt;</code></p>\n")]
    [InlineData("fence", "```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n")]
    [InlineData("link", "[a](https://example.org/x?y=1&z=2)", "<p><a href=\"https://example.org/x?y=1&amp;z=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">a</a></p>\n")]
    [InlineData("mail", "<me@example.org>", "<p><a href=\"mailto:me@example.org\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">me@example.org</a></p>\n")]
    public void OrdinaryMarkdown_IsRendered(string name, string markdown, string html) => Assert.Equal((name, html), (name, SafeMarkdown.ToHtml(markdown)));

    [Fact]
    public void Table_IsRendered() => Assert.Contains("<td>red</td>", SafeMarkdown.ToHtml("| a | b |\n|---|---|\n| red | blue |"), StringComparison.Ordinal);

    [Theory]
    [InlineData("[click](javascript:alert(1))")]
    [InlineData("[click](JaVaScRiPt:alert(1))")]
    [InlineData("[click](java\tscript:alert(1))")]
    [InlineData("[click](&#106;avascript:alert(1))")]
    [InlineData("[click](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[click](vbscript:x)")]
    [InlineData("[click](file:///etc/passwd)")]
    [InlineData("[click](/api/delete)")]
    [InlineData("[click](//example.org/x)")]
    [InlineData("[click][1]\n\n[1]: javascript:alert(1)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[![click](https://example.org/a.png)](javascript:alert(1))")]
    public void DangerousLink_IsNotMade(string markdown)
    {
        var html = SafeMarkdown.ToHtml(markdown);
        Assert.DoesNotContain("href=\"j", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"d", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"v", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"f", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"/", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(markdown.StartsWith('<') ? "alert" : "click", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a <b onclick=alert(1)>b</b>")]
    [InlineData("<iframe src=https://example.org></iframe>")]
    [InlineData("![x](https://example.org/spy.png)")]
    [InlineData("![x][1]\n\n[1]: https://example.org/spy.png")]
    [InlineData("![video](https://www.youtube.com/watch?v=abc)")]
    [InlineData("![video](https://example.org/film.mp4)")]
    public void Html_AndWhatIsFetchedFromElsewhere_IsNotRendered(string markdown)
    {
        var html = SafeMarkdown.ToHtml(markdown);
        foreach (var tag in (string[])["<script", "<img", "<b ", "<iframe", "<video", "<audio", "<style", "<svg"])
            Assert.DoesNotContain(tag, html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("text {onclick=alert(1)}")]
    [InlineData("# heading {#id onclick=alert(1) .class}")]
    [InlineData("[a](https://example.org){onmouseover=alert(1)}")]
    [InlineData("```js {onclick=alert(1)}\nx\n```")]
    [InlineData("```js\" onclick=\"alert(1)\nx\n```")]
    [InlineData("[a](https://example.org \"\\\" onclick=\\\"alert(1)\")")]
    public void Attribute_IsNeverSet(string markdown)
    {
        var html = SafeMarkdown.ToHtml(markdown);
        // Every attribute that is left stands inside a tag as name="value"; a value may hold the word, a name may not.
        foreach (System.Text.RegularExpressions.Match tag in System.Text.RegularExpressions.Regex.Matches(html, "<[a-z][^>]*>"))
        {
            var withoutValues = System.Text.RegularExpressions.Regex.Replace(tag.Value, "\"[^\"]*\"", "\"\"");
            Assert.DoesNotContain("onclick", withoutValues, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("onmouseover", withoutValues, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void DeepNesting_ComesAsPlainText_AndTheNextAnswerIsRenderedWhole()
    {
        var deep = new string('>', 20_000) + " <b>deep</b>";
        Assert.DoesNotContain("<b>", SafeMarkdown.ToHtml(deep), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", SafeMarkdown.ToHtml(string.Concat(Enumerable.Repeat("[", 20_000)) + "<b>"), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", SafeMarkdown.ToHtml(string.Concat(Enumerable.Repeat("- ", 20_000)) + "<b>"), StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.org/\"", SafeMarkdown.ToHtml("[a](https://example.org/)"), StringComparison.Ordinal);
    }

    [Fact]
    public void VeryLongText_IsShownAsItIs()
    {
        var html = SafeMarkdown.ToHtml(new string('*', SafeMarkdown.MaximumLength) + "<b>");
        Assert.StartsWith("<p class=\"plain\">", html, StringComparison.Ordinal);
        Assert.EndsWith("&lt;b&gt;</p>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryBeginning_OfAGrowingAnswer_IsRendered()
    {
        const string answer = "A **red circle** [left](https://example.org) of:\n\n- a `star`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```";
        for (var length = 0; length <= answer.Length; length++)
            Assert.DoesNotContain("class=\"plain\"", SafeMarkdown.ToHtml(answer[..length]), StringComparison.Ordinal);
    }
}
