using System.Globalization;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>Second to fourth stage: language model and projector learn to talk about the pictures, first beside a frozen tower, then with it.</summary>
/// <remarks>
/// The two stages of Liu et al. 2023, arXiv:2304.08485, section 4.2, with the language model starting from nothing. In the last stage the labels
/// stay in the loss: they teach the tower what an object is many times faster than words do, and the words teach it what is asked for.
/// </remarks>
internal sealed class TalkStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0002;
    private const int HeldOutPictures = 32, HeldOutQuestions = 12;
    private const int LongestAnswer = 48;
    private const int LookingBlock = 2; // behind two blocks that read the question, before others that read the answer off
    private const int CountingBlock = 3; // behind those that find what an earlier turn was about

    private readonly LlavaForConditionalGeneration model;
    private readonly ChatVocabulary vocabulary;
    private readonly TowerWithLabels labels;
    private readonly bool freezeTower;
    private readonly PatchWords words;
    private readonly BatchPrefetcher<TalkBatch> batches;
    private readonly List<Scene> heldOut;
    private readonly List<SceneTurn> heldOutTurns;
    private readonly List<SceneConversation>[] heldOutConversations, heldOutCalls;

    /// <param name="name">Short name, part of the checkpoint's file name.</param>
    /// <param name="model">Trained in place.</param>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="labels">The model's tower and its label heads, trained in place.</param>
    /// <param name="freezeTower">Whether the tower stays as it is; a checkpoint then leaves it out.</param>
    /// <param name="seed">Of pictures and conversations.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="pictures">Pictures a step.</param>
    /// <param name="questions">Questions about each.</param>
    /// <param name="aboutOne">Whether it asks only what one object answers.</param>
    public TalkStage(string name, LlavaForConditionalGeneration model, ChatVocabulary vocabulary, TowerWithLabels labels, bool freezeTower, ulong seed, long steps, int pictures, int questions, bool aboutOne = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Name, this.model, this.vocabulary, this.labels, this.freezeTower, Steps, BatchSize) = (name, model, vocabulary, labels, freezeTower, steps, pictures);
        Model = freezeTower ? new Speaker(model.Projector, model.LanguageModel) : new Whole(model, labels);
        words = new PatchWords(vocabulary);
        var source = new TalkSource(vocabulary, seed, aboutOne);
        batches = new BatchPrefetcher<TalkBatch>(step => source.Batch((ulong)step, pictures, questions));
        var scenes = PocketModel.Scenes(HeldOutSeed);
        heldOut = Enumerable.Range(0, HeldOutPictures).Select(i => scenes.Generate((ulong)i)).ToList();
        heldOutTurns = TalkSource.Questions(heldOut, HeldOutQuestions, SceneRandom.For(HeldOutSeed, 0));
        var unseen = new TalkSource(vocabulary, HeldOutSeed);
        heldOutConversations = [unseen.Conversations(1, 16), unseen.Conversations(3, 16)]; // about one picture, and about two
        heldOutCalls = [unseen.WithTools(1, 16), unseen.WithTools(4, 16)]; // the assistant's own tools, and three of programs
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
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => freezeTower
        ? [.. Model.parameters()]
        // The tower's own post_layernorm is no part of a LLaVA: nothing is computed with it.
        : [.. model.named_parameters().Where(entry => !entry.name.Contains("post_layernorm", StringComparison.Ordinal)).Select(entry => entry.parameter), .. labels.HeadParameters];

    /// <summary>Share of the labels in the loss.</summary>
    public double LabelWeight { get; init; } = 0.5;

    /// <summary>Share in the loss of looking away from the objects that a question asks about.</summary>
    public double LookWeight { get; init; } = 0.1;

    /// <summary>Share in the loss of not counting the objects that a question asks about.</summary>
    public double CountWeight { get; init; } = 0.2;

    /// <summary>Share in the loss of looking away from what an answer copies.</summary>
    public double CopyWeight { get; init; } = 0.1;

    /// <summary>Share in the loss of reading a patch's labels off its projected row as words.</summary>
    public double WordWeight { get; init; } = 0.2;

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        var hasPictures = batch.Pictures.Count > 0;
        var patches = !hasPictures ? null : freezeTower ? FrozenPatches(batch.Pictures) : labels.Patches(batch.Pictures.PixelTensor());
        var features = patches is null ? null : model.Projector.call(patches);
        var attentions = new List<Tensor>();
        var loss = F.cross_entropy(batch.Logits(model, features, attentions), tensor(batch.Answers));
        if (features is not null)
            loss = loss + WordWeight * words.Loss(features, model.LanguageModel, batch.Pictures)
                + LookWeight * batch.LookingAway(attentions[LookingBlock]) + CountWeight * batch.Miscounting(attentions[CountingBlock]);
        if (batch.Copying is { } copying)
            loss = loss + CopyWeight * copying.Away(attentions);
        attentions.ForEach(weights => weights.Dispose());
        if (patches is not null && !freezeTower)
            loss = loss + LabelWeight * labels.Loss(patches, batch.Pictures);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Loss, and the share of answers that come out word for word: of all first questions, of each family, and of the turns of conversations.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        var questions = QuestionBatch.Make(vocabulary, heldOut, heldOutTurns, SceneRandom.For(HeldOutSeed, 1));
        var (loss, right) = Score(questions);
        // One answer a row: it is right where all its tokens are.
        var answers = questions.AskedPositions.Zip(right).GroupBy(pair => pair.First / questions.Length, pair => pair.Second).Select(row => row.All(token => token)).ToList();
        bool[] Spoken(IEnumerable<List<SceneConversation>> batches) => [.. batches.SelectMany(batch => Score(ConversationBatch.Make(vocabulary, batch, SceneRandom.For(HeldOutSeed, 2))).Right)];
        var figures = new Dictionary<string, double>
        {
            ["loss"] = loss, ["answers"] = Share(answers), ["tokens of conversations"] = Share(Spoken(heldOutConversations)), ["tokens with tools"] = Share(Spoken(heldOutCalls)),
        };
        foreach (var family in heldOutTurns.Zip(answers).GroupBy(pair => pair.First.Family, pair => pair.Second).OrderBy(group => group.Key))
            figures[family.Key.ToString()] = Share([.. family]);
        return figures;

        static double Share(IReadOnlyCollection<bool> right) => right.Count(one => one) / (double)Math.Max(1, right.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples() => Enumerable.Range(0, 6).Select(i => i * HeldOutQuestions).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{heldOutTurns[i].Question} -> {Answer(heldOut[i / HeldOutQuestions], heldOutTurns[i])} [{heldOutTurns[i].Answer}]")).ToList();

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    private Tensor FrozenPatches(LabelledPictures pictures)
    {
        using var noGrad = no_grad();
        return labels.Patches(pictures.PixelTensor());
    }

    /// <summary>The loss, and of each token whether greedy search would choose it after the right ones.</summary>
    private (double Loss, bool[] Right) Score(TalkBatch batch)
    {
        using var scope = NewDisposeScope();
        var logits = batch.Logits(model, batch.Pictures.Count == 0 ? null : model.GetImageFeatures(batch.Pictures.PixelTensor()));
        var answers = tensor(batch.Answers);
        return (F.cross_entropy(logits, answers).item<float>(), (logits.argmax(-1) == answers).data<bool>().ToArray());
    }

    private string Answer(Scene scene, SceneTurn turn)
    {
        using var scope = NewDisposeScope();
        var prompt = ConversationTokens.Encode(vocabulary, [turn], openEnded: true);
        var features = model.GetImageFeatures(LabelledPictures.Draw([scene], _ => SceneRandom.For(HeldOutSeed, 3)).PixelTensor());
        var embeds = model.MergeImageFeatures(tensor(prompt.Ids).unsqueeze(0), features);
        var ids = GreedySearch.Generate(model.LanguageModel, embeds, LongestAnswer, new HashSet<long> { vocabulary.End })[0];
        return vocabulary.Decode(ids.Where(id => id != vocabulary.End).Select(id => (int)id).ToList());
    }

    /// <summary>What learns beside a frozen tower.</summary>
    private sealed class Speaker : nn.Module
    {
        private readonly nn.Module multi_modal_projector, language_model;

        public Speaker(nn.Module projector, nn.Module languageModel) : base(nameof(Speaker))
        {
            (multi_modal_projector, language_model) = (projector, languageModel);
            RegisterComponents();
        }
    }

    /// <summary>The model and the label heads.</summary>
    private sealed class Whole : nn.Module
    {
        private readonly nn.Module llava, labels;

        public Whole(nn.Module llava, nn.Module labels) : base(nameof(Whole))
        {
            (this.llava, this.labels) = (llava, labels);
            RegisterComponents();
        }
    }
}
