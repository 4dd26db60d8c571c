using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes.Blip;

/// <summary>Text learns beside a frozen tower: captions, or answers to questions.</summary>
/// <remarks>Li et al. 2022, arXiv:2201.12086, sections 3.2 and 4.3, without the contrastive and matching parts.</remarks>
internal sealed class BlipStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0004;
    private const int HeldOutPictures = 48, QuestionsPerPicture = 12;

    private readonly BlipVisionModel vision;
    private readonly BlipTextModel? encoder;
    private readonly BlipTextDecoder decoder;
    private readonly BlipTextConfig text;
    private readonly BertTokenizer tokenizer;
    private readonly BatchPrefetcher<BlipBatch> batches;
    private readonly BlipBatch heldOut;

    /// <param name="model">A captioner, trained in place.</param>
    /// <param name="tokenizer">Of its texts.</param>
    /// <param name="seed">Of the pictures.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="pictures">Pictures a step.</param>
    public BlipStage(BlipForConditionalGeneration model, BertTokenizer tokenizer, ulong seed, long steps, int pictures)
        : this("caption", model, model.VisionModel, null, model.TextDecoder, model.Config.Text, tokenizer, seed, steps, pictures)
    {
    }

    /// <param name="model">A network that answers, trained in place.</param>
    /// <param name="tokenizer">Of its texts.</param>
    /// <param name="seed">Of the pictures and questions.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="pictures">Pictures a step.</param>
    public BlipStage(BlipForQuestionAnswering model, BertTokenizer tokenizer, ulong seed, long steps, int pictures)
        : this("answer", model, model.VisionModel, model.TextEncoder, model.TextDecoder, model.Config.Text, tokenizer, seed, steps, pictures)
    {
    }

    private BlipStage(
        string name, nn.Module model, BlipVisionModel vision, BlipTextModel? encoder, BlipTextDecoder decoder, BlipTextConfig text,
        BertTokenizer tokenizer, ulong seed, long steps, int pictures)
    {
        (Name, Model, this.vision, this.encoder, this.decoder, this.text, this.tokenizer, Steps, BatchSize) = (name, model, vision, encoder, decoder, text, tokenizer, steps, pictures);
        var scenes = PocketModel.Scenes(seed);
        batches = new BatchPrefetcher<BlipBatch>(step => Make(scenes, (ulong)step * (ulong)pictures, pictures, SceneRandom.For(seed ^ 0xB11, (ulong)step)));
        heldOut = Make(PocketModel.Scenes(HeldOutSeed), 0, HeldOutPictures, SceneRandom.For(HeldOutSeed, 0));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public nn.Module Model { get; }

    /// <inheritdoc/>
    public OptimizerSettings Optimizer { get; init; } = new() { LearningRate = 1e-3, WarmupSteps = 200 };

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => [.. encoder?.parameters() ?? [], .. decoder.parameters()];

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        return F.cross_entropy(Logits(batch).flatten(0, 1), batch.Targets().flatten(), ignore_index: -100).MoveToOuterDisposeScope();
    }

    /// <summary>Loss, and the share of texts that come out word for word after the right ones.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        var (logits, targets) = (Logits(heldOut), heldOut.Targets());
        var right = (logits.argmax(-1) == targets).logical_or(targets < 0).all(1);
        return new Dictionary<string, double>
        {
            ["loss"] = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index: -100).item<float>(),
            ["texts"] = right.to(ScalarType.Float32).mean().item<float>(),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples()
    {
        using var scope = NewDisposeScope();
        const int shown = 4;
        var rows = Enumerable.Range(0, shown).Select(i => i * heldOut.Answers.Rows / heldOut.Pictures).ToList();
        var index = tensor(rows.Select(row => (long)row).ToArray());
        var source = Source(heldOut, vision.call(heldOut.PixelTensor())).index_select(0, index);
        using var start = decoder.Start([.. rows.Select(_ => (IReadOnlyList<long>)[text.BosTokenId])], source);
        var written = TextGenerator.Generate(start, new GenerationOptions { MaxNewTokens = PocketBlipModel.TextLength - 2 }.EndingAt(text.SepTokenId));
        return [.. rows.Select((row, i) => $"{Text(heldOut.Questions, row)} -> {tokenizer.Decode(written[i][0].Tokens.Select(id => (int)id))} [{Text(heldOut.Answers, row)}]")];

        string Text(TextBatch? texts, int row) => texts is null ? "" : tokenizer.Decode(texts.InputIds.Skip(row * texts.Columns).Take(texts.Columns).Select(id => (int)id));
    }

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    private Tensor Logits(BlipBatch batch)
    {
        Tensor states;
        using (no_grad())
            states = vision.call(batch.PixelTensor());
        return decoder.forward(batch.DecoderIds(text.BosTokenId), Source(batch, states));
    }

    // What the decoder looks at: the picture itself, or the question that was read with it in view.
    private Tensor Source(BlipBatch batch, Tensor states)
    {
        if (encoder is null)
            return states;
        var questions = batch.Questions!;
        long[] shape = [questions.Rows, questions.Columns];
        return encoder.Encode(tensor(questions.InputIds, shape), tensor(questions.AttentionMask, shape), states.repeat_interleave(questions.Rows / batch.Pictures, 0));
    }

    private BlipBatch Make(SceneGenerator scenes, ulong first, int count, SceneRandom random)
    {
        var drawn = Enumerable.Range(0, count).Select(i => scenes.Generate(first + (ulong)i)).ToList();
        return encoder is null ? BlipBatch.Captions(tokenizer, drawn, random) : BlipBatch.QuestionsAbout(tokenizer, drawn, QuestionsPerPicture, random);
    }
}
