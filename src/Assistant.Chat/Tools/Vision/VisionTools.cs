using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Vision.Imaging;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Tools.Vision;

/// <summary>Tools over the pictures of a conversation, backed by the networks that the configuration names. Networks are opened at their first call and kept.</summary>
/// <remarks>A picture is named by its number in the conversation, from 1. Results are short JSON; what is wrong with a call is told to the model as <c>{"error": ...}</c>.</remarks>
public sealed class VisionTools : IDisposable
{
    private const int MostLabels = 50, LongestText = 500;

    private static readonly JsonSerializerOptions json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IOptionsMonitor<ToolsOptions> options;
    private readonly NetworkFolders networks;

    /// <summary>Makes the tools.</summary>
    /// <param name="options">Which folder backs which tool.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    public VisionTools(IOptionsMonitor<ToolsOptions> options, string contentRoot)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, networks) = (options, new NetworkFolders(contentRoot));
    }

    /// <summary>The configured options.</summary>
    public ToolsOptions Options => options.CurrentValue;

    /// <summary>The tools for a conversation; none if it holds no picture or none is configured.</summary>
    /// <param name="messages">The conversation.</param>
    public IList<AITool> For(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var pictures = new ConversationPictures(messages);
        var (tools, configured) = (new List<AITool>(), options.CurrentValue);
        if (pictures.Count == 0)
            return tools;
        void Add(string? folder, string name, string description, Delegate method)
        {
            if (!string.IsNullOrWhiteSpace(folder))
                tools.Add(AIFunctionFactory.Create(method, name, $"{description} {Range(pictures.Count)}"));
        }
        Add(configured.Labels, "label_picture", "Tells which of the given labels fit a picture best.", (
            [Description("Number of the picture, from 1.")] int picture,
            [Description("Labels to choose from, in the words of a caption.")] string[] labels,
            CancellationToken cancellationToken) => Guard(() => Label(pictures, configured.Labels!, picture, labels, cancellationToken)));
        Add(configured.Caption, "caption_picture", "Describes a picture in a sentence.", (
            [Description("Number of the picture, from 1.")] int picture,
            CancellationToken cancellationToken) => Guard(() => Caption(pictures, configured.Caption!, picture, cancellationToken)));
        Add(configured.Questions, "ask_picture", "Answers a short question about a picture.", (
            [Description("Number of the picture, from 1.")] int picture,
            [Description("The question, in English.")] string question,
            CancellationToken cancellationToken) => Guard(() => Ask(pictures, configured.Questions!, picture, question, cancellationToken)));
        if (pictures.Count > 1)
        {
            Add(configured.Similarity, "compare_pictures", "Tells how alike two pictures are, from 0 (nothing in common) to 1 (the same).", (
                [Description("Number of the first picture, from 1.")] int first,
                [Description("Number of the second picture.")] int second,
                CancellationToken cancellationToken) => Guard(() => Compare(pictures, configured.Similarity!, first, second, cancellationToken)));
        }
        Add(configured.Matching, "match_text", "Tells how likely a sentence describes a picture.", (
            [Description("Number of the picture, from 1.")] int picture,
            [Description("The sentence.")] string text,
            CancellationToken cancellationToken) => Guard(() => Match(pictures, configured.Matching!, picture, text, cancellationToken)));
        return tools;
    }

    /// <summary>Releases the networks.</summary>
    public void Dispose() => networks.Dispose();

    private JsonObject Label(ConversationPictures pictures, string folder, int picture, string[] labels, CancellationToken cancellationToken)
    {
        if (labels is null or { Length: 0 or > MostLabels } || labels.Any(string.IsNullOrWhiteSpace))
            throw new ToolArgumentException($"1 to {MostLabels} labels are needed");
        var scores = networks.Labels(folder).Classify(pictures.Get(picture), [.. labels.Select(Shorten).Distinct()], cancellationToken: cancellationToken);
        return new JsonObject
        {
            ["picture"] = picture,
            ["labels"] = new JsonArray([.. scores.Take(10).Select(score => new JsonObject { ["label"] = score.Label, ["score"] = Rounded(score.Score) })]),
        };
    }

    private JsonObject Caption(ConversationPictures pictures, string folder, int picture, CancellationToken cancellationToken) => new()
    {
        ["picture"] = picture,
        ["caption"] = networks.Captioner(folder).Caption(pictures.Get(picture), cancellationToken: cancellationToken)[0].Text,
    };

    private JsonObject Ask(ConversationPictures pictures, string folder, int picture, string question, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(question))
            throw new ToolArgumentException("the question is empty");
        var answerer = networks.Answerer(folder);
        var answers = answerer.Answer(pictures.Get(picture), Shorten(question), new AnswerOptions { TopK = 3 }, cancellationToken: cancellationToken);
        var result = new JsonObject { ["picture"] = picture, ["answer"] = answers[0].Text };
        if (!answerer.IsGenerative)
            result["answers"] = new JsonArray([.. answers.Select(answer => new JsonObject { ["answer"] = answer.Text, ["score"] = Rounded(answer.Score) })]);
        return result;
    }

    private JsonObject Compare(ConversationPictures pictures, string folder, int first, int second, CancellationToken cancellationToken)
    {
        var embeddings = networks.Embedder(folder).EmbedImages([pictures.Get(first), pictures.Get(second)], cancellationToken);
        return new JsonObject { ["pictures"] = new JsonArray(first, second), ["similarity"] = Rounded(embeddings[0].Zip(embeddings[1], (a, b) => a * b).Sum()) };
    }

    private JsonObject Match(ConversationPictures pictures, string folder, int picture, string text, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new ToolArgumentException("the sentence is empty");
        var match = networks.Matcher(folder).Match(pictures.Get(picture), Shorten(text), cancellationToken);
        return new JsonObject { ["picture"] = picture, ["probability"] = Rounded(match.Probability) };
    }

    /// <summary>The result as text; an argument that cannot be used is told to the model, which may try again.</summary>
    private static string Guard(Func<JsonObject> tool)
    {
        try
        {
            return tool().ToJsonString(json);
        }
        catch (Exception e) when (e is ToolArgumentException or ImageDecodeException)
        {
            return new JsonObject { ["error"] = e.Message }.ToJsonString(json);
        }
    }

    private static string Range(int count) => count == 1 ? "There is one picture, number 1." : string.Create(CultureInfo.InvariantCulture, $"There are the pictures 1 to {count}.");

    private static double Rounded(double value) => Math.Round(value, 3);

    private static string Shorten(string text) => text.Length <= LongestText ? text : text[..LongestText];
}

/// <summary>An argument of a call that cannot be used. The message is for the model.</summary>
internal sealed class ToolArgumentException(string message) : Exception(message);
