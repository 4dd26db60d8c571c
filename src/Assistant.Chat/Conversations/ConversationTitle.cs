namespace Assistant.Chat.Conversations;

/// <summary>What a chat is called before its user names it.</summary>
public static class ConversationTitle
{
    /// <summary>The most characters that a title has.</summary>
    public const int MaximumLength = 60;

    /// <summary>The first question's first words, cut at a word; <c>Picture</c> or <c>New chat</c> where there are none.</summary>
    public static string FromQuestion(string question, int images)
    {
        ArgumentNullException.ThrowIfNull(question);
        var title = Clean(question);
        if (title.Length == 0)
            return images switch { 0 => "New chat", 1 => "Picture", _ => $"{images} pictures" };
        return title;
    }

    /// <summary>A title as a user wrote it, on one line and short enough; empty if nothing is left.</summary>
    public static string Clean(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        var line = string.Join(' ', title.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= MaximumLength)
            return line;
        var cut = line.LastIndexOf(' ', MaximumLength - 1);
        if (cut < MaximumLength / 2)
            cut = char.IsHighSurrogate(line[MaximumLength - 2]) ? MaximumLength - 2 : MaximumLength - 1;
        return line[..cut].TrimEnd() + "…";
    }
}
