using Assistant.Training.Recipes;
using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Tests.Recipes;

public sealed class TalkBatchTests
{
    private static readonly ChatVocabulary Bytes = new(
        260, Begin: 256, User: 257, Assistant: 258, End: 259, text => [.. System.Text.Encoding.UTF8.GetBytes(text).Select(b => (int)b)], _ => "");

    [Fact]
    public void QuestionsBehindOnePictureAreScoredAsIfEachStoodAlone()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var model = new LlavaForConditionalGeneration(PocketModel.Config(Bytes.Size));
        PocketModel.Initialize(model, model.Config.Text.NumHiddenLayers);
        var generator = new SceneGenerator(3);
        List<Scene> scenes = [generator.Generate(0), generator.Generate(1)];
        var turns = TalkSource.Questions(scenes, questions: 3, SceneRandom.For(5, 0));
        var together = QuestionBatch.Make(Bytes, scenes, turns, SceneRandom.For(6, 0));
        // The same questions as conversations of one turn, each with a copy of its picture.
        var apart = ConversationBatch.Make(Bytes, [.. turns.Select((turn, i) => new SceneConversation([scenes[i / 3]], [turn]))], SceneRandom.For(6, 0));
        Assert.Equal(apart.Answers, together.Answers);

        var patches = randn(2, PocketModel.Grid * PocketModel.Grid, model.Config.Vision.HiddenSize);
        var expected = Scores(apart, patches.repeat_interleave(3, dim: 0));
        var actual = Scores(together, patches);

        AssertClose(expected.Logits, actual.Logits);
        AssertClose(expected.Gradient, actual.Gradient);

        (Tensor Logits, Tensor Gradient) Scores(TalkBatch batch, Tensor states)
        {
            model.zero_grad();
            var logits = batch.Logits(model, model.Projector.call(states));
            F.cross_entropy(logits, tensor(batch.Answers)).backward();
            // The projector hears of the loss through the pictures' keys and values alone.
            return (logits.detach(), model.Projector.parameters().First().grad!.clone());
        }
    }

    [Fact]
    public void LookingAtWhatIsAskedAboutCostsNothing()
    {
        using var scope = NewDisposeScope();
        var scene = new SceneGenerator(3).Generate(1);
        var turns = TalkSource.Questions([scene], questions: 12, SceneRandom.For(5, 0));
        var batch = QuestionBatch.Make(Bytes, [scene], turns, SceneRandom.For(6, 0));
        const int patches = PocketModel.Grid * PocketModel.Grid;
        long[] shape = [batch.Rows, 5, batch.Length, batch.Prefix.Length + batch.Length];
        // All weight on the patches of the objects that are asked about, for every head alike in the first case.
        var targets = tensor(batch.Targets, [2, batch.Rows, patches]);
        var right = zeros(shape);
        for (var head = 0; head < 2; head++)
        {
            var share = targets.select(0, head) / targets.select(0, head).sum(1L, keepdim: true).clamp_min(1); // [rows, patches]
            right.select(1, head).narrow(-1, batch.FirstImage, patches).add_(share.unsqueeze(1));
        }
        var even = full(shape, 1.0 / shape[^1]);

        Assert.Contains(batch.Targets, target => target > 0);
        Assert.InRange(batch.LookingAway(right).item<float>(), -1e-5f, 1e-5f);
        // Even weights give each object its share of the patches, which is never more than half.
        Assert.InRange(batch.LookingAway(even).item<float>(), (float)Math.Log(2), (float)Math.Log(shape[^1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APictureStandsOnItsSideOfTheQuestion(bool isPictureLast)
    {
        var turn = SceneConversationGenerator.FirstTurn(new SceneGenerator(3).Generate(0), SceneRandom.For(5, 0)) with { Question = "?", IsPictureLast = isPictureLast };
        var tokens = ConversationTokens.Encode(Bytes, [turn]);
        var picture = Enumerable.Repeat((long)Bytes.Image, PocketModel.Grid * PocketModel.Grid);
        long[] expected = isPictureLast
            ? [Bytes.Begin, Bytes.User, '\n', '?', '\n', .. picture, Bytes.End]
            : [Bytes.Begin, Bytes.User, '\n', .. picture, '\n', '?', Bytes.End];
        Assert.Equal(expected, tokens.Ids[..expected.Length]);
        Assert.Equal((long)'?', tokens.Ids[tokens.QuestionStart]);
    }

    [Fact]
    public void ABatchIsAFunctionOfSeedAndStep()
    {
        foreach (var step in new[] { 0ul, 3ul, 11ul })
        {
            var (first, again, next) = (Batch(step), Batch(step), Batch(step + 12));
            Assert.Equal(first.Ids, again.Ids);
            Assert.Equal(first.Pictures.Pixels, again.Pictures.Pixels);
            Assert.NotEqual(first.Ids, next.Ids);
        }

        static TalkBatch Batch(ulong step) => new TalkSource(Bytes, seed: 9).Batch(step, pictures: 3, questions: 2);
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var scale = expected.abs().max().item<float>();
        Assert.InRange((expected - actual).abs().max().item<float>() / scale, 0, 1e-4f);
    }
}
