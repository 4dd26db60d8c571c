namespace Assistant.Training.Scenes;

/// <summary>The mixture of conversations that a model is trained on, and its texts for training a tokenizer.</summary>
/// <param name="seed">Names an endless stream; sample i of a seed is the same on every machine.</param>
/// <param name="tiers">What the scenes hold; null: shapes alone.</param>
public sealed class SceneCorpus(ulong seed, SceneTiers? tiers = null)
{
    private readonly SceneGenerator scenes = new(seed, tiers: tiers);

    /// <summary>Sample <paramref name="index"/>: mostly one picture, sometimes two or three, sometimes none.</summary>
    /// <param name="index">Any number.</param>
    /// <param name="maxTurns">Most turns of one conversation, at least 2.</param>
    public SceneConversation Conversation(ulong index, int maxTurns = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTurns, 2);
        var random = SceneRandom.For(seed ^ 0xC0DE, index);
        return random.NextDouble() switch
        {
            < 0.06 => SceneConversationGenerator.TextOnly(random, 1 + random.Next(Math.Min(3, maxTurns))),
            < 0.18 => SceneConversationGenerator.Conversation([scenes.Generate(2 * index), scenes.Generate(2 * index + 1)], random, 2 + random.Next(maxTurns - 1)),
            < 0.195 when maxTurns > 2 => SceneConversationGenerator.Conversation(
                [scenes.Generate(2 * index), scenes.Generate(2 * index + 1), scenes.Generate(ulong.MaxValue - index)], random, 3 + random.Next(maxTurns - 2)),
            _ => SceneConversationGenerator.Conversation(scenes.Generate(2 * index), random, 1 + random.Next(maxTurns)),
        };
    }

    /// <summary>Questions and answers of the first <paramref name="conversations"/> samples, one text at a time.</summary>
    public IEnumerable<string> Texts(int conversations)
    {
        for (var i = 0; i < conversations; i++)
        {
            foreach (var turn in Conversation((ulong)i).Turns)
            {
                yield return turn.Question;
                yield return turn.Answer;
            }
        }
    }
}
