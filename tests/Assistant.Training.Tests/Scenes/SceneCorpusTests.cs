using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneCorpusTests
{
    private static readonly SceneConversation[] Sample = [.. Enumerable.Range(0, 6000).Select(i => new SceneCorpus(5).Conversation((ulong)i))];

    private static readonly List<SceneTurn> Turns = [.. Sample.SelectMany(conversation => conversation.Turns)];

    [Fact]
    public void EveryAnswer_IsTrueOfItsScene()
    {
        var wrong = Sample.SelectMany(conversation => conversation.Turns.Where(turn => turn.Subject is { } subject && !AnswerOracle.IsTrue(turn.Answer, conversation.Scenes[subject])))
            .Select(turn => $"{turn.Question} -> {turn.Answer}");
        Assert.Equal([], wrong.Take(10));
    }

    [Fact]
    public void EveryAnswer_IsTrueOfItsScene_AlsoWithThingsAndLetters()
    {
        var corpus = new SceneCorpus(6, SceneTiers.All);
        var sample = Enumerable.Range(0, 4000).Select(i => corpus.Conversation((ulong)i)).ToList();
        var wrong = sample.SelectMany(conversation => conversation.Turns.Where(turn => turn.Subject is { } subject && !AnswerOracle.IsTrue(turn.Answer, conversation.Scenes[subject])))
            .Select(turn => $"{turn.Question} -> {turn.Answer}");
        Assert.Equal([], wrong.Take(10));
        var turns = sample.SelectMany(conversation => conversation.Turns).ToList();
        foreach (var kind in SceneKind.All)
            Assert.Contains(turns, turn => turn.Answer.Contains(kind.Singular, StringComparison.Ordinal));
        Assert.InRange(turns.Count(turn => turn.Family == QuestionFamily.Glyph) / (double)turns.Count, 0.015, 0.08);
    }

    [Theory]
    [InlineData("There are three shapes.")]
    [InlineData("There is one ring.")]
    [InlineData("Yes, there is a green star.")]
    [InlineData("Yes, there is a shape.")]
    [InlineData("Yes, there are two stars.")]
    [InlineData("The star is green.")]
    [InlineData("The circle is to the right of the star.")]
    [InlineData("A big red star.")]
    [InlineData("A big red circle on a yellow background.")]
    [InlineData("There is nothing in the upper left.")]
    [InlineData("Nonsense.")]
    public void Oracle_RejectsWhatIsNotSo(string answer)
    {
        var scene = new Scene(400, 400, SceneColor.Yellow,
        [
            new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 100, 100, 150, 0, 0),
            new(SceneShape.Star, SceneColor.Blue, SceneSize.Small, SceneCell.UpperRight, 300, 110, 70, 0, 0),
        ]);
        Assert.False(AnswerOracle.IsTrue(answer, scene));
    }

    [Fact]
    public void Questions_NameWhatTheirAnswersSpeakOf()
    {
        // "How many red ...?" is answered with red ones. A follow-up may leave out what was said before.
        foreach (var turn in Turns.Where(turn => turn.Family == QuestionFamily.Count))
        {
            foreach (var color in Enum.GetValues<SceneColor>().Select(SceneWords.Of))
            {
                var question = turn.Question.ToLowerInvariant().Replace("grey", "gray", StringComparison.Ordinal);
                Assert.Equal(question.Split(' ', '?', '.', ':', ',').Contains(color), turn.Answer.Contains($" {color} ", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Corpus_IsTheSameEverywhere()
    {
        Assert.Equal(Sample[77].Turns, new SceneCorpus(5).Conversation(77).Turns);
        Assert.Equal(Sample.Take(50).SelectMany(c => c.Turns).SelectMany(t => new[] { t.Question, t.Answer }), new SceneCorpus(5).Texts(50));
    }

    [Fact]
    public void Corpus_HoldsEveryFamily_AndOpensWithManyCaptions()
    {
        foreach (var family in Enum.GetValues<QuestionFamily>().Where(family => family != QuestionFamily.Tools))
            Assert.InRange(Turns.Count(turn => turn.Family == family) / (double)Turns.Count, family == QuestionFamily.Glyph ? 0.003 : 0.02, 0.3);
        Assert.InRange(Turns.Where(turn => turn.Picture is not null).Count(turn => turn.Family == QuestionFamily.Describe) / (double)Turns.Count(turn => turn.Picture is not null), 0.3, 0.6);
    }

    [Fact]
    public void Answers_AreBalanced()
    {
        double Share(Func<SceneTurn, bool> part, Func<SceneTurn, bool> whole) => Turns.Where(whole).Count(part) / (double)Turns.Count(whole);

        bool IsYesOrNo(SceneTurn turn) => turn.Answer.StartsWith("Yes,", StringComparison.Ordinal) || turn.Answer.StartsWith("No,", StringComparison.Ordinal);
        Assert.InRange(Share(turn => turn.Answer[0] == 'Y', IsYesOrNo), 0.4, 0.6);
        Assert.InRange(Share(turn => turn.Answer.Contains(" left ", StringComparison.Ordinal), turn => turn.Query is SceneQuery.Side { Horizontal: true }), 0.36, 0.64);
        Assert.InRange(Share(turn => turn.Answer.Contains(" above ", StringComparison.Ordinal), turn => turn.Query is SceneQuery.Side { Horizontal: false }), 0.36, 0.64);
        Assert.InRange(Share(turn => turn.Answer.Contains("nothing", StringComparison.Ordinal), turn => turn.Query is SceneQuery.At { Cell: not SceneCell.Middle }), 0.15, 0.5);
        foreach (var number in new[] { "no", "one", "two", "three", "four" })
            Assert.InRange(Share(turn => turn.Answer.Contains($" {number} ", StringComparison.Ordinal), turn => turn.Query is SceneQuery.Count), 0.05, 0.5);
    }

    [Fact]
    public void QuestionsAskedAgainAboutTheNextPicture_OftenHaveAnotherAnswer()
    {
        var corpus = new SceneCorpus(9, SceneTiers.All);
        var again = Enumerable.Range(0, 6000).SelectMany(i => Pairs(corpus.Conversation((ulong)i)))
            .Where(pair => pair.Then is { Picture: > 0, Family: QuestionFamily.FollowUp }).ToList();
        Assert.InRange(again.Count(pair => pair.First.Answer == pair.Then.Answer) / (double)again.Count, 0.02, 0.2);
        var yesOrNo = again.Where(pair => pair.Then.Query is SceneQuery.Exists).ToList();
        Assert.InRange(yesOrNo.Count(pair => pair.Then.Answer[0] == 'Y') / (double)yesOrNo.Count, 0.35, 0.65);

        static IEnumerable<(SceneTurn First, SceneTurn Then)> Pairs(SceneConversation conversation) => conversation.Turns.Zip(conversation.Turns.Skip(1));
    }

    [Fact]
    public void TheColourOfWhatIsInACorner_IsItsOwn_AlsoAmongSeveralAlike()
    {
        var corpus = new SceneCorpus(9, SceneTiers.All);
        var (asked, alike) = (0, 0);
        foreach (var conversation in Enumerable.Range(0, 3000).Select(i => corpus.Conversation((ulong)i)))
        {
            foreach (var (before, turn) in conversation.Turns.Zip(conversation.Turns.Skip(1)))
            {
                if (turn.Query is not SceneQuery.ColorAt(var cell) || turn.Picture is not null)
                    continue;
                var scene = conversation.Scenes[turn.Subject!.Value];
                var it = scene.Objects.Single(o => o.Cell == cell);
                Assert.Equal($"The {it.Kind.Singular} is {SceneWords.Of(it.Color!.Value)}.", turn.Answer);
                if (before.Query is not SceneQuery.At(var place) || before.Subject != turn.Subject)
                    continue;
                Assert.Equal(place, cell);
                asked++;
                alike += scene.Objects.Any(o => o != it && o.Kind == it.Kind) ? 1 : 0;
            }
        }
        Assert.InRange(asked, 50, 500);
        Assert.InRange(alike, 2, asked - 1);
    }

    [Fact]
    public void Pictures_ComeInOrder_AndLaterOnesAreNamed()
    {
        foreach (var conversation in Sample)
        {
            Assert.Equal(Enumerable.Range(0, conversation.Scenes.Count), conversation.Turns.SelectMany(turn => turn.Pictures));
            var shown = 0;
            foreach (var turn in conversation.Turns)
            {
                shown = turn.Picture + 1 ?? shown;
                Assert.True(turn.Subject is null || turn.Subject < shown);
                // Unless it says otherwise, a question of its own is about the picture that came last.
                if (turn.Subject is { } subject && subject < shown - 1 && turn.Family != QuestionFamily.FollowUp)
                    Assert.Contains(new[] { "first", "second", "third" }[subject], turn.Question, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public void TextOnly_AsksForAPicture_OrSaysWhatTheModelIs()
    {
        var random = new SceneRandom(8);
        var turns = Enumerable.Range(0, 2000).SelectMany(_ => SceneConversationGenerator.TextOnly(random, 2).Turns).ToList();
        Assert.Contains(turns, turn => turn.Question == "Who are you?" && turn.Answer.Contains("small demonstration model", StringComparison.Ordinal));
        Assert.Contains(turns, turn => turn.Question.Contains("world cup", StringComparison.OrdinalIgnoreCase) && turn.Answer.Contains("larger model can be configured", StringComparison.Ordinal));
        Assert.Contains(turns, turn => turn.Answer == "I do not see a picture yet. Please show me one.");
        Assert.All(turns, turn => Assert.Null(turn.Picture));
    }

    [Fact]
    public void Conversation_Throws_WhenThereAreFewerTurnsThanPictures()
    {
        var scenes = new SceneGenerator(1);
        var error = Assert.Throws<ArgumentException>(() => SceneConversationGenerator.Conversation([scenes.Generate(0), scenes.Generate(1)], new SceneRandom(0), 1));
        Assert.StartsWith("1 turns cannot show 2 pictures", error.Message, StringComparison.Ordinal);
    }
}
