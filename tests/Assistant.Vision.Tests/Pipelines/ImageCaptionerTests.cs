using System.Text.Json;
using Assistant.Vision.Generation;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Pipelines;
using Assistant.Vision.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

public class ImageCaptionerTests
{
    private static readonly GenerationOptions Endless = new() { MaxNewTokens = 7, EndTokens = new HashSet<long>() };

    public static TheoryData<string> BlipFolders() => Parity.Folders("BlipForConditionalGeneration");

    public static TheoryData<string> VitGpt2Folders() => Parity.Folders("VisionEncoderDecoderModel");

    public static TheoryData<string> Blip2Folders() => Parity.Folders("Blip2ForConditionalGeneration");

    public static TheoryData<string> Families() => ["blip", "vit-gpt2", "blip-2", "blip-2 of old"];

    [Theory]
    [MemberData(nameof(BlipFolders))]
    public void Blip_WritesTheReferencesCaptions_WithAndWithoutAPrefix(string name)
    {
        var parity = Parity.Open(name);
        var prompt = parity.Input("prompt_ids")[0].data<long>().ToArray();
        var (bos, vocabulary) = (parity.Config.Object("text_config").Int("bos_token_id"), parity.Config.Object("text_config").Int("vocab_size"));
        using var folder = ModelFolder.FromReference(name, ModelFolder.BlipProcessor((int)parity.Input("pixel_values").shape[2])).WithBert(vocabulary, (int)prompt[0], (int)prompt[^1]);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var pixels = ModelFolder.Pixels(parity.Input("pixel_values"));
        foreach (var (key, options) in GenerationParity.Cases(parity, without: "prompt_"))
            GenerationParity.AssertEqual(parity, key, [bos], options, Sequences(captioner.Caption(pixels, options: options)));
        var prefix = ModelFolder.Words(prompt[1..^1]);
        foreach (var (key, options) in GenerationParity.Cases(parity, "prompt_"))
        {
            var captions = captioner.Caption(pixels, prefix, options);
            GenerationParity.AssertEqual(parity, key, [bos, .. prompt[1..^1]], options, Sequences(captions));
            Assert.All(captions, row => Assert.StartsWith(prefix, row[0].Text, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(VitGpt2Folders))]
    public void VitGpt2_WritesTheReferencesCaptions(string name)
    {
        var parity = Parity.Open(name);
        var (start, vocabulary) = (parity.Config.Int("decoder_start_token_id"), parity.Config.Object("decoder").Int("vocab_size"));
        using var folder = ModelFolder.FromReference(name, ModelFolder.ViTProcessor((int)parity.Input("pixel_values").shape[2])).WithGpt2(vocabulary, start);
        using var captioner = ImageCaptioner.Open(folder.Path);
        foreach (var (key, options) in GenerationParity.Cases(parity))
        {
            var captions = captioner.Caption(ModelFolder.Pixels(parity.Input("pixel_values")), options: options);
            GenerationParity.AssertEqual(parity, key, [start], options, Sequences(captions));
            foreach (var caption in captions.Select(row => row[0]))
                Assert.Equal(string.Concat(caption.Tokens.Where(token => token != start).Select(ModelFolder.Gpt2Character)).Trim(), caption.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Blip2Folders))]
    public void Blip2_WritesTheReferencesTexts_WithAndWithoutAPrefix(string name)
    {
        using var scope = NewDisposeScope();
        var parity = Parity.Open(name);
        var pixel_values = parity.Input("pixel_values");
        var config = parity.Config;
        using var folder = ModelFolder.FromReference(name, ModelFolder.BlipProcessor((int)pixel_values.shape[2])).WithGpt2(config.Object("text_config").Int("vocab_size"));
        using var captioner = ImageCaptioner.Open(folder.Path);
        var options = new GenerationOptions { MaxNewTokens = parity.Values.GetProperty("greedy_max_new_tokens").GetInt32(), EndTokens = new HashSet<long>() };
        Assert.Equal(parity.Ids("greedy_new_ids_no_prompt"), captioner.Caption(ModelFolder.Pixels(pixel_values), options: options).Select(row => row[0].Tokens.ToArray()));
        var skipped = config.Int("num_query_tokens") + 1; // the image tokens and bos
        for (var row = 0; row < pixel_values.shape[0]; row++)
        {
            var prefix = string.Concat(parity.Input("input_ids")[row].data<long>().ToArray()[skipped..].Select(ModelFolder.Gpt2Character));
            var caption = captioner.Caption(ModelFolder.Pixels(pixel_values.narrow(0, row, 1)), prefix, options)[0][0];
            Assert.Equal(parity.Ids("greedy_new_ids")[row], caption.Tokens);
            Assert.StartsWith(prefix, caption.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Batches_AreWhatEachPictureIsAlone(string family)
    {
        using var folder = Folder(family);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var pictures = ModelFolder.Pictures(3);
        var options = Endless with { NumBeams = 3, NumReturnSequences = 2 };
        var prefix = family == "blip" ? "w5 w6" : "ab";
        var together = captioner.Caption(pictures, prefix, options);
        Assert.Equal(3, together.Count);
        for (var index = 0; index < 3; index++)
        {
            var alone = captioner.Caption(pictures[index], prefix, options);
            Assert.Equal(2, alone.Count);
            Assert.Equal(alone.Select(caption => caption.Text), together[index].Select(caption => caption.Text));
            Assert.Equal(alone.Select(caption => caption.Tokens), together[index].Select(caption => caption.Tokens));
            Assert.Equal(alone[0].Score, together[index][0].Score, 1e-4);
        }
        Assert.Empty(captioner.Caption([]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void ManyPictures_RunInPieces_AndEachGetsItsOwnCaption(string family)
    {
        using var folder = Folder(family);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var pictures = ModelFolder.Pictures(19);
        var seen = new List<GenerationProgress>();
        var captions = captioner.Caption(pictures, options: Endless, onToken: seen.Add);
        var pieces = seen.Where(progress => progress.Step == 0).Select(progress => progress.Items).ToList();
        Assert.Equal([8, 8, 3], pieces.Select(piece => piece.Count));
        Assert.Equal(Enumerable.Range(0, 19), pieces.SelectMany(piece => piece));
        for (var index = 0; index < pictures.Count; index++)
        {
            Assert.Equal(captioner.Caption(pictures[index], options: Endless)[0].Tokens, captions[index][0].Tokens);
            Assert.Equal(captions[index][0].Text, seen.Last(progress => progress.Items.Contains(index)) is var last ? last.Texts[last.Items.ToList().IndexOf(index)] : null);
        }
    }

    [Theory]
    [InlineData("blip", 3, 45)] // bos_token_id and the prefix
    [InlineData("vit-gpt2", 3, 50)]
    [InlineData("blip-2", 8, 80)] // five rows of the picture, bos_token_id and the prefix
    [InlineData("blip-2 without image tokens", 8, 80)]
    public void ACaptionThatCouldOutgrowThePositions_IsRefusedBeforeItsFirstToken(string family, int prompt, int positions)
    {
        using var folder = Folder(family);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var picture = ModelFolder.Pictures(1)[0];
        var prefix = family == "blip" ? "w5 w6" : "ab";
        var room = positions - prompt + 1; // nothing reads the last token
        Assert.Equal(room, captioner.Caption(picture, prefix, Endless with { MaxNewTokens = room })[0].Tokens.Count);
        var steps = 0;
        foreach (var beams in new[] { 1, 2 })
        {
            var refused = Assert.Throws<ArgumentException>(() => captioner.Caption(picture, prefix, Endless with { MaxNewTokens = room + 1, NumBeams = beams }, _ => steps++));
            Assert.Equal($"A prompt of {prompt} tokens and up to {room + 1} new ones do not fit this network's {positions} positions, which leave room for {room} new ones.", refused.Message);
        }
        var lengthy = Enumerable.Repeat(family == "blip" ? "w5" : "a", positions + 7);
        var tooLong = Assert.Throws<ArgumentException>(() => captioner.Caption(picture, string.Join(family == "blip" ? " " : "", lengthy), Endless, _ => steps++));
        Assert.EndsWith($"this network's {positions} positions, which leave room for 0 new ones.", tooLong.Message, StringComparison.Ordinal);
        Assert.Equal(0, steps);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void CachedWriting_EqualsReadingEverythingAgainAtEachToken(string family)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = Folder(family);
        using var captioner = ImageCaptioner.Open(folder.Path);
        var picture = ModelFolder.Pictures(1)[0];
        var pixels = new ImageProcessor(ImageProcessorConfig.Load(folder.Path)).ProcessBatch([picture]);
        var pixel_values = tensor(pixels.Data, 1, 3, pixels.Height, pixels.Width);
        var logits = Uncached(family, folder, pixel_values);
        var written = new List<long>();
        for (var step = 0; step < Endless.MaxNewTokens; step++)
        {
            var scores = logits(written);
            written.Add(scores.select(1, scores.shape[1] - 1)[0].argmax().item<long>());
        }
        Assert.Equal(written, captioner.Caption(picture, options: Endless)[0].Tokens);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Bfloat16_StaysNear(string family)
    {
        using var folder = Folder(family);
        using var exact = ImageCaptioner.Open(folder.Path);
        using var rounded = ImageCaptioner.Open(folder.Path, ScalarType.BFloat16);
        var options = Endless with { MaxNewTokens = 1 };
        var (a, b) = (exact.Caption(ModelFolder.Pictures(3), options: options), rounded.Caption(ModelFolder.Pictures(3), options: options));
        for (var index = 0; index < 3; index++)
            Assert.Equal(a[index][0].Score, b[index][0].Score, 0.15); // a log-probability; 8 bits of mantissa
    }

    [Fact]
    public void Writing_CanBeWatched_AskedIn_AndStopped()
    {
        using var folder = RandomFolders.BlipCaption();
        using var captioner = ImageCaptioner.Open(folder.Path);
        var pictures = ModelFolder.Pictures(2);
        var seen = new List<GenerationProgress>();
        var captions = captioner.Caption(pictures, "w9", Endless, seen.Add);
        Assert.Equal(Enumerable.Range(0, 7), seen.Select(progress => progress.Step));
        Assert.All(seen, progress => Assert.Equal([0, 1], progress.Items));
        Assert.StartsWith("w9", seen[0].Texts[0], StringComparison.Ordinal);
        Assert.Equal(captions.Select(row => row[0].Text), seen[^1].Texts);

        using var stop = new CancellationTokenSource();
        var count = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => captioner.Caption(pictures, onToken: _ =>
        {
            if (++count == 3)
                stop.Cancel();
        }, options: Endless, cancellationToken: stop.Token));
        Assert.Equal(3, count);

        // A callback may ask again, on its own thread; it may not pull the weights away.
        string? inner = null;
        captioner.Caption(pictures[0], options: Endless with { MaxNewTokens = 1 }, onToken: _ =>
        {
            inner = captioner.Caption(pictures[1], options: Endless)[0].Text;
            Assert.Throws<InvalidOperationException>(captioner.Dispose);
        });
        Assert.Equal(captioner.Caption(pictures[1], options: Endless)[0].Text, inner);
    }

    [Fact]
    public void WaitingForAnotherCall_CanBeCancelled()
    {
        using var folder = RandomFolders.BlipCaption();
        using var captioner = ImageCaptioner.Open(folder.Path);
        var picture = ModelFolder.Pictures(1)[0];
        Exception? other = null;
        captioner.Caption(picture, options: Endless with { MaxNewTokens = 1 }, onToken: _ =>
        {
            var waiting = new Thread(() =>
            {
                using var soon = new CancellationTokenSource(20);
                other = Record.Exception(() => captioner.Caption(picture, cancellationToken: soon.Token));
            });
            waiting.Start();
            waiting.Join();
        });
        Assert.IsType<OperationCanceledException>(other);
    }

    [Fact]
    public void ARowThatIsDone_KeepsItsText()
    {
        using var folder = RandomFolders.BlipCaption();
        using var captioner = ImageCaptioner.Open(folder.Path);
        var pictures = ModelFolder.Pictures(2);
        // One row ends at its first token, the other may not.
        var first = captioner.Caption(pictures, options: Endless with { MaxNewTokens = 1 }).Select(row => row[0].Tokens[0]).ToList();
        var options = Endless with { NumBeams = 2, EndTokens = new HashSet<long> { first[0] }, EarlyStopping = EarlyStopping.WhenEnoughFinished };
        var seen = new List<GenerationProgress>();
        captioner.Caption(pictures, options: options, onToken: seen.Add);
        var texts = seen.Select(progress => progress.Texts[0]).ToList();
        Assert.DoesNotContain(texts.Skip(1), text => text.Length == 0 && texts[0].Length > 0);
    }

    private static ModelFolder Folder(string family) => family switch
    {
        "blip" => RandomFolders.BlipCaption(),
        "vit-gpt2" => RandomFolders.VitGpt2(),
        "blip-2" => RandomFolders.Blip2(),
        _ => RandomFolders.Blip2(imageToken: null),
    };

    /// <summary>Logits of the whole text, start included, without a cache.</summary>
    private static Func<List<long>, Tensor> Uncached(string family, ModelFolder folder, Tensor pixel_values)
    {
        var config = ModelConfig.Load(folder.File("config.json"));
        switch (family)
        {
            case "blip":
                var blip = Loaded(BlipForConditionalGeneration.From(config), folder, CheckpointNames.Blip);
                return written => blip.forward(pixel_values, Row([blip.Config.Text.BosTokenId, .. written]));
            case "vit-gpt2":
                var captioner = Loaded(VisionEncoderDecoderModel.From(config), folder, CheckpointNames.Gpt2);
                return written => captioner.forward(pixel_values, Row([config.Int("decoder_start_token_id"), .. written]));
            default:
                var blip2 = Loaded(Blip2ForConditionalGeneration.From(config), folder, CheckpointNames.Blip2);
                return written => blip2.forward(pixel_values, blip2.Prompt(written));
        }

        static Tensor Row(long[] ids) => tensor(ids).unsqueeze(0);
    }

    private static TModel Loaded<TModel>(TModel model, ModelFolder folder, Func<string, string?> names) where TModel : nn.Module
    {
        Checkpoint.Load(model, folder.Path, names);
        model.eval();
        return model;
    }

    private static List<IReadOnlyList<GeneratedSequence>> Sequences(IReadOnlyList<IReadOnlyList<ImageCaption>> captions) =>
        captions.Select(IReadOnlyList<GeneratedSequence> (row) => [.. row.Select(caption => new GeneratedSequence(caption.Tokens, caption.Score))]).ToList();
}
