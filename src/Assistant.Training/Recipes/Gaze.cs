using Assistant.Training.Scenes;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Where the model has to look while it says each token of its answers: at the objects that the question asks about, or that a list is about to name.</summary>
/// <remarks>Attention finds its object by chance at first, and an answer tells little about where to look: Qiao et al. 2018, arXiv:1709.06308, supervise it too.</remarks>
/// <param name="Targets">[2, looks, patches], 1 or 0: the objects asked about, and those they are compared with.</param>
/// <param name="Anchors">[looks, patches], 1 or 0: one patch of each of the objects asked about.</param>
/// <param name="AreCounted">Of each look: whether the answer depends on how many they are.</param>
/// <param name="FirstKeys">Of each look: the position at which the attention sees its picture's first patch.</param>
/// <param name="LookOf">Of each asked token: its look.</param>
/// <param name="AreAbout">Of each look: whether it is about a picture.</param>
internal sealed record Gaze(float[] Targets, float[] Anchors, bool[] AreCounted, long[] FirstKeys, long[] LookOf, bool[] AreAbout)
{
    private const int Patches = PocketModel.Grid * PocketModel.Grid;
    private const int CountingHead = 0;

    // What the first token of all gets where an object gets 1: one, two, three and four objects then get 1/3, 1/2, 3/5 and 2/3 of the attention.
    private const double Rest = 2;

    /// <summary>Which keys are patches of pictures, [rows, keys], 1 or 0; null where each row has one picture alone.</summary>
    public float[]? PatchKeys { get; init; }

    /// <summary>How far the model looks away: two heads of one block, one for each part of the targets; and how much of their attention strays to another picture.</summary>
    /// <param name="weights">Attention weights of the block, [rows, heads, length, keys].</param>
    /// <param name="askedPositions">Flat positions [rows * length] of the asked tokens.</param>
    public Tensor Away(Tensor weights, long[] askedPositions)
    {
        using var scope = NewDisposeScope();
        var look = tensor(LookOf);
        var targets = tensor(Targets, [2, FirstKeys.Length, Patches]);
        var misses = new List<Tensor>();
        var counted = new List<Tensor>();
        for (var head = 0; head < 2; head++)
        {
            var seen = Seen(weights, head, askedPositions).Patches;
            var wanted = targets.select(0, head).index_select(0, look);
            var isWanted = wanted.sum(1L) > 0;
            misses.Add(((seen * wanted).sum(1L).clamp_min(1e-4).log().neg() * isWanted).sum());
            counted.Add(isWanted.sum());
        }
        var away = (misses[0] + misses[1]) / (counted[0] + counted[1]).clamp_min(1);
        return (PatchKeys is null ? away : away + Straying(weights, askedPositions, PatchKeys)).MoveToOuterDisposeScope();
    }

    // What is not in the right picture may well be in another, where it must not be looked for.
    private Tensor Straying(Tensor weights, long[] askedPositions, float[] patchKeys)
    {
        var row = tensor(askedPositions).div(weights.shape[2], RoundingMode.floor);
        var patches = tensor(patchKeys, [weights.shape[0], weights.shape[3]]).index_select(0, row); // [asked, keys]
        var isAbout = tensor(AreAbout).index_select(0, tensor(LookOf)).to(ScalarType.Float32);
        var misses = new List<Tensor>();
        for (var head = 0; head < 2; head++)
        {
            var elsewhere = (weights.select(1, head).flatten(0, 1).index_select(0, tensor(askedPositions)) * patches).sum(1L) - Seen(weights, head, askedPositions).Patches.sum(1L);
            misses.Add((1 - elsewhere).clamp_min(1e-4).log().neg() * isAbout);
        }
        return (misses[0] + misses[1]).sum() / isAbout.sum().clamp_min(1);
    }

    /// <summary>How far a head is from counting: it should share its attention evenly among the objects and the beginning of the text, so that what is left for that tells their number.</summary>
    /// <remarks>A softmax takes the mean of what it looks at, in which two are like one; something that is always there makes the number show.</remarks>
    /// <param name="weights">Attention weights of the block, [rows, heads, length, keys].</param>
    /// <param name="askedPositions">Flat positions [rows * length] of the asked tokens.</param>
    /// <returns>The mean Kullback-Leibler divergence over the tokens that depend on a number; 0 where none does.</returns>
    public Tensor Miscounting(Tensor weights, long[] askedPositions)
    {
        using var scope = NewDisposeScope();
        var (seen, first) = Seen(weights, CountingHead, askedPositions);
        var look = tensor(LookOf);
        var wanted = tensor(Anchors, [FirstKeys.Length, Patches]).index_select(0, look);
        var isCounted = tensor(AreCounted).index_select(0, look).to(ScalarType.Float32);
        var all = wanted.sum(1L) + Rest; // [asked]
        var miss = (wanted * Missed(1 / all.unsqueeze(1), seen)).sum(1L) + Rest * Missed(1 / all, first / Rest);
        return ((miss / all * isCounted).sum() / isCounted.sum().clamp_min(1)).MoveToOuterDisposeScope();

        static Tensor Missed(Tensor share, Tensor given) => share.log() - given.clamp_min(1e-4).log();
    }

    // What the asked tokens see of their looks' pictures, [asked, patches], and of the first token, [asked].
    private (Tensor Patches, Tensor First) Seen(Tensor weights, int head, long[] askedPositions)
    {
        var keys = tensor(FirstKeys).index_select(0, tensor(LookOf)).unsqueeze(1) + arange(Patches).unsqueeze(0); // [asked, patches]
        var seen = weights.select(1, head).flatten(0, 1).index_select(0, tensor(askedPositions));
        return (seen.gather(1, keys), seen.select(1, 0));
    }

    /// <summary>Gathers the looks of a batch.</summary>
    internal sealed class Builder(ChatVocabulary vocabulary, LabelledPictures pictures)
    {
        private readonly List<float[]> first = [], second = [], anchors = [];
        private readonly List<bool> areCounted = [], areAbout = [];
        private readonly List<long> firstKeys = [], lookOf = [];

        /// <summary>Adds the asked tokens of one turn's answer, in their order.</summary>
        /// <param name="turn">The turn.</param>
        /// <param name="scene">The picture that it is about; null for small talk.</param>
        /// <param name="picture">Number of that picture in the batch.</param>
        /// <param name="firstKey">Where the attention sees its first patch.</param>
        /// <param name="answer">The answer's tokens and the mark that ends it.</param>
        public void Add(SceneTurn turn, Scene? scene, int picture, int firstKey, ReadOnlySpan<long> answer)
        {
            var start = firstKeys.Count;
            AddLook(scene is null ? new QueryTargets([], []) : QueryTargets.Of(turn.Query, scene), scene is not null && QueryTargets.AreCounted(turn.Query));
            // Each token of an item of a list looks at that item's objects, the rest of the sentence at all of them; of a description, nowhere in particular.
            var ends = new List<int>(); // where what stands before the list and each of its items end in the text
            foreach (var (text, objects) in scene is null ? [] : SceneAnswers.Mentions(turn.Query, scene))
            {
                var at = turn.Answer.IndexOf(text, ends.Count == 0 ? 0 : ends[^1], StringComparison.OrdinalIgnoreCase);
                if (ends.Count == 0)
                    ends.Add(Math.Max(0, at - 1)); // a word's token begins with the space before it
                ends.Add(at + text.Length);
                AddLook(new QueryTargets(objects, []), isCounted: true);
            }
            var said = 0;
            foreach (var token in answer)
            {
                lookOf.Add(start + Math.Max(0, ends.FindIndex(end => said < end)));
                said += vocabulary.Decode([(int)token]).Length;
            }

            void AddLook(QueryTargets targets, bool isCounted)
            {
                firstKeys.Add(firstKey);
                areCounted.Add(isCounted);
                areAbout.Add(scene is not null);
                first.Add(scene is null ? new float[Patches] : pictures.Covered(picture, scene, targets.First));
                second.Add(scene is null ? new float[Patches] : pictures.Covered(picture, scene, targets.Second));
                anchors.Add(scene is null ? new float[Patches] : pictures.Anchors(picture, scene, targets.First));
            }
        }

        /// <summary>All looks so far.</summary>
        public Gaze Build() => new([.. first.Concat(second).SelectMany(row => row)], [.. anchors.SelectMany(row => row)], [.. areCounted], [.. firstKeys], [.. lookOf], [.. areAbout]);
    }
}
