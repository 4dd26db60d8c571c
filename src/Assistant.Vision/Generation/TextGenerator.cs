using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Generation;

/// <summary>Generates text with any decoder: greedily, or by beam search.</summary>
/// <remarks>Reference: transformers <c>generate(do_sample=False)</c>.</remarks>
public static class TextGenerator
{
    /// <summary>Continues the decoder's prompts.</summary>
    /// <param name="decoder">The decoder, its prompts not read yet; its model in evaluation mode.</param>
    /// <param name="options">Lengths, beams, penalties, end tokens.</param>
    /// <param name="onStep">Called after each step.</param>
    /// <param name="cancellationToken">Checked at each step.</param>
    /// <returns>For each prompt <see cref="GenerationOptions.NumReturnSequences"/> texts, best first.</returns>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it.</exception>
    public static IReadOnlyList<IReadOnlyList<GeneratedSequence>> Generate(
        ITextDecoder decoder, GenerationOptions options, Action<GenerationStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(decoder.Prompt.Max(row => row.Count));
        return options.NumBeams == 1
            ? GreedySearch.Run(decoder, options, onStep, cancellationToken).Select(IReadOnlyList<GeneratedSequence> (row) => [row]).ToList()
            : BeamSearch.Run(decoder, options, onStep, cancellationToken);
    }

    /// <summary>A tensor's values in row-major order, as 32-bit floats on the CPU.</summary>
    internal static float[] Floats(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
