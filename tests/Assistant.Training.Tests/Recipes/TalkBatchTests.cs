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
            var logits = batch.Logits(model, states);
            F.cross_entropy(logits, tensor(batch.Answers)).backward();
            // The projector hears of the loss through the pictures' keys and values alone.
            return (logits.detach(), model.Projector.parameters().First().grad!.clone());
        }
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
