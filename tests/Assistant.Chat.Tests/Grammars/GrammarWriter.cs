using System.Text;
using Assistant.Chat.Grammars;
using LlamaCpp;
using LlamaCpp.Tests;

namespace Assistant.Chat.Tests.Grammars;

/// <summary>Answers of a model that has a token for each byte and writes at random, bound by a grammar.</summary>
internal static class GrammarWriter
{
    private static readonly Lazy<LlamaModel> model = new(() => LlamaModel.Load(TinyModel.DefaultPath));
    private static readonly Lazy<TokenBytes> tokens = new(() => new(Vocab));

    /// <summary>Its tokens.</summary>
    public static LlamaVocab Vocab => model.Value.Vocab;

    /// <summary>What binds its tokens.</summary>
    public static GrammarConstraint Constraint(this Grammar grammar) => new(grammar, tokens.Value, Vocab);

    /// <summary>A random answer; null if it did not end in time.</summary>
    public static string? Write(this Grammar grammar, Random random, int maxTokens = 600)
    {
        using var sampler = new LlamaSampler(model.Value, new SamplingOptions { Seed = (uint)random.Next() }, grammar.Constraint());
        var bytes = new List<byte>();
        var logits = new float[Vocab.Count];
        for (var i = 0; i < maxTokens; i++)
        {
            for (var token = 0; token < logits.Length; token++)
                logits[token] = random.NextSingle() * 4;
            // Something that ends strings, numbers, lists, and then the answer.
            foreach (var end in "\"}],"u8)
                logits[TinyModel.FirstByte + end] += 3 + i / 40f;
            logits[TinyModel.End] += 6;
            var drawn = sampler.Sample(logits);
            if (Vocab.IsEndOfGeneration(drawn))
                return Encoding.UTF8.GetString([.. bytes]);
            bytes.AddRange(Vocab.GetBytes(drawn));
        }
        return null;
    }
}
