using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assistant.Web.Tests.Apis;

/// <summary>Stored wire samples, and pictures small enough to stand in a request.</summary>
internal static partial class Samples
{
    /// <summary>A red 1 x 1 PNG.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    /// <summary>A GIF's header, for a second picture that differs.</summary>
    public const string Gif = "R0lGODlhAQABAAAAACw=";

    /// <summary>Compares text with a stored file; ids, which are random, count as <c>ID</c>.</summary>
    public static void AssertText(string file, string actual) => Assert.Equal(Read(file), Ids().Replace(actual, "$1-ID"));

    /// <summary>Compares JSON with a stored file, whatever its layout.</summary>
    public static void AssertJson(string file, string actual) => Assert.Equal(
        JsonNode.Parse(Read(file))!.ToJsonString(), JsonNode.Parse(Ids().Replace(actual, "$1-ID"))!.ToJsonString());

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Apis", "Samples", file));

    [GeneratedRegex("(chatcmpl|cmpl)-[0-9a-f]{32}")]
    private static partial Regex Ids();
}
