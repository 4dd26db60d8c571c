namespace Assistant.Chat.Conversations;

/// <summary>A chat as it is stored: a tree of messages and the tip of the branch that is shown.</summary>
public sealed class Conversation
{
    /// <summary>Identifies the chat in addresses (<c>/c/{id}</c>).</summary>
    public required Guid Id { get; init; }

    /// <summary>What the list of chats calls it; taken from the first question until the user renames it.</summary>
    public required string Title { get; set; }

    /// <summary>Name of the model that answers; null means the default one.</summary>
    public string? Model { get; set; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something was last said in it; the list is sorted by this.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The last message of the branch that is shown; null only while there is none.</summary>
    public Guid? TipId { get; set; }
}

/// <summary>One message of a conversation's tree.</summary>
/// <remarks>A message's parent is the one it replies to; several answers to one question are siblings.</remarks>
public sealed class Message
{
    /// <summary>Identifies the message.</summary>
    public required Guid Id { get; init; }

    /// <summary>The chat it belongs to.</summary>
    public required Guid ConversationId { get; init; }

    /// <summary>The message that it replies to; null for a conversation's first.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>Who speaks.</summary>
    public required MessageRole Role { get; init; }

    /// <summary>What is said; for a running answer, as far as it has come.</summary>
    public required string Text { get; set; }

    /// <summary>What a model that thinks wrote before its answer; null where it did not.</summary>
    public string? Thoughts { get; set; }

    /// <summary>When it was asked, or when answering began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Pictures of a question, in the order in which they were added.</summary>
    public List<MessageImage> Images { get; init; } = [];

    /// <summary>How far an answer has come; null for a question.</summary>
    public AnswerState? State { get; set; }

    /// <summary>Why an answer failed, for the user to read.</summary>
    public string? Error { get; set; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>Where the answer's time went, an <see cref="Models.AnswerTimings"/> as JSON.</summary>
    public string? Timings { get; set; }
}

/// <summary>A picture's place in a message.</summary>
public sealed class MessageImage
{
    /// <summary>The message that shows it.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Its place among the message's pictures, from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The picture in the image store.</summary>
    public required string Hash { get; init; }

    /// <summary>The name of the file that the user gave.</summary>
    public required string Name { get; init; }
}

/// <summary>Who speaks.</summary>
public enum MessageRole
{
    /// <summary>The person who asks.</summary>
    User,

    /// <summary>The model that answers.</summary>
    Assistant,
}

/// <summary>How far an answer has come.</summary>
public enum AnswerState
{
    /// <summary>It is being written.</summary>
    Running,

    /// <summary>The model ended it.</summary>
    Finished,

    /// <summary>The user stopped it; the text so far is kept.</summary>
    Stopped,

    /// <summary>An error ended it; the text so far is kept.</summary>
    Failed,

    /// <summary>The program ended while it was being written; the text so far is kept.</summary>
    Interrupted,
}
