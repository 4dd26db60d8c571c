using System.Globalization;
using Assistant.Training.Scenes;
using Assistant.Training.Trainer;
using Assistant.Vision.Generation;
using Assistant.Vision.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Second and third stage: the language model and the projector learn to talk about the pictures, at first beside a tower that stays as it is.</summary>
/// <remarks>Liu et al. 2023, arXiv:2304.08485, section 4.2; here the language model starts from nothing as well, so it learns in both stages.</remarks>
public sealed class ConversationStage : ITrainingStage
{
    private const ulong HeldOutSeed = 0x5EED_0000_0000_0002;
    private const int LongestAnswer = 48;

    private readonly LlavaForConditionalGeneration model;
    private readonly ChatVocabulary vocabulary;
    private readonly bool freezeTower;
    private readonly BatchPrefetcher<ConversationBatch> batches;
    private readonly List<SceneConversation> heldOut;

    /// <param name="name">Short name, part of the checkpoint's file name.</param>
    /// <param name="model">Trained in place.</param>
    /// <param name="vocabulary">Tokens.</param>
    /// <param name="freezeTower">Whether the tower stays as it is.</param>
    /// <param name="seed">Of pictures and conversations.</param>
    /// <param name="steps">Optimiser steps.</param>
    /// <param name="batchSize">Conversations a step.</param>
    public ConversationStage(string name, LlavaForConditionalGeneration model, ChatVocabulary vocabulary, bool freezeTower, ulong seed, long steps, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Name, this.model, this.vocabulary, this.freezeTower, Steps, BatchSize) = (name, model, vocabulary, freezeTower, steps, batchSize);
        var source = new ConversationSource(seed);
        batches = new BatchPrefetcher<ConversationBatch>(step => ConversationBatch.Make(
            vocabulary,
            source.Batch((ulong)step, batchSize),
            SceneRandom.For(seed ^ 0xD4A12, (ulong)step)));
        var unseen = new ConversationSource(HeldOutSeed);
        heldOut = Enumerable.Range(0, 4).SelectMany(step => unseen.Batch((ulong)step, 16)).ToList();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public nn.Module Model => model;

    /// <inheritdoc/>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> TrainableParameters => freezeTower
        ? [.. model.Projector.parameters(), .. model.LanguageModel.parameters()]
        : [.. model.parameters()];

    /// <inheritdoc/>
    public Tensor Loss(long step)
    {
        var (loss, logits) = batches.Take(step).Forward(model, freezeTower);
        logits.Dispose();
        return loss;
    }

    /// <summary>Loss and share of right tokens with the right beginning given, and the share of answers that come out word for word.</summary>
    public IReadOnlyDictionary<string, double> Evaluate()
    {
        using var scope = NewDisposeScope();
        var batch = ConversationBatch.Make(vocabulary, heldOut, SceneRandom.For(HeldOutSeed, 1));
        var (loss, logits) = batch.Forward(model, freezeTower: true);
        var right = (logits.argmax(-1) == tensor(batch.Answers)).to(ScalarType.Float32).mean().item<float>();
        var answers = heldOut.Select(OneAnswer).ToList();
        var figures = new Dictionary<string, double> { ["loss"] = loss.item<float>(), ["tokens"] = right, ["answers"] = Share(answers) };
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
        var features = batch.Pictures == 0 ? null : model.GetImageFeatures(tensor(batch.Pixels, [batch.Pictures, 3, PocketModel.ImageSize, PocketModel.ImageSize]));
        var embeds = model.MergeImageFeatures(tensor(prompt.Ids).unsqueeze(0), features);
        var ids = GreedySearch.Generate(model.LanguageModel, embeds, LongestAnswer, new HashSet<long> { vocabulary.End })[0];
        return vocabulary.Decode(ids.Where(id => id != vocabulary.End).Select(id => (int)id).ToList());
    }

    /// <summary>The mixture: many questions about one picture, since the picture is what costs; sometimes two pictures, sometimes none.</summary>
    /// <remarks>The conversations of a step have as many turns and pictures as each other, so that little of a batch is padding.</remarks>
    private sealed class ConversationSource(ulong seed)
    {
        private readonly SceneGenerator scenes = new(seed);

        public List<SceneConversation> Batch(ulong step, int count)
        {
            var random = SceneRandom.For(seed ^ 0xC0DE, step);
            var pictures = step % 12 == 11 ? 2 : 1;
            var turns = pictures == 2 ? 3 + random.Next(2) : 4 + random.Next(5);
            return Enumerable.Range(0, count).Select(i => Generate(step * (ulong)count + (ulong)i, pictures, turns)).ToList();
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
