using System.Text;
using System.Text.RegularExpressions;
using Assistant.Training.Scenes;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Where the model has to look while it copies: a tool's name from its offer, arguments from the request, figures from a result, and what it has just said of a picture.</summary>
/// <remarks>
/// A head that finds what is to be copied next needs one before it that tells every token what stands before it (Olsson et al. 2022,
/// arXiv:2209.11895: induction heads). Both form late, and all at once, where only answers teach them; here they are told what to do.
/// </remarks>
/// <param name="Queries">Flat positions [rows * length] whose next token is a copy.</param>
/// <param name="Sources">Of each: the position within its row of the token that is copied.</param>
internal sealed partial record Copying(long[] Queries, long[] Sources)
{
    private const int PreviousBlock = 1, CopyingBlock = 3;
    private const int PreviousHead = 4, CopyingHead = 4; // the first two of a block in between look at pictures

    /// <summary>How far the model looks away from what it copies, and its predecessor from the token before.</summary>
    /// <param name="attentions">Attention weights of every block, [rows, heads, length, length].</param>
    public Tensor Away(IReadOnlyList<Tensor> attentions)
    {
        using var scope = NewDisposeScope();
        var length = attentions[CopyingBlock].shape[2];
        var source = tensor(Sources);
        var queries = tensor(Queries);
        var sources = queries.div(length, RoundingMode.floor) * length + source; // flat
        // The source is found by the token before it: the one that has just been said.
        return (Miss(CopyingBlock, CopyingHead, queries, source) + Miss(PreviousBlock, PreviousHead, sources, source - 1)).MoveToOuterDisposeScope();

        Tensor Miss(int block, int head, Tensor from, Tensor to) =>
            attentions[block].select(1, head).flatten(0, 1).index_select(0, from).gather(1, to.unsqueeze(1)).add(1e-6).log().neg().mean();
    }

    /// <summary>Gathers what is copied in the conversations of a batch.</summary>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="length">Tokens of a row.</param>
    internal sealed partial class Builder(ChatVocabulary vocabulary, int length)
    {
        private readonly List<long> queries = [], sources = [];

        /// <summary>Adds what the turns of a conversation copy.</summary>
        /// <param name="row">Number of the conversation in the batch.</param>
        /// <param name="conversation">The conversation.</param>
        /// <param name="tokens">The same as tokens.</param>
        public void Add(int row, SceneConversation conversation, ConversationTokens tokens)
        {
            if (!conversation.Turns.Any(turn => turn.Family is QuestionFamily.FollowUp or QuestionFamily.Tools))
                return;
            var (text, starts) = Text(tokens.Ids);
            for (var turn = 0; turn < conversation.Turns.Count; turn++)
            {
                var asked = conversation.Turns[turn];
                var answerAt = starts[tokens.AnswerStarts[turn]];
                var copies = asked.Family switch
                {
                    // Of the same objects the same holds: what is looked up again may come out otherwise.
                    QuestionFamily.FollowUp when conversation.Turns[turn - 1] is var before && AreAboutTheSame(before, asked, conversation) =>
                        SaidBefore(asked.Answer, before.Answer, starts[tokens.AnswerStarts[turn - 1]]),
                    QuestionFamily.Tools when text.LastIndexOf(asked.Question, answerAt, StringComparison.Ordinal) is >= 0 and var questionAt => Call().Match(asked.Answer) is { Success: true } call
                        ? Called(call, asked.Answer, asked.Question, questionAt, text) : Returned(asked.Answer, asked.Question, questionAt),
                    _ => [],
                };
                foreach (var (said, source) in copies.Where(copy => copy.Source >= 0))
                    AddSpan(row, tokens, text, starts, answerAt + said.Index, answerAt + said.Index + said.Length, source);
            }
        }

        private static bool AreAboutTheSame(SceneTurn before, SceneTurn asked, SceneConversation conversation)
        {
            if (before.Subject != asked.Subject || asked.Subject is not { } picture)
                return false;
            var scene = conversation.Scenes[picture];
            var objects = QueryTargets.Of(asked.Query, scene).First;
            var known = before.Query is SceneQuery.Describe or SceneQuery.DescribeShapes ? scene.Objects : QueryTargets.Of(before.Query, scene).First;
            return objects.Count > 0 && objects.Count == known.Count && objects.All(known.Contains);
        }

        // What an answer repeats of the one before.
        private static IEnumerable<(Capture Said, int Source)> SaidBefore(string answer, string before, int beforeAt) =>
            Words().Matches(answer).Select(word => ((Capture)word, Find(word.Value, before, beforeAt)));

        // A tool's name from its offer, arguments from the request.
        private static IEnumerable<(Capture Said, int Source)> Called(Match call, string answer, string question, int questionAt, string text)
        {
            var name = call.Groups[1];
            yield return (name, text.IndexOf($"\"name\":\"{name.Value}\"", StringComparison.Ordinal) + "\"name\":\"".Length);
            foreach (var value in Values().Matches(answer).Where(value => value.Index > call.Length && !answer.AsSpan(value.Index + value.Length).StartsWith("\":")))
                yield return (value, Find(value.Value, question, questionAt));
        }

        // Figures and words of a result. What is said of a "red circle" is not copied from a "circle" beside it.
        private static List<(Capture Said, int Source)> Returned(string answer, string question, int questionAt)
        {
            var copies = new List<(Capture Said, int Source)>();
            foreach (var value in Result().Matches(question).Select(result => result.Groups[1]).Concat<Capture>(Values().Matches(question)).Reverse().DistinctBy(value => value.Value).OrderByDescending(value => value.Length))
            {
                if (Within(value.Value).Matches(answer).FirstOrDefault(said => !copies.Exists(copy => said.Index < copy.Said.Index + copy.Said.Length && copy.Said.Index < said.Index + said.Length)) is { } said)
                    copies.Add((said, questionAt + value.Index));
            }
            return copies;
        }

        private static int Find(string value, string within, int at) => Within(value).Matches(within) is [.., var last] ? at + last.Index : -1;

        private void AddSpan(int row, ConversationTokens tokens, string text, int[] starts, int from, int to, int source)
        {
            for (var at = TokenOf(starts, from); at < tokens.Ids.Length && starts[at] < to; at++)
            {
                var first = Math.Max(from, starts[at]);
                // A word's token holds the space before it, and the source's may begin behind it.
                if (text[first] == ' ' && at + 1 < starts.Length && starts[at + 1] > first + 1)
                    first++;
                queries.Add(row * length + at - 1);
                sources.Add(TokenOf(starts, source + first - from));
            }
        }

        /// <summary>All so far; null if nothing is copied.</summary>
        public Copying? Build() => queries.Count == 0 ? null : new Copying([.. queries], [.. sources]);

        private static Regex Within(string value) => new($@"(?<!\w){Regex.Escape(value)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

        // The token that holds a character.
        private static int TokenOf(int[] starts, int at)
        {
            var found = Array.BinarySearch(starts, at);
            // Several tokens can start where marks without a text stand: the last of them has it.
            if (found < 0)
                return ~found - 1;
            while (found + 1 < starts.Length && starts[found + 1] == at)
                found++;
            return found;
        }

        // Marks and image tokens have no text.
        private (string Text, int[] Starts) Text(long[] ids)
        {
            var text = new StringBuilder();
            var starts = new int[ids.Length];
            for (var i = 0; i < ids.Length; i++)
            {
                starts[i] = text.Length;
                var isMark = ids[i] == vocabulary.Image || ids[i] == vocabulary.Begin || ids[i] == vocabulary.End
                    || ids[i] == vocabulary.System || ids[i] == vocabulary.User || ids[i] == vocabulary.Assistant;
                if (!isMark)
                    text.Append(vocabulary.Decode([(int)ids[i]]));
            }
            return (text.ToString(), starts);
        }

        // All but those that tell nothing.
        [GeneratedRegex("(?!(the|an?|and|in|of|to|there)\\b)\\b\\w+", RegexOptions.IgnoreCase)]
        private static partial Regex Words();

        [GeneratedRegex("^<tool_call>\\{\"name\":\"([^\"]+)\"")]
        private static partial Regex Call();

        // Where it is plain words, all of it.
        [GeneratedRegex("^<tool_response>([^\"{}]+)</tool_response>$")]
        private static partial Regex Result();

        // What stands between quotation marks, and numbers but those of pictures, which are said in words or not at all.
        [GeneratedRegex("(?<=\")[^\"{}\\[\\]:,][^\"]*(?=\")|(?<!\"(picture|first|second)\":)(?<![\\w.])\\d+(\\.\\d+)?(?![\\w.])")]
        private static partial Regex Values();
    }
}
