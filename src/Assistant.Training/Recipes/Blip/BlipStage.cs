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
    private const int LookingBlock = 1; // behind a block that read the question

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
    /// <param name="aboutOne">Whether it asks only what one object answers: to find an object by its name comes before everything else.</param>
    public BlipStage(BlipForQuestionAnswering model, BertTokenizer tokenizer, ulong seed, long steps, int pictures, bool aboutOne = false)
        : this(aboutOne ? "find" : "answer", model, model.VisionModel, model.TextEncoder, model.TextDecoder, model.Config.Text, tokenizer, seed, steps, pictures, aboutOne)
    {
    }

    private BlipStage(
        string name, nn.Module model, BlipVisionModel vision, BlipTextModel? encoder, BlipTextDecoder decoder, BlipTextConfig text,
        BertTokenizer tokenizer, ulong seed, long steps, int pictures, bool aboutOne = false)
    {
        (Name, Model, this.vision, this.encoder, this.decoder, this.text, this.tokenizer, Steps, BatchSize) = (name, model, vision, encoder, decoder, text, tokenizer, steps, pictures);
        var scenes = PocketModel.Scenes(seed);
        batches = new BatchPrefetcher<BlipBatch>(step => Make(scenes, (ulong)step * (ulong)pictures, pictures, SceneRandom.For(seed ^ 0xB11, (ulong)step), aboutOne));
        heldOut = Make(PocketModel.Scenes(HeldOutSeed), 0, HeldOutPictures, SceneRandom.For(HeldOutSeed, 0), aboutOne);
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

    /// <summary>Share in the loss of looking away from the objects that a question asks about.</summary>
    public double LookWeight { get; init; } = 1;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => [.. encoder?.parameters() ?? [], .. decoder.parameters()];

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        var (logits, weights) = Say(batch);
        using var attention = weights;
        var loss = F.cross_entropy(logits.flatten(0, 1), batch.Next().flatten(), ignore_index: -100);
        if (attention is not null)
            loss = loss + LookWeight * batch.LookingAway(attention);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Loss, the share of texts that come out word for word after the right ones, also of each family of questions, and how far these look away.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        var (logits, weights) = Say(heldOut);
        using var attention = weights;
        var targets = heldOut.Next();
        var right = (logits.argmax(-1) == targets).logical_or(targets < 0).all(1);
        var figures = new Dictionary<string, double>
        {
            ["loss"] = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index: -100).item<float>(),
            ["texts"] = right.to(ScalarType.Float32).mean().item<float>(),
        };
        if (attention is not null)
            figures["looks away"] = heldOut.LookingAway(attention).item<float>();
        foreach (var family in heldOut.Asked.Zip(right.data<bool>()).GroupBy(pair => pair.First.Family, pair => pair.Second).OrderBy(group => group.Key))
            figures[family.Key.ToString()] = family.Average(one => one ? 1.0 : 0);
        return figures;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples()
    {
        using var scope = NewDisposeScope();
        const int shown = 4;
        var rows = Enumerable.Range(0, shown).Select(i => i * heldOut.Answers.Rows / heldOut.Pictures).ToList();
        var index = tensor(rows.Select(row => (long)row).ToArray());
        var source = Source(heldOut, vision.call(heldOut.PixelTensor())).index_select(0, index);
        using var start = decoder.Start([.. rows.Select(_ => (IReadOnlyList<long>)[text.BosTokenId])], source, Padding(heldOut)?.index_select(0, index));
        var written = TextGenerator.Generate(start, new GenerationOptions { MaxNewTokens = PocketBlipModel.TextLength - 2 }.EndingAt(text.SepTokenId));
        return [.. rows.Select((row, i) => $"{Text(heldOut.Questions, row)} -> {tokenizer.Decode(written[i][0].Tokens.Select(id => (int)id))} [{Text(heldOut.Answers, row)}]")];

        string Text(TextBatch? texts, int row) => texts is null ? "" : tokenizer.Decode(texts.InputIds.Skip(row * texts.Columns).Take(texts.Columns).Select(id => (int)id));
    }

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    // Scores of what has to be said; where the questions looked, [rows, heads, length, 1 + patches], to dispose of.
    private (Tensor Logits, Tensor? Attention) Say(BlipBatch batch)
    {
        Tensor states;
        using (no_grad())
            states = vision.call(batch.PixelTensor());
        var attentions = encoder is null ? null : new List<Tensor>();
        var source = Source(batch, states, attentions);
        for (var block = 0; block < attentions?.Count; block++)
        {
            if (block != LookingBlock)
                attentions[block].Dispose();
        }
        return (decoder.forward(batch.DecoderIds(text.BosTokenId), source, Padding(batch)), attentions?[LookingBlock]);
    }

    // A question of a user has no padding to be looked at.
    private static Tensor? Padding(BlipBatch batch) => batch.Questions is { } questions ? tensor(questions.AttentionMask, [questions.Rows, questions.Columns]) : null;

    // What the decoder looks at: the picture itself, or the question that was read with it in view.
    private Tensor Source(BlipBatch batch, Tensor states, IList<Tensor>? attentions = null)
    {
        if (encoder is null)
            return states;
        var questions = batch.Questions!;
        long[] shape = [questions.Rows, questions.Columns];
        return encoder.Encode(tensor(questions.InputIds, shape), tensor(questions.AttentionMask, shape), states, attentions);
    }

    private BlipBatch Make(SceneGenerator scenes, ulong first, int count, SceneRandom random, bool aboutOne)
    {
        var drawn = Enumerable.Range(0, count).Select(i => scenes.Generate(first + (ulong)i)).ToList();
        return encoder is null ? BlipBatch.Captions(tokenizer, drawn, random) : BlipBatch.QuestionsAbout(tokenizer, drawn, QuestionsPerPicture, random, aboutOne);
    }
}
