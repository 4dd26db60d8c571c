using Assistant.Training.Scenes;
using static TorchSharp.torch;

namespace Assistant.Training.Recipes;

/// <summary>Where the model has to look while it says each token of its answers: at the objects that the question asks about, or that a description is about to name.</summary>
/// <remarks>Attention finds its object by chance at first, and an answer tells little about where to look: Qiao et al. 2018, arXiv:1709.06308, supervise it too.</remarks>
/// <param name="Targets">[2, looks, patches], 1 or 0: the objects asked about, and those they are compared with.</param>
/// <param name="FirstKeys">Of each look: the position at which the attention sees its picture's first patch.</param>
/// <param name="LookOf">Of each asked token: its look.</param>
internal sealed record Gaze(float[] Targets, long[] FirstKeys, long[] LookOf)
{
    private const int Patches = PocketModel.Grid * PocketModel.Grid;

    /// <summary>How far the model looks away: two heads of one block, one for each part of the targets.</summary>
    /// <param name="weights">Attention weights of the block, [rows, heads, length, keys].</param>
    /// <param name="askedPositions">Flat positions [rows * length] of the asked tokens.</param>
    public Tensor Away(Tensor weights, long[] askedPositions)
    {
        using var scope = NewDisposeScope();
        var asked = tensor(askedPositions);
        var look = tensor(LookOf);
        var keys = tensor(FirstKeys).index_select(0, look).unsqueeze(1) + arange(Patches).unsqueeze(0); // [asked, patches]
        var targets = tensor(Targets, [2, FirstKeys.Length, Patches]);
        var misses = new List<Tensor>();
        var counted = new List<Tensor>();
        for (var head = 0; head < 2; head++)
        {
            var seen = weights.select(1, head).flatten(0, 1).index_select(0, asked).gather(1, keys); // [asked, patches]
            var wanted = targets.select(0, head).index_select(0, look);
            var isWanted = wanted.sum(1L) > 0;
            misses.Add(((seen * wanted).sum(1L).clamp_min(1e-4).log().neg() * isWanted).sum());
            counted.Add(isWanted.sum());
        }
        return ((misses[0] + misses[1]) / (counted[0] + counted[1]).clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Gathers the looks of a batch.</summary>
    internal sealed class Builder(ChatVocabulary vocabulary, LabelledPictures pictures)
    {
        private readonly List<float[]> first = [], second = [];
        private readonly List<long> firstKeys = [], lookOf = [];

        /// <summary>Adds the asked tokens of one turn's answer, in their order.</summary>
        /// <param name="turn">The turn.</param>
        /// <param name="scene">The picture that it is about; null for small talk.</param>
        /// <param name="picture">Number of that picture in the batch.</param>
        /// <param name="firstKey">Where the attention sees its first patch.</param>
        /// <param name="answer">The answer's tokens and the mark that ends it.</param>
        public void Add(SceneTurn turn, Scene? scene, int picture, int firstKey, ReadOnlySpan<long> answer)
        {
            if (scene is not null && turn.Query is SceneQuery.Describe or SceneQuery.DescribeShapes)
            {
                AddDescription(scene!, picture, firstKey, answer);
                return;
            }
            var targets = scene is null ? new QueryTargets([], []) : QueryTargets.Of(turn.Query, scene);
            AddLook(scene, picture, firstKey, targets);
            for (var i = 0; i < answer.Length; i++)
                lookOf.Add(firstKeys.Count - 1);
        }

        /// <summary>All looks so far.</summary>
        public Gaze Build() => new([.. first.SelectMany(row => row), .. second.SelectMany(row => row)], [.. firstKeys], [.. lookOf]);

        // Each token of an object's mention looks at that object, the rest of the sentence nowhere in particular.
        private void AddDescription(Scene scene, int picture, int firstKey, ReadOnlySpan<long> answer)
        {
            var start = firstKeys.Count;
            AddLook(null, picture, firstKey, new QueryTargets([], []));
            foreach (var o in scene.Objects)
                AddLook(scene, picture, firstKey, new QueryTargets([o], []));
            var ends = new List<int>(); // where each mention ends in the text
            var at = 0;
            foreach (var mention in SceneAnswers.Mentions(scene))
            {
                at += mention.Length + (ends.Count == 0 ? 0 : ends.Count == scene.Objects.Count - 1 ? " and ".Length : ", ".Length);
                ends.Add(at);
            }
            var said = 0;
            foreach (var token in answer)
            {
                var mentioned = ends.FindIndex(end => said < end);
                lookOf.Add(start + mentioned + 1);
                said += vocabulary.Decode([(int)token]).Length;
            }
        }

        private void AddLook(Scene? scene, int picture, int firstKey, QueryTargets targets)
        {
            firstKeys.Add(firstKey);
            first.Add(scene is null ? new float[Patches] : pictures.Covered(picture, scene, targets.First));
            second.Add(scene is null ? new float[Patches] : pictures.Covered(picture, scene, targets.Second));
        }
    }
}
