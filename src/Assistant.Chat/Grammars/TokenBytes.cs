using System.Text;
using LlamaCpp;

namespace Assistant.Chat.Grammars;

/// <summary>A vocabulary's tokens by their bytes, in order, so that those that begin alike are looked at together.</summary>
internal sealed class TokenBytes
{
    private readonly byte[]?[] bytes;
    private readonly int[] sorted, shared, ends;
    private readonly int longest;

    /// <summary>Sorts a vocabulary.</summary>
    /// <param name="vocab">The tokens.</param>
    /// <param name="spelled">Texts of control tokens that follow a grammar as they are written; null for none.</param>
    /// <exception cref="LlamaException">There is none.</exception>
    /// <remarks>Tokens that print as nothing follow no grammar, unless they end the answer.</remarks>
    public TokenBytes(LlamaVocab vocab, IReadOnlyCollection<string>? spelled = null)
    {
        if (vocab.Type == LlamaVocabType.None)
            throw new LlamaException("The model has no vocabulary, so no grammar can bind it.");
        ends = [.. Enumerable.Range(0, vocab.Count).Where(vocab.IsEndOfGeneration)];
        bytes = [.. Enumerable.Range(0, vocab.Count).Select(token => vocab.IsEndOfGeneration(token) ? null
            : spelled is not null && vocab.IsControl(token) && spelled.Contains(vocab.GetText(token)) ? Encoding.UTF8.GetBytes(vocab.GetText(token))
            : vocab.GetBytes(token) is { Length: > 0 } text ? text : null)];
        sorted = [.. Enumerable.Range(0, bytes.Length).Where(token => bytes[token] is not null)];
        Array.Sort(sorted, (a, b) => bytes[a].AsSpan().SequenceCompareTo(bytes[b]));
        shared = new int[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            shared[i] = i == 0 ? 0 : bytes[sorted[i]].AsSpan().CommonPrefixLength(bytes[sorted[i - 1]]);
            longest = Math.Max(longest, bytes[sorted[i]]!.Length);
        }
    }

    /// <summary>Where a token leads; null where it cannot come next.</summary>
    /// <param name="reader">Where the answer is.</param>
    /// <param name="token">No token that ends it.</param>
    public GrammarReader.Ways? After(GrammarReader reader, int token)
    {
        if (bytes[token] is not { } text)
            return null;
        var ways = reader.Now;
        foreach (var value in text)
        {
            ways = reader.After(ways, value);
            if (ways == reader.Dead)
                return null;
        }
        return ways;
    }

    /// <summary>All tokens that can come next, a bit each.</summary>
    public ulong[] Allowed(GrammarReader reader)
    {
        if (reader.Now.Tokens is { } known)
            return known;
        var allowed = new ulong[(bytes.Length + 63) / 64];
        var path = new GrammarReader.Ways[longest + 1];
        path[0] = reader.Now;
        var matched = 0; // bytes of the last token that can be read; path holds where they lead
        for (var i = 0; i < sorted.Length; i++)
        {
            if (shared[i] > matched)
                continue; // with the byte at which the last one could not go on
            matched = shared[i];
            var text = bytes[sorted[i]]!;
            for (; matched < text.Length && reader.After(path[matched], text[matched]) is var next && next != reader.Dead; matched++)
                path[matched + 1] = next;
            if (matched == text.Length)
                Set(sorted[i]);
        }
        if (reader.AtEnd)
        {
            foreach (var end in ends)
                Set(end);
        }
        reader.Remember(allowed.Length * sizeof(ulong));
        return reader.Now.Tokens = allowed;

        void Set(int token) => allowed[token >> 6] |= 1UL << (token & 63);
    }
}
