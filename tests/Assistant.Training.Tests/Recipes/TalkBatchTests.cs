using Assistant.Training.Recipes;
using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Tests.Recipes;

public sealed class TalkBatchTests
{
    private static readonly ChatVocabulary Bytes = new(
        261, Begin: 256, System: 260, User: 257, Assistant: 258, End: 259, text => [.. System.Text.Encoding.UTF8.GetBytes(text).Select(b => (int)b)],
        ids => new string([.. ids.Where(id => id < 256).Select(id => (char)id)]));

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

    [Theory]
    [InlineData(0)] // first questions behind a shared picture
    [InlineData(1)] // conversations, some with their picture behind the question
    public void LookingAtWhatIsAskedAboutCostsNothing(int step)
    {
        using var scope = NewDisposeScope();
        var batch = new TalkSource(Bytes, seed: 9).Batch((ulong)step, pictures: 4, questions: 6);
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var keys = batch.Length + (batch is QuestionBatch questions ? questions.Prefix.Length : 0);
        long[] shape = [batch.Rows, 5, batch.Length, keys];
        // All weight on the patches of the objects that are asked about.
        var targets = tensor(batch.Gaze.Targets, [2, batch.Gaze.FirstKeys.Length, patches]);
        var right = zeros(shape);
        for (var i = 0; i < batch.AskedPositions.Length; i++)
        {
            var look = batch.Gaze.LookOf[i];
            for (var head = 0; head < 2; head++)
            {
                var wanted = targets.select(0, head).select(0, look);
                var (row, at) = (batch.AskedPositions[i] / batch.Length, batch.AskedPositions[i] % batch.Length);
                right.select(0, row).select(0, head).select(0, at).narrow(0, batch.Gaze.FirstKeys[look], patches).copy_(wanted / wanted.sum().clamp_min(1));
            }
        }
        var even = full(shape, 1.0 / keys);

        Assert.Contains(batch.Gaze.Targets, target => target > 0);
        Assert.Equal(batch.AskedPositions.Length, batch.Gaze.LookOf.Length);
        Assert.InRange(batch.LookingAway(right).item<float>(), -1e-5f, 1e-5f);
        Assert.InRange(batch.LookingAway(even).item<float>(), (float)Math.Log(2), (float)Math.Log(keys));
    }

    [Fact]
    public void LookingForSomethingInTheWrongPictureCosts()
    {
        using var scope = NewDisposeScope();
        var generator = new SceneGenerator(3);
        List<Scene> scenes = [generator.Generate(0), generator.Generate(1)];
        var missing = SceneKind.Shapes.First(kind => scenes.All(scene => scene.Objects.All(o => o.Kind != kind)));
        var query = new SceneQuery.Exists(new SceneFilter(missing));
        var turns = scenes.Select((scene, i) => new SceneTurn(query.Family, "?", SceneAnswers.Answer(query, scene)!, i, query, i)).ToList();
        var batch = ConversationBatch.Make(Bytes, [new SceneConversation([.. scenes], turns)], SceneRandom.For(6, 0));
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var (first, second) = ((int)batch.Gaze.FirstKeys[0], (int)batch.Gaze.FirstKeys[^1]);

        // The first answer looks at its own picture, and half of the second one's look is for the one or the other.
        Assert.InRange(Cost(second), -1e-5, 1e-5);
        var share = batch.AskedPositions.Count(at => at > second) / (double)batch.AskedPositions.Length;
        Assert.Equal(2 * Math.Log(2) * share, Cost(first), 1e-3);

        double Cost(int start)
        {
            var weights = zeros(1, 5, batch.Length, batch.Length);
            foreach (var at in batch.AskedPositions)
            {
                weights.select(0, 0).select(1, at).narrow(1, at > second ? start : first, patches).fill_(0.5 / patches);
                weights.select(0, 0).select(1, at).narrow(1, 0, 1).fill_(0.5);
            }
            return batch.LookingAway(weights).item<float>();
        }
    }

    [Fact]
    public void ADescriptionLooksAtTheObjectItIsAboutToName()
    {
        var generator = new SceneGenerator(3);
        var scene = Enumerable.Range(0, 100).Select(i => generator.Generate((ulong)i)).First(candidate => candidate.Objects.Count == 4);
        var answer = SceneAnswers.Answer(new SceneQuery.Describe(), scene)!;
        var turn = new SceneTurn(QuestionFamily.Describe, "?", answer, Picture: 0, new SceneQuery.Describe(), Subject: 0);
        var batch = QuestionBatch.Make(Bytes, [scene], [turn], SceneRandom.For(6, 0));
        const int patches = PocketModel.Grid * PocketModel.Grid;
        for (var i = 0; i < answer.Length; i++)
        {
            var mentioned = 0;
            for (var at = 0; mentioned < scene.Objects.Count; mentioned++)
            {
                var text = SceneAnswers.Mentions(turn.Query, scene)[mentioned].Text;
                at = answer.IndexOf(text, at, StringComparison.OrdinalIgnoreCase) + text.Length;
                if (i < at)
                    break;
            }
            var looks = batch.Gaze.Targets.AsSpan((int)batch.Gaze.LookOf[i] * patches, patches);
            for (var patch = 0; patch < patches; patch++)
                Assert.Equal(mentioned < scene.Objects.Count && batch.Pictures.Object[patch] == mentioned + 1, looks[patch] > 0);
        }
    }

    [Fact]
    public void AListLooksAtAllAndThenAtWhatItIsAboutToName()
    {
        SceneObject star = Red(SceneShape.Star, SceneCell.UpperLeft, 60, 60), circle = Red(SceneShape.Circle, SceneCell.UpperRight, 180, 60), other = Red(SceneShape.Star, SceneCell.LowerRight, 180, 180);
        var scene = new Scene(240, 240, SceneColor.White, [star, circle, other]);
        var query = new SceneQuery.KindOf(new SceneFilter(Color: SceneColor.Red));
        const string answer = "The red objects are two stars and a circle.";
        Assert.Equal(answer, SceneAnswers.Answer(query, scene));
        var batch = QuestionBatch.Make(Bytes, [scene], [new SceneTurn(query.Family, "?", answer, Picture: 0, query, Subject: 0)], SceneRandom.For(6, 0));

        AssertLooks("The red objects are", [star, circle, other]);
        AssertLooks(" two stars", [star, other]);
        AssertLooks(" and a circle", [circle]);
        AssertLooks(".", [star, circle, other]);

        void AssertLooks(string text, SceneObject[] objects)
        {
            const int patches = PocketModel.Grid * PocketModel.Grid;
            var start = answer.IndexOf(text, StringComparison.Ordinal);
            for (var i = start; i < start + text.Length; i++)
            {
                var look = (int)batch.Gaze.LookOf[i];
                Assert.Equal(batch.Pictures.Covered(0, scene, objects), batch.Gaze.Targets[(look * patches)..((look + 1) * patches)]);
                Assert.Equal(objects.Length, batch.Gaze.Anchors.Skip(look * patches).Take(patches).Sum());
                Assert.True(batch.Gaze.AreCounted[look]);
            }
        }
    }

    [Theory]
    [InlineData(0)] // first questions behind a shared picture
    [InlineData(1)] // conversations
    public void SharingAttentionEvenlyAmongObjectsAndTheBeginningCountsThem(int step)
    {
        using var scope = NewDisposeScope();
        var batch = new TalkSource(Bytes, seed: 9).Batch((ulong)step, pictures: 4, questions: 6);
        const int patches = PocketModel.Grid * PocketModel.Grid;
        var keys = batch.Length + (batch is QuestionBatch questions ? questions.Prefix.Length : 0);
        var right = zeros([batch.Rows, 5, batch.Length, keys]);
        var numbers = new HashSet<int>();
        for (var i = 0; i < batch.AskedPositions.Length; i++)
        {
            var look = (int)batch.Gaze.LookOf[i];
            if (!batch.Gaze.AreCounted[look])
                continue;
            var anchors = batch.Gaze.Anchors[(look * patches)..((look + 1) * patches)];
            var number = (int)anchors.Sum();
            numbers.Add(number);
            var seen = right.select(0, batch.AskedPositions[i] / batch.Length).select(0, 0).select(0, batch.AskedPositions[i] % batch.Length);
            seen.narrow(0, batch.Gaze.FirstKeys[look], patches).copy_(tensor(anchors) / (number + 2));
            seen.narrow(0, 0, 1).fill_(2.0 / (number + 2));
        }

        Assert.Superset(new HashSet<int> { 0, 1 }, numbers);
        Assert.InRange(numbers.Max(), 2, 4);
        Assert.InRange(batch.Miscounting(right).item<float>(), -1e-5f, 1e-5f);
        // Two objects looked at like one, with all the attention, do not tell how many they are.
        using var only = right.clone();
        only.select(3, 0).zero_();
        Assert.InRange(batch.Miscounting(only / only.sum(3, keepdim: true).clamp_min(1e-9)).item<float>(), 1f, 10f);
        Assert.InRange(batch.Miscounting(full([batch.Rows, 5, batch.Length, keys], 1.0 / keys)).item<float>(), 1f, (float)Math.Log(keys));
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
    public void PicturesOfOneMessage_StandOnLinesOfTheirOwn()
    {
        var scenes = new SceneGenerator(3);
        var conversation = Enumerable.Range(0, 100).Select(i => SceneConversationGenerator.Conversation([scenes.Generate(0), scenes.Generate(1)], SceneRandom.For(5, (ulong)i), 2))
            .First(conversation => conversation.Turns[0].FirstPicture == 0);
        Assert.Equal([0, 1], conversation.Turns[0].Pictures);
        Assert.Empty(conversation.Turns[1].Pictures);
        conversation = conversation with { Turns = [conversation.Turns[0] with { Question = "?" }, .. conversation.Turns.Skip(1)] };
        var tokens = ConversationTokens.Encode(Bytes, conversation.Turns);
        var picture = Enumerable.Repeat((long)Bytes.Image, PocketModel.Grid * PocketModel.Grid).ToArray();
        Assert.Equal([Bytes.Begin, Bytes.User, '\n', .. picture, '\n', .. picture, '\n', '?', Bytes.End], tokens.Ids[..(2 * picture.Length + 7)]);
        Assert.Equal(2, tokens.PictureStarts.Length);

        var batch = ConversationBatch.Make(Bytes, [conversation], SceneRandom.For(6, 0));
        Assert.Equal(2, batch.Pictures.Count);
    }

    [Fact]
    public void NothingIsSaidAboutPicturesThatAreNoDrawings()
    {
        var scene = Scene.Cluttered(new SceneRandom(4));
        var turns = TalkSource.Questions([scene], questions: 20, SceneRandom.For(5, 0));
        Assert.All(turns, turn => Assert.StartsWith("Sorry, I cannot make out this picture", turn.Answer, StringComparison.Ordinal));
        Assert.InRange(turns.Select(turn => turn.Question).Distinct().Count(), 15, 20);
        var batch = QuestionBatch.Make(Bytes, [scene], turns, SceneRandom.For(6, 0));
        Assert.All(batch.Pictures.Background, label => Assert.Equal(-1, label));
        Assert.All(batch.Pictures.Kind, label => Assert.Equal(LabelledPictures.Nothing, label));
        Assert.InRange(batch.Pictures.Pixels.Distinct().Count(), 100, 256 * 3);
    }

    [Fact]
    public void ASecondPictureOftenHoldsWhatTheFirstIsAskedAbout()
    {
        var pairs = Enumerable.Range(0, 20).SelectMany(i => new TalkSource(Bytes, seed: 9).Conversations((ulong)(4 * i + 3), 16)).Where(conversation => conversation.Scenes.Count == 2).ToList();
        var alike = pairs.Count(pair => pair.Scenes[0].Objects.Any(o => pair.Scenes[1].Objects.Any(other => other.Kind.Group == o.Kind.Group && other.Kind.Glyph is null == o.Kind.Glyph is null)));
        Assert.InRange(pairs.Count, 200, 320);
        Assert.InRange(alike / (double)pairs.Count, 0.55, 0.95);
        Assert.Equal(2 * pairs.Count, pairs.SelectMany(pair => pair.Scenes).Distinct().Count());
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

    private static SceneObject Red(SceneShape shape, SceneCell cell, double x, double y) => new(shape, SceneColor.Red, SceneSize.Big, cell, x, y, 60, 0, 1);

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var scale = expected.abs().max().item<float>();
        Assert.InRange((expected - actual).abs().max().item<float>() / scale, 0, 1e-4f);
    }
}
