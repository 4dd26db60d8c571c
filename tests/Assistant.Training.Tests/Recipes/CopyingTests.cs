using Assistant.Training.Recipes;
using Assistant.Training.Scenes;
using static TorchSharp.torch;

namespace Assistant.Training.Tests.Recipes;

public sealed class CopyingTests
{
    private static readonly ChatVocabulary Bytes = new(
        261, Begin: 256, System: 260, User: 257, Assistant: 258, End: 259, text => [.. System.Text.Encoding.UTF8.GetBytes(text).Select(b => (int)b)],
        ids => new string([.. ids.Where(id => id < 256).Select(id => (char)id)]));

    [Theory]
    [InlineData(2)] // tools of programs
    [InlineData(6)] // the assistant's own, about pictures
    public void ACopyIsWhatItsSourceSays(int step)
    {
        var batch = new TalkSource(Bytes, seed: 9).Batch((ulong)step, pictures: 8, questions: 6);
        var copying = batch.Copying;
        Assert.NotNull(copying);
        Assert.True(copying.Queries.Length > 25 * batch.Rows);
        Assert.All(copying.Queries.Zip(copying.Sources), pair =>
        {
            var row = pair.First / batch.Length;
            Assert.InRange(pair.Second, 1, pair.First % batch.Length);
            Assert.Equal(Lower(batch.Ids[pair.First + 1]), Lower(batch.Ids[row * batch.Length + pair.Second]));
        });
        Assert.Subset(batch.AskedPositions.ToHashSet(), copying.Queries.ToHashSet()); // it says all of it itself

        static char Lower(long id) => char.ToLowerInvariant((char)id);
    }

    [Fact]
    public void ARequestsWordIsCopiedFromTheRequest_AndTheNameFromTheOffer()
    {
        var conversation = new SceneConversation([],
        [
            new SceneTurn(QuestionFamily.Tools, "Weather in Rome in 3 days?", "<tool_call>{\"name\":\"sky\",\"arguments\":{\"city\":\"Rome\",\"days\":3}}</tool_call>", null, null, null),
            new SceneTurn(QuestionFamily.Tools, "<tool_response>{\"sky\":\"rain\",\"degrees\":7}</tool_response>", "Sky: rain, degrees: 7.", null, null, null),
        ]) { System = "{\"name\":\"sky\",\"description\":\"Rome\"}" };
        var (copying, tokens) = Copies(conversation);
        Assert.NotNull(copying);
        var text = new string([.. tokens.Ids.Select(id => id < 256 ? (char)id : '#')]);
        Assert.Equal(["sky", "Rome", "3", "Sky", "rain", "degrees", "7"], Spans(copying.Queries.Select(query => (int)query + 1)));
        Assert.Equal(
            [text.IndexOf("sky", StringComparison.Ordinal), text.IndexOf("Rome in 3", StringComparison.Ordinal), text.IndexOf("3 days", StringComparison.Ordinal)],
            copying.Sources.Where((source, i) => i is 0 or 3 or 7).Select(source => (int)source));

        // Neighbouring positions as words.
        List<string> Spans(IEnumerable<int> positions)
        {
            var spans = new List<string>();
            var last = -2;
            foreach (var at in positions.Order())
            {
                if (at == last + 1)
                    spans[^1] += text[at];
                else
                    spans.Add(text[at].ToString());
                last = at;
            }
            return spans;
        }
    }

    [Theory]
    [InlineData("{\"picture\":1,\"answer\":\"1\"}", "The tool says: 1.", "1", "1\"}")]
    [InlineData("{\"picture\":1,\"labels\":[{\"label\":\"red circle\",\"score\":0.8},{\"label\":\"circle\",\"score\":0.2}]}", "Best is red circle (0.8).", "red circle|0.8", "red circle|0.8")]
    public void AResultIsCopiedFromWhereItIsSaid_AndNotFromAPicturesNumberOrPartOfIt(string result, string answer, string said, string from)
    {
        var conversation = new SceneConversation([],
        [
            new SceneTurn(QuestionFamily.Tools, "Count.", "<tool_call>{\"name\":\"ask\",\"arguments\":{\"picture\":1}}</tool_call>", null, null, null),
            new SceneTurn(QuestionFamily.Tools, $"<tool_response>{result}</tool_response>", answer, null, null, null),
        ]) { System = "{\"name\":\"ask\"}" };
        var (copying, tokens) = Copies(conversation);
        Assert.NotNull(copying);
        var text = new string([.. tokens.Ids.Select(id => id < 256 ? (char)id : '#')]);
        var at = text.IndexOf(answer, StringComparison.Ordinal);
        var copies = copying.Queries.Zip(copying.Sources).Where(copy => copy.First + 1 >= at).ToDictionary(copy => (int)copy.First + 1, copy => (int)copy.Second);
        var expected = said.Split('|').Zip(from.Split('|')).SelectMany(pair => Enumerable.Range(0, pair.First.Length)
            .Select(i => (at + answer.IndexOf(pair.First, StringComparison.Ordinal) + i, text.IndexOf(pair.Second, StringComparison.Ordinal) + i)));
        Assert.Equal(expected.Order(), copies.Select(copy => (copy.Key, copy.Value)).Order());
    }

    [Fact]
    public void WhatWasSaidOfOneObject_IsNotCopiedForAnother()
    {
        var generator = new SceneGenerator(3);
        var scene = Enumerable.Range(0, 50).Select(i => generator.Generate((ulong)i)).First(scene => scene.Objects.DistinctBy(o => o.Cell).Count() > 1);
        var cells = scene.Objects.Select(o => o.Cell).Distinct().ToList();
        SceneTurn star = new(QuestionFamily.Color, "What colour is it?", "The star is red.", 0, new SceneQuery.At(cells[0]), 0),
            other = new(QuestionFamily.FollowUp, "And the circle?", "The circle is red.", null, new SceneQuery.At(cells[1]), 0);
        Assert.Null(Copies(new SceneConversation([scene], [star, other])).Copying);
    }

    [Fact]
    public void WhatWasSaidOfAPictureIsCopied_AndOfAnotherNot()
    {
        var query = new SceneQuery.At(SceneCell.UpperLeft);
        SceneTurn corner = new(QuestionFamily.Cell, "What is in the upper left?", "A big pink star.", 0, query, 0),
            color = new(QuestionFamily.FollowUp, "And its colour?", "The star is pink.", null, query, 0),
            other = new(QuestionFamily.FollowUp, "And in the other picture?", "The star is pink.", 1, query, 1);
        var generator = new SceneGenerator(3);
        var conversation = new SceneConversation([generator.Generate(0), generator.Generate(1)], [corner, color, other]);
        var (copying, tokens) = Copies(conversation);
        Assert.NotNull(copying);
        var (first, second) = (tokens.AnswerStarts[0], tokens.AnswerStarts[1]);
        Assert.Equal([.. Enumerable.Range(second + 4, 4), .. Enumerable.Range(second + 12, 4)], copying.Queries.Select(query => (int)query + 1));
        Assert.Equal([.. Enumerable.Range(first + 11, 4), .. Enumerable.Range(first + 6, 4)], copying.Sources.Select(source => (int)source));
    }

    private static (Copying? Copying, ConversationTokens Tokens) Copies(SceneConversation conversation)
    {
        var tokens = ConversationTokens.Encode(Bytes, conversation.Turns, conversation.System);
        var builder = new Copying.Builder(Bytes, tokens.Ids.Length);
        builder.Add(0, conversation, tokens);
        return (builder.Build(), tokens);
    }

    [Fact]
    public void LookingAtTheSourceCostsNothing_AndLookingElsewhereDoes()
    {
        using var scope = NewDisposeScope();
        var copying = new Copying([3, 4 + 8], [1, 2]);
        var (right, elsewhere) = (Weights(miss: 0), Weights(miss: 1));

        Assert.Equal(0, copying.Away(right).item<float>(), 1e-4);
        Assert.InRange(copying.Away(elsewhere).item<float>(), 10, 40);

        // Rows of 8 tokens, 5 blocks of 5 heads; every head looks where the copying head should.
        static List<Tensor> Weights(int miss) => [.. Enumerable.Range(0, 5).Select(block =>
        {
            var weights = zeros(2, 5, 8, 8);
            if (block == 1) // the previous token's block
            {
                weights[0, 4, 1, 0 + 2 * miss] = 1;
                weights[1, 4, 2, 1 + 2 * miss] = 1;
            }
            else
            {
                weights[0, 4, 3, 1 + miss] = 1;
                weights[1, 4, 4, 2 + miss] = 1;
            }
            return weights;
        })];
    }
}
