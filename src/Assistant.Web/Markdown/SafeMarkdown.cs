using System.Text.Encodings.Web;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Assistant.Web.Markdown;

/// <summary>Turns a model's Markdown into HTML that can do nothing: no scripts, no attributes of its own, nothing fetched from elsewhere.</summary>
/// <remarks>
/// A picture or a web page can tell a model what to write, so an answer is untrusted input. Markdig with HTML switched off is not enough:
/// <c>javascript:</c> links and remote images pass, and its attribute extension sets event handlers (it is left out here).
/// Links are kept for http, https and mailto alone; images become links, since loading one tells its server that the answer was read.
/// </remarks>
internal static class SafeMarkdown
{
    /// <summary>Longer texts are shown as they are: parsing is repeated at each step of a growing answer.</summary>
    internal const int MaximumLength = 100_000;

    private static readonly string[] Schemes = ["http", "https", "mailto"];

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseTaskLists().UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough).UseAutoLinks().Build();

    /// <summary>HTML of a Markdown text; the escaped text itself where it cannot be parsed.</summary>
    public static string ToHtml(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        if (markdown.Length > MaximumLength)
            return Escape(markdown);
        try
        {
            var document = Markdig.Markdown.Parse(markdown, Pipeline);
            foreach (var inline in document.Descendants<Inline>().ToList())
                Disarm(inline);
            using var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer); // never shared: one that threw keeps its state
            Pipeline.Setup(renderer);
            renderer.Render(document);
            return writer.ToString();
        }
#pragma warning disable CA1031 // nesting beyond the parser's limits throws various exceptions; the text can always be shown
        catch (Exception)
#pragma warning restore CA1031
        {
            return Escape(markdown);
        }
    }

    private static void Disarm(Inline inline)
    {
        switch (inline)
        {
            case LinkInline link:
                link.IsImage = false;
                link.GetDynamicUrl = null;
                if (!IsHarmless(link.Url))
                    Unlink(link);
                else
                    Label(link);
                break;
            case AutolinkInline automatic when !automatic.IsEmail && !IsHarmless(automatic.Url):
                automatic.ReplaceBy(new LiteralInline(automatic.Url));
                break;
            case AutolinkInline automatic:
                Label(automatic);
                break;
        }
    }

    /// <summary>Leaves the link's text where the link was.</summary>
    private static void Unlink(LinkInline link)
    {
        if (link.FirstChild is null)
            link.ReplaceBy(new LiteralInline(link.Label ?? ""));
        else
            link.ReplaceBy(new ContainerInline(), copyChildren: true);
    }

    private static void Label(Inline link)
    {
        var attributes = link.GetAttributes();
        attributes.AddPropertyIfNotExist("target", "_blank");
        attributes.AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
    }

    /// <summary>Absolute addresses of three schemes: a relative one would lead into this program's own pages and actions.</summary>
    private static bool IsHarmless(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && Schemes.Contains(uri.Scheme, StringComparer.OrdinalIgnoreCase);

    private static string Escape(string text) => $"<p class=\"plain\">{HtmlEncoder.Default.Encode(text)}</p>";
}
