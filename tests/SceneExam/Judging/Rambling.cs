using System.Text.RegularExpressions;

namespace SceneExam.Judging;

/// <summary>Whether an answer has come to its end long ago and goes on.</summary>
internal static partial class Rambling
{
    /// <summary>Whether an answer says a phrase three times in a row.</summary>
    public static bool IsIn(string answer) => ThreeTimes().IsMatch(answer);

    // Of three characters at least, from the beginning of a word.
    [GeneratedRegex(@"(?<!\w)(\w.{2,}?)\1\1", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex ThreeTimes();
}
