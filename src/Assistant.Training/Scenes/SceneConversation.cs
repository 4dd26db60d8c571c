namespace Assistant.Training.Scenes;

/// <summary>One question and its answer.</summary>
/// <param name="Family">What kind of question it is.</param>
/// <param name="Question">What the user types.</param>
/// <param name="Answer">The true answer.</param>
/// <param name="Picture">Index into the conversation's scenes of the picture that comes with this question, of several the last; null where none does.</param>
/// <param name="Query">What is asked, for checking; null for small talk.</param>
/// <param name="Subject">Index of the picture that the question is about; null for small talk.</param>
public sealed record SceneTurn(QuestionFamily Family, string Question, string Answer, int? Picture, SceneQuery? Query, int? Subject)
{
    /// <summary>Whether the picture stands behind the question, as in messages of OpenAI's clients, and not before it.</summary>
    public bool IsPictureLast { get; init; }

    /// <summary>Index of the first of the pictures that come with this question; null unless several do.</summary>
    public int? FirstPicture { get; init; }

    /// <summary>Indices of the pictures that come with this question, in their order.</summary>
    public IEnumerable<int> Pictures => Picture is { } last ? Enumerable.Range(FirstPicture ?? last, last - (FirstPicture ?? last) + 1) : [];
}

/// <summary>A conversation about no, one or several pictures.</summary>
/// <param name="Scenes">The pictures in the order in which they are shown.</param>
/// <param name="Turns">Questions and answers in order.</param>
public sealed record SceneConversation(IReadOnlyList<Scene> Scenes, IReadOnlyList<SceneTurn> Turns)
{
    /// <summary>A system message before all turns; null for none.</summary>
    public string? System { get; init; }
}
