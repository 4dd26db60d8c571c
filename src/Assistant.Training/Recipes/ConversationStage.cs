using System.Globalization;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>Second and third stage: language model and projector learn to talk about the pictures, first beside a frozen tower, then with it.</summary>
/// <remarks>
/// The two stages of Liu et al. 2023, arXiv:2304.08485, section 4.2, with the language model starting from nothing. In the last stage the labels
/// stay in the loss: they teach the tower what an object is many times faster than words do, and the words teach it what is asked for.
/// </remarks>
internal sealed class ConversationStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0002;
    private const int LongestAnswer = 48;

    private readonly LlavaForConditionalGeneration model;
    private readonly ChatVocabulary vocabulary;
    private readonly TowerWithLabels labels;
    private readonly bool freezeTower;
    private readonly BatchPrefetcher<ConversationBatch> batches;
    private readonly List<SceneConversation> heldOut;

    /// <param name="name">Short name, part of the checkpoint's file name.</param>
    /// <param name="model">Trained in place.</param>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="labels">The model's tower and its label heads, trained in place.</param>
    /// <param name="freezeTower">Whether the tower stays as it is; a checkpoint then leaves it out.</param>
    /// <param name="seed">Of pictures and conversations.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="batchSize">Conversations a step.</param>
    /// <param name="drill">Whether three of four steps ask only what is learnt last: counting, yes and no, positions, colours.</param>
    public ConversationStage(string name, LlavaForConditionalGeneration model, ChatVocabulary vocabulary, TowerWithLabels labels, bool freezeTower, ulong seed, long steps, int batchSize, bool drill = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Name, this.model, this.vocabulary, this.labels, this.freezeTower, Steps, BatchSize) = (name, model, vocabulary, labels, freezeTower, steps, batchSize);
        Model = freezeTower ? new Speaker(model.Projector, model.LanguageModel) : new Whole(model, labels);
        var source = new ConversationSource(seed, drill);
        batches = new BatchPrefetcher<ConversationBatch>(step => ConversationBatch.Make(
            vocabulary,
            source.Batch((ulong)step, batchSize),
            SceneRandom.For(seed ^ 0xD4A12, (ulong)step)));
        var unseen = new ConversationSource(HeldOutSeed, drill: false);
        heldOut = Enumerable.Range(0, 4).SelectMany(step => unseen.Batch((ulong)step, 16)).ToList();
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

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Take(step);
        var patches = batch.Pictures.Count == 0 ? null : freezeTower ? FrozenPatches(batch.Pictures) : labels.Patches(batch.Pictures.PixelTensor());
        var loss = F.cross_entropy(batch.Logits(model, patches), tensor(batch.Answers));
        if (patches is not null && !freezeTower)
            loss = loss + LabelWeight * labels.Loss(patches, batch.Pictures);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Loss and share of right tokens with the right beginning given, and the share of answers that come out word for word.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        var batch = ConversationBatch.Make(vocabulary, heldOut, SceneRandom.For(HeldOutSeed, 1));
        var logits = batch.Logits(model, batch.Pictures.Count == 0 ? null : labels.Patches(batch.Pictures.PixelTensor()));
        var loss = F.cross_entropy(logits, tensor(batch.Answers)).item<float>();
        var right = (logits.argmax(-1) == tensor(batch.Answers)).to(ScalarType.Float32).mean().item<float>();
        var answers = heldOut.Select(OneAnswer).ToList();
        var figures = new Dictionary<string, double> { ["loss"] = loss, ["tokens"] = right, ["answers"] = Share(answers) };
        foreach (var family in answers.GroupBy(answer => answer.Turn.Family).OrderBy(group => group.Key))
            figures[family.Key.ToString()] = Share(family.ToList());
        return figures;

        static double Share(IReadOnlyList<(SceneTurn Turn, string Answer)> answers) =>
            answers.Count(answer => answer.Answer == answer.Turn.Answer) / (double)Math.Max(1, answers.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Samples() => heldOut.Take(6).Select(OneAnswer).Select(sample =>
        string.Create(CultureInfo.InvariantCulture, $"{sample.Turn.Question} -> {sample.Answer} [{sample.Turn.Answer}]")).ToList();

    /// <summary>Nothing to release: the model stays with its owner.</summary>
    public void Dispose()
    {
    }

    private Tensor FrozenPatches(LabelledPictures pictures)
    {
        using var noGrad = no_grad();
        return labels.Patches(pictures.PixelTensor());
    }

    /// <summary>The model's own answer to a question of the conversation, after the true answers before it.</summary>
    private (SceneTurn Turn, string Answer) OneAnswer(SceneConversation conversation, int index)
    {
        var turns = conversation.Turns.Take(1 + index % conversation.Turns.Count).ToList();
        return (turns[^1], Answer(conversation, turns));
    }

    private string Answer(SceneConversation conversation, IReadOnlyList<SceneTurn> turns)
    {
        using var scope = NewDisposeScope();
        var prompt = ConversationTokens.Encode(vocabulary, turns, openEnded: true);
        var batch = ConversationBatch.Make(vocabulary, [conversation with { Turns = turns }], SceneRandom.For(HeldOutSeed, 2));
        var features = batch.Pictures.Count == 0 ? null : model.GetImageFeatures(batch.Pictures.PixelTensor());
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

    /// <summary>The mixture: many questions about one picture, since the picture is what costs; sometimes two pictures, sometimes none.</summary>
    /// <remarks>The conversations of a step have as many turns and pictures as each other, so that little of a batch is padding.</remarks>
    private sealed class ConversationSource(ulong seed, bool drill)
    {
        private static readonly QuestionFamily[] Drilled = [QuestionFamily.Count, QuestionFamily.Exists, QuestionFamily.Position, QuestionFamily.Color];

        private readonly SceneGenerator scenes = new(seed);

        public List<SceneConversation> Batch(ulong step, int count)
        {
            var random = SceneRandom.For(seed ^ 0xC0DE, step);
            var pictures = step % 12 == 11 ? 2 : 1;
            var turns = pictures == 2 ? 3 + random.Next(2) : 4 + random.Next(5);
            return Enumerable.Range(0, count).Select(i => drill && step % 4 != 3
                ? Drill(step * (ulong)count + (ulong)i)
                : Generate(step * (ulong)count + (ulong)i, pictures, turns)).ToList();
        }

        private SceneConversation Drill(ulong index)
        {
            var random = SceneRandom.For(seed ^ 0xD211, index);
            var conversation = SceneConversationGenerator.Conversation(scenes.Generate(2 * index), random, 20);
            // The first turn brings the picture along; the questions of these families stand on their own.
            return conversation with { Turns = [conversation.Turns[0], .. conversation.Turns.Skip(1).Where(turn => Drilled.Contains(turn.Family)).Take(9)] };
        }

        private SceneConversation Generate(ulong index, int pictures, int turns)
        {
            var random = SceneRandom.For(seed ^ 0x7A1C, index);
            if (random.Chance(0.03))
                return SceneConversationGenerator.TextOnly(random, 1 + random.Next(3));
            return SceneConversationGenerator.Conversation([.. Enumerable.Range(0, pictures).Select(i => scenes.Generate(2 * index + (ulong)i))], random, turns);
        }
    }
}
