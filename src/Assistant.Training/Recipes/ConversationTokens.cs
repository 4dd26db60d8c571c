using Assistant.Training.Scenes;

namespace Assistant.Training.Recipes;

/// <summary>A conversation as the language model reads it, in Phi-3's template.</summary>
/// <param name="Ids">Token ids; a picture is as many image tokens as it has patches.</param>
/// <param name="IsAnswer">Whether the model has to say this token itself: the answers and the mark that ends them.</param>
/// <param name="Turns">The turn that each token belongs to.</param>
/// <param name="AnswerStarts">Where each turn's answer begins.</param>
/// <param name="PictureStarts">Where each picture begins, in the order in which they are shown.</param>
/// <param name="QuestionStart">Where the first question begins, behind its picture.</param>
internal sealed record ConversationTokens(long[] Ids, bool[] IsAnswer, int[] Turns, int[] AnswerStarts, int[] PictureStarts, int QuestionStart)
{
    /// <summary>Encodes a conversation, or its beginning.</summary>
    /// <param name="vocabulary">Tokens of the template and of text.</param>
    /// <param name="turns">Questions and answers.</param>
    /// <param name="system">A system message before them; null for none.</param>
    /// <param name="openEnded">Leaves the last answer out: the prompt that asks for it.</param>
    public static ConversationTokens Encode(ChatVocabulary vocabulary, IReadOnlyList<SceneTurn> turns, string? system = null, bool openEnded = false)
    {
        var (ids, isAnswer, turnOf) = (new List<long>(), new List<bool>(), new List<int>());
        var (answerStarts, pictureStarts) = (new List<int>(), new List<int>());
        var (turn, questionStart) = (0, 0);
        Add(false, vocabulary.Begin);
        if (system is not null)
        {
            Add(false, vocabulary.System);
            AddText(false, "\n" + system);
            Add(false, vocabulary.End);
            AddText(false, "\n");
        }
        for (; turn < turns.Count; turn++)
        {
            Add(false, vocabulary.User);
            AddText(false, "\n");
            var (pictures, pictureLast) = (turns[turn].Pictures.Count(), turns[turn].IsPictureLast);
            for (var i = 0; i < pictures && !pictureLast; i++)
            {
                AddPicture();
                AddText(false, "\n");
            }
            if (turn == 0)
                questionStart = ids.Count;
            AddText(false, turns[turn].Question);
            for (var i = 0; i < pictures && pictureLast; i++)
            {
                AddText(false, "\n");
                AddPicture();
            }
            Add(false, vocabulary.End);
            AddText(false, "\n");
            Add(false, vocabulary.Assistant);
            AddText(false, "\n");
            answerStarts.Add(ids.Count);
            if (openEnded && turn == turns.Count - 1)
                break;
            AddText(true, turns[turn].Answer);
            Add(true, vocabulary.End);
            AddText(false, "\n");
        }
        return new ConversationTokens([.. ids], [.. isAnswer], [.. turnOf], [.. answerStarts], [.. pictureStarts], questionStart);

        void Add(bool answer, int token)
        {
            ids.Add(token);
            isAnswer.Add(answer);
            turnOf.Add(turn);
        }

        void AddPicture()
        {
            pictureStarts.Add(ids.Count);
            for (var patch = 0; patch < PocketModel.Grid * PocketModel.Grid; patch++)
                Add(false, vocabulary.Image);
        }

        void AddText(bool answer, string text)
        {
            foreach (var token in vocabulary.Encode(text))
                Add(answer, token);
        }
    }
}

/// <summary>The tokens that a conversation is made of.</summary>
/// <param name="Size">Entries of the vocabulary.</param>
/// <param name="Begin">Begin of the text, &lt;s&gt;.</param>
/// <param name="System">&lt;|system|&gt;.</param>
/// <param name="User">&lt;|user|&gt;.</param>
/// <param name="Assistant">&lt;|assistant|&gt;.</param>
/// <param name="End">&lt;|end|&gt;.</param>
/// <param name="Encode">Tokens of plain text.</param>
/// <param name="Decode">Text of tokens.</param>
public sealed record ChatVocabulary(
    int Size, int Begin, int System, int User, int Assistant, int End, Func<string, IReadOnlyList<int>> Encode, Func<IReadOnlyList<int>, string> Decode)
{
    /// <summary>Stands for a row of image features; the id after the last entry, which no text has.</summary>
    public int Image => Size;
}
