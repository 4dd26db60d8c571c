using System.Text;
using System.Text.Json;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Text;

/// <summary>Makes a small vocabulary for <see cref="ClipTokenizer"/> from texts.</summary>
/// <remarks>
/// Sennrich et al. 2016, arXiv:1508.07909, over the words and bytes of <see cref="ClipTokenizer"/>. As in openai's vocabulary the bytes come first, then the
/// bytes that end a word, the merges in their order, and the two marks. Of equally frequent pairs the first in alphabetical order is merged: the result
/// depends on the texts alone.
/// </remarks>
public static class ClipBpeTrainer
{
    /// <summary>Trains a vocabulary and writes it as <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="texts">Texts as they will be encoded.</param>
    /// <param name="vocabularySize">Tokens in all; fewer where the texts do not yield so many.</param>
    /// <param name="folder">Where the files are written.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size has no room for the bytes and the marks.</exception>
    public static void Train(IEnumerable<string> texts, int vocabularySize, string folder)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var tokens = ByteLevel.Order.Select(value => ByteLevel.Characters[value].ToString()).ToList();
        tokens.AddRange(tokens.Select(token => token + ClipTokenizer.EndOfWord).ToList());
        string[] marks = ["<|startoftext|>", "<|endoftext|>"];
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, tokens.Count + marks.Length);
        var merges = Merges(Words(texts), vocabularySize - tokens.Count - marks.Length);
        tokens.AddRange(merges.Select(pair => pair.Left + pair.Right));
        tokens.AddRange(marks);
        Directory.CreateDirectory(folder);
        var ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        // The vocabulary last: where it is, both are.
        AtomicFile.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Concat(merges.Select(pair => $"{pair.Left} {pair.Right}\n")));
        AtomicFile.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(ids));
    }

    private static List<(List<string> Symbols, long Count)> Words(IEnumerable<string> texts)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var word in ClipTokenizer.Words(ClipTokenizer.Clean(text)))
                counts[word] = counts.GetValueOrDefault(word) + 1;
        }
        return [.. counts.Select(pair =>
        {
            var (symbols, _) = BytePieces.Split(pair.Key);
            symbols[^1] += ClipTokenizer.EndOfWord;
            return (symbols, pair.Value);
        })];
    }

    private static List<(string Left, string Right)> Merges(List<(List<string> Symbols, long Count)> words, int most)
    {
        var merges = new List<(string Left, string Right)>();
        while (merges.Count < most)
        {
            var counts = new Dictionary<(string Left, string Right), long>();
            foreach (var (symbols, count) in words)
            {
                for (var i = 1; i < symbols.Count; i++)
                    counts[(symbols[i - 1], symbols[i])] = counts.GetValueOrDefault((symbols[i - 1], symbols[i])) + count;
            }
            if (counts.Count == 0)
                break;
            var (best, often) = counts.MaxBy(pair => (pair.Value, Earlier: new Reversed(pair.Key.Left + " " + pair.Key.Right)));
            if (often < 2)
                break;
            merges.Add(best);
            foreach (var (symbols, _) in words)
            {
                for (var i = symbols.Count - 1; i > 0; i--)
                {
                    if (symbols[i - 1] == best.Left && symbols[i] == best.Right)
                    {
                        symbols[i - 1] += symbols[i];
                        symbols.RemoveAt(i--);
                    }
                }
            }
        }
        return merges;
    }

    /// <summary>Compares texts the other way round, so that the highest is the first.</summary>
    private readonly record struct Reversed(string Text) : IComparable<Reversed>
    {
        public int CompareTo(Reversed other) => string.CompareOrdinal(other.Text, Text);
    }
}
