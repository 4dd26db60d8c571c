using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Text;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>Prepared pictures and texts as tensors, and scores back as numbers; tensors belong to the caller's dispose scope.</summary>
internal static class PipelineTensors
{
    /// <summary><c>pixel_values</c>, [count, 3, height, width], in a network's precision.</summary>
    public static Tensor PixelValues(this PixelBatch batch, ScalarType dtype) =>
        tensor(batch.Data, [batch.Count, Imaging.Processors.PixelValues.Channels, batch.Height, batch.Width]).to(dtype);

    /// <summary><c>pixel_mask</c>, [count, height, width].</summary>
    public static Tensor PixelMask(this PixelBatch batch) => tensor(batch.Mask, [batch.Count, batch.Height, batch.Width]);

    /// <summary><c>input_ids</c>, [rows, columns].</summary>
    public static Tensor Ids(this TextBatch batch) => tensor(batch.InputIds, [batch.Rows, batch.Columns]);

    /// <summary><c>attention_mask</c>, [rows, columns].</summary>
    public static Tensor Mask(this TextBatch batch) => tensor(batch.AttentionMask, [batch.Rows, batch.Columns]);

    /// <summary><c>token_type_ids</c>, [rows, columns].</summary>
    public static Tensor Types(this TextBatch batch) => tensor(batch.TokenTypeIds, [batch.Rows, batch.Columns]);

    /// <summary>A matrix's rows as floats.</summary>
    public static float[][] Rows(this Tensor matrix)
    {
        var width = (int)matrix.shape[1];
        var values = Generation.TextGenerator.Floats(matrix);
        return [.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => values.AsSpan(row * width, width).ToArray())];
    }

    /// <summary>The text of generated tokens; ids that the network knows and the tokenizer does not, such as BLIP's [DEC], stand for no text.</summary>
    public static string TextOf(this TextTokenizer tokenizer, IEnumerable<long> ids) =>
        tokenizer.Decode(ids.Where(id => id >= 0 && id < tokenizer.VocabularySize).Select(id => (int)id)).Trim();

    /// <summary>Tokens of a text, none added.</summary>
    public static IReadOnlyList<long> IdsOf(this TextTokenizer tokenizer, string text) => [.. tokenizer.Tokenize(text).Select(token => (long)token.Id)];

    /// <summary>The indices of the highest values, highest first; of equals the first.</summary>
    public static IEnumerable<int> Best(this float[] values, int count) =>
        Enumerable.Range(0, values.Length).OrderByDescending(index => values[index]).Take(count);
}
