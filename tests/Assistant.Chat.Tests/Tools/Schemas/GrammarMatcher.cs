using System.Text;
using LlamaCpp;
using LlamaCpp.Tests;

namespace Assistant.Chat.Tests.Tools.Schemas;

/// <summary>Asks llama.cpp itself which texts a grammar allows: feeds them byte by byte, as tokens of a model that has one for each byte.</summary>
internal static class GrammarMatcher
{
    private static readonly Lazy<LlamaModel> model = new(() => LlamaModel.Load(TinyModel.DefaultPath));

    /// <summary>Whether a text, and no more, is an answer.</summary>
    public static bool Matches(this LlamaGrammar grammar, string text)
    {
        using var sampler = new LlamaSampler(model.Value, grammar: grammar);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var token = TinyModel.FirstByte + value;
            if (!sampler.Allows(token))
                return false;
            sampler.Accept(token);
        }
        return sampler.Allows(TinyModel.End);
    }

    /// <summary>A random answer; null if it did not end in time.</summary>
    public static string? Write(this LlamaGrammar grammar, Random random, int maxTokens = 600)
    {
        using var sampler = new LlamaSampler(model.Value, new SamplingOptions { Seed = (uint)random.Next() }, grammar);
        var bytes = new List<byte>();
        var logits = new float[model.Value.Vocab.Count];
        for (var i = 0; i < maxTokens; i++)
        {
            for (var token = 0; token < logits.Length; token++)
                logits[token] = random.NextSingle() * 4;
            // Something that ends strings, numbers, lists, and then the answer.
            foreach (var end in "\"}],"u8)
                logits[TinyModel.FirstByte + end] += 3 + i / 40f;
            logits[TinyModel.End] += 6;
            var drawn = sampler.Sample(logits);
            if (model.Value.Vocab.IsEndOfGeneration(drawn))
                return Encoding.UTF8.GetString([.. bytes]);
            bytes.AddRange(model.Value.Vocab.GetBytes(drawn));
        }
        return null;
    }
}
