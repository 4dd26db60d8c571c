using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

public class VisualQuestionAnswererTests
{
    public static TheoryData<string> BlipFolders() => Parity.Folders("BlipForQuestionAnswering");

    public static TheoryData<string> ViltFolders() => Parity.Folders("ViltForQuestionAnswering");

    public static TheoryData<string> Families() => ["blip", "blip-2", "vilt"];

    [Theory]
    [MemberData(nameof(BlipFolders))]
    public void Blip_WritesTheReferencesAnswers(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        var (pixel_values, ids, mask) = (parity.Input("pixel_values"), parity.Input("input_ids"), parity.Input("attention_mask"));
        var text = parity.Config.Object("text_config");
        var first = ids[0].data<long>().ToArray();
        using var folder = ModelFolder.FromReference(name, ModelFolder.BlipProcessor((int)pixel_values.shape[2])).WithBert(text.Int("vocab_size"), (int)first[0], (int)first[^1]);
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        Assert.True(answerer.IsGenerative);
        foreach (var (key, options) in GenerationParity.Cases(parity))
        {
            // The reference's batch, its second question padded.
            var answers = answerer.Answer(ModelFolder.Pixels(pixel_values), ModelFolder.Tokens(ids, mask), new AnswerOptions { Generation = options });
            Assert.Equal(Expected(parity, key, options, 0), answers[0][0].Text);
            Assert.Equal(Expected(parity, key, options, 1), answers[1][0].Text);
            if (parity.Values.TryGetProperty(key + "_scores", out var scores))
                Assert.Equal(scores.EnumerateArray().Select(score => Math.Round(score.GetDouble(), 3)), answers.Select(row => Math.Round(row[0].Score, 3)));
        }
    }

    [Theory]
    [MemberData(nameof(ViltFolders))]
    public void Vilt_GivesTheReferencesAnswers_ForPicturesOfOneSizeAndOfSeveral(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        using var folder = ModelFolder.FromReference(name, ModelFolder.ViltProcessor(48, 8)).WithBert(parity.Config.Int("vocab_size"), 2, 3);
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        Assert.False(answerer.IsGenerative);
        var labels = parity.Config.Labels();
        foreach (var kind in new[] { "full", "padded" })
        {
            var answers = answerer.Answer(
                ModelFolder.Pixels(parity.Input($"{kind}_pixel_values"), parity.Input($"{kind}_pixel_mask")),
                ModelFolder.Tokens(parity.Input("input_ids"), parity.Input("attention_mask")), new AnswerOptions { TopK = labels.Count });
            var probabilities = parity.Expected($"{kind}_logits").sigmoid();
            for (var row = 0; row < answers.Count; row++)
            {
                Assert.Equal(labels[parity.Values.GetProperty($"{kind}_answer")[row].GetInt32()], answers[row][0].Text);
                Assert.Equal(labels.Count, answers[row].Count);
                foreach (var answer in answers[row])
                    Assert.Equal(probabilities[row, labels.ToList().IndexOf(answer.Text)].item<float>(), answer.Score, 1e-4);
            }
        }
    }

    [Fact]
    public void Blip2_ReadsItsPromptAroundTheQuestion()
    {
        using var folder = RandomFolders.Blip2();
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var picture = ModelFolder.Pictures(1)[0];
        var options = new GenerationOptions { MaxNewTokens = 6, EndTokens = new HashSet<long>() };
        var caption = captioner.Caption(picture, "Question: what? Answer:", options)[0];
        var answer = answerer.Answer(picture, "what?", new AnswerOptions { Generation = options })[0];
        Assert.Equal(caption.Score, answer.Score, 1e-5);
        Assert.Equal(caption.Text, ("Question: what? Answer:" + answer.Text).Trim());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void QuestionsOfSeveralLengthsInOneCall_AreAnsweredAsEachAlone(string family)
    {
        using var folder = Folder(family);
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        string[] texts = ["w5 w6", "w7", "w8 w9 w10 w11", "w12 w13"];
        var questions = ModelFolder.Pictures(4).Zip(texts, (picture, text) => new VisualQuestion(picture, text)).ToList();
        var options = new AnswerOptions { TopK = 2, Generation = new GenerationOptions { NumBeams = 2, NumReturnSequences = 2, MaxNewTokens = 4 } };
        var seen = new HashSet<int>();
        var together = answerer.Answer(questions, options, progress => seen.UnionWith(progress.Items));
        Assert.Equal(family == "vilt" ? 0 : 4, seen.Count);
        for (var index = 0; index < 4; index++)
        {
            var alone = answerer.Answer(questions[index].Image, texts[index], options);
            Assert.Equal(2, alone.Count);
            Assert.Equal(alone.Select(answer => answer.Text), together[index].Select(answer => answer.Text));
            Assert.Equal(alone[0].Score, together[index][0].Score, 1e-4);
            Assert.Equal(alone[1].Score, together[index][1].Score, 1e-4);
        }
        Assert.Empty(answerer.Answer([]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void ManyQuestions_RunInPieces_AndEachGetsItsOwnAnswer(string family)
    {
        using var folder = Folder(family);
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        var questions = ModelFolder.Pictures(20).Select((picture, index) => new VisualQuestion(picture, index == 4 ? "w7" : $"w5 w{6 + index % 3}")).ToList();
        var options = new AnswerOptions { Generation = new GenerationOptions { MaxNewTokens = 3, EndTokens = new HashSet<long>() } };
        var seen = new List<GenerationProgress>();
        var answers = answerer.Answer(questions, options, seen.Add);
        var pieces = seen.Where(progress => progress.Step == 0).Select(progress => progress.Items).ToList();
        if (answerer.IsGenerative)
        {
            Assert.Equal([8, 8, 3, 1], pieces.Select(piece => piece.Count));
            Assert.Equal(Enumerable.Range(0, 20), pieces.SelectMany(piece => piece).Order());
        }
        for (var index = 0; index < questions.Count; index++)
        {
            var alone = answerer.Answer(questions[index].Image, questions[index].Question, options)[0];
            Assert.Equal(alone.Text, answers[index][0].Text);
            Assert.Equal(alone.Score, answers[index][0].Score, 1e-4);
        }
    }

    [Fact]
    public void AnswersThatCouldOutgrowThePositions_AreRefusedBeforeAnyIsWritten()
    {
        var picture = ModelFolder.Pictures(1)[0];
        var steps = 0;
        using var blip = RandomFolders.BlipVqa();
        using (var answerer = VisualQuestionAnswerer.Open(blip.Path))
        {
            Assert.Single(answerer.Answer(picture, "w5", Lengthy(45)));
            var refused = Assert.Throws<ArgumentException>(() => answerer.Answer(picture, "w5", Lengthy(46), _ => steps++));
            Assert.Equal("A prompt of 1 tokens and up to 46 new ones do not fit this network's 45 positions, which leave room for 45 new ones.", refused.Message);
        }
        using var blip2 = RandomFolders.Blip2();
        using (var answerer = VisualQuestionAnswerer.Open(blip2.Path))
        {
            var prompt = 5 + 1 + "Question:  Answer:".Length; // the picture, bos_token_id, a token a character
            var (brief, long40) = (new VisualQuestion(picture, "what?"), new VisualQuestion(picture, new string('a', 40)));
            Assert.Single(answerer.Answer([long40], Lengthy(80 - prompt - 40 + 1)));
            // The short question alone would fit, and its turn comes first.
            var refused = Assert.Throws<ArgumentException>(() => answerer.Answer([brief, long40], Lengthy(80 - prompt - 40 + 2), _ => steps++));
            Assert.Contains($"A prompt of {prompt + 40} tokens and up to {80 - prompt - 40 + 2} new ones", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, steps);

        static AnswerOptions Lengthy(int tokens) => new() { Generation = new GenerationOptions { MaxNewTokens = tokens, EndTokens = new HashSet<long>() } };
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Bfloat16_StaysNear(string family)
    {
        using var folder = Folder(family);
        using var exact = VisualQuestionAnswerer.Open(folder.Path);
        using var rounded = VisualQuestionAnswerer.Open(folder.Path, ScalarType.BFloat16);
        var picture = ModelFolder.Pictures(1)[0];
        var options = new AnswerOptions { Generation = new GenerationOptions { MaxNewTokens = 1 } };
        // A probability or a log-probability of the best answer; 8 bits of mantissa.
        Assert.Equal(exact.Answer(picture, "w5 w6", options)[0].Score, rounded.Answer(picture, "w5 w6", options)[0].Score, 0.15);
    }

    [Fact]
    public void Answers_CanBeStopped_AndTopKIsChecked()
    {
        using var folder = RandomFolders.BlipVqa();
        using var answerer = VisualQuestionAnswerer.Open(folder.Path);
        var picture = ModelFolder.Pictures(1)[0];
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => answerer.Answer(picture, "w5",
            new AnswerOptions { Generation = new GenerationOptions { MaxNewTokens = 9, EndTokens = new HashSet<long>() } }, _ => stop.Cancel(), stop.Token));
        using var vilt = RandomFolders.Vilt();
        using var listed = VisualQuestionAnswerer.Open(vilt.Path);
        Assert.Throws<ArgumentOutOfRangeException>(() => listed.Answer(picture, "w5", new AnswerOptions { TopK = 0 }));
        Assert.Equal(4, listed.Answer(picture, string.Join(' ', Enumerable.Repeat("w5", 40)), new AnswerOptions { TopK = 9 }).Count); // cut to 12 tokens
    }

    private static ModelFolder Folder(string family) => family switch
    {
        "blip" => RandomFolders.BlipVqa(),
        "vilt" => RandomFolders.Vilt(),
        _ => RandomFolders.Blip2(),
    };

    /// <summary>The reference's answer as the tokenizer decodes it.</summary>
    private static string Expected(Parity parity, string key, GenerationOptions options, int row)
    {
        var (begin, special) = (parity.Input("input_ids")[0][0].item<long>(), parity.Input("input_ids")[0][-1].item<long>());
        var ids = parity.Ids(key + "_ids")[row].Skip(1).TakeWhile(id => !options.EndTokens!.Contains(id)).ToList();
        return ModelFolder.Words(ids.Select(id => id), 0, 1, begin, special) + (options.EndTokens!.Single() is var end && parity.Ids(key + "_ids")[row].Skip(1).Contains(end) ? $" w{end}" : "");
    }
}
