using Assistant.Chat.Models;
using Assistant.Vision;
using LlamaCpp;

namespace Assistant.Chat.Prompts;

/// <summary>Segments to positions: tokenizes the text between pictures and leaves room for their rows.</summary>
/// <param name="vocab">The model's vocabulary.</param>
/// <param name="encoder">What makes rows of pictures; null for a text-only model.</param>
/// <param name="modelName">Name of the model, for messages.</param>
public sealed class PromptTokenizer(LlamaVocab vocab, IImageEncoder? encoder, string modelName)
{
    /// <summary>Tokenizes a prompt.</summary>
    /// <param name="segments">What a template rendered.</param>
    /// <param name="limit">More positions than that are of no use.</param>
    /// <param name="after">Tokens that stand before it, instead of the one that begins a text; null for none.</param>
    /// <returns>Null if it is plain from the text's length that there are more than <paramref name="limit"/> positions: megabytes of text are not tokenized in vain.</returns>
    /// <exception cref="ChatRequestException">It holds a picture and the model takes none.</exception>
    /// <remarks>
    /// All text between two pictures is one text to the tokenizer, as in the reference implementations of LLaVA, so template and message may share tokens.
    /// Only a message that spells a special token is tokenized by itself, as plain text.
    /// </remarks>
    public PromptSequence? Tokenize(IReadOnlyList<PromptSegment> segments, int limit = int.MaxValue, IReadOnlyList<int>? after = null)
    {
        ArgumentNullException.ThrowIfNull(segments);
        if (IsLonger(segments, limit - (after?.Count ?? 0)))
            return null;
        var sequence = new PromptSequence { Segments = segments };
        if (after is not null)
            sequence.Add(after);
        else if (vocab is { AddsBeginOfSequence: true, BeginOfSequence: { } begin })
            sequence.Add([begin]);
        var run = "";
        foreach (var segment in segments)
        {
            switch (segment)
            {
                case TemplateSegment template:
                    run += template.Text;
                    break;
                case TextSegment text when SpellsSpecialTokens(text.Text):
                    AddRun();
                    sequence.Add(vocab.Tokenize(text.Text, addSpecial: false, parseSpecial: false));
                    break;
                case TextSegment text:
                    run += text.Text;
                    break;
                case ImageSegment image:
                    AddRun();
                    if (encoder is null)
                        throw new ChatRequestException($"The model '{modelName}' cannot see pictures: no projector is configured for it.");
                    sequence.Add(image.Image, encoder.TokensPerImage, image.Image.FeatureKey(encoder.Fingerprint));
                    break;
            }
        }
        AddRun();
        return sequence;

        void AddRun()
        {
            if (run.Length > 0)
                sequence.Add(vocab.Tokenize(run, addSpecial: false, parseSpecial: true));
            run = "";
        }
    }

    // UTF-8 has at least one byte for each of .NET's characters.
    private bool IsLonger(IReadOnlyList<PromptSegment> segments, int limit) => limit < segments.Sum(segment => segment switch
    {
        TextSegment text => (long)text.Text.Length / vocab.LongestToken,
        ImageSegment => encoder?.TokensPerImage ?? 0,
        _ => 0,
    });

    // The tokenizer itself is the judge: vocabularies differ in what is special. Every special token has a mark in its spelling; without one, skip the work.
    private bool SpellsSpecialTokens(string text) =>
        text.AsSpan().IndexOfAny('<', '[', '|') >= 0
        && !vocab.Tokenize(text, addSpecial: false, parseSpecial: true).AsSpan().SequenceEqual(vocab.Tokenize(text, addSpecial: false, parseSpecial: false));
}
