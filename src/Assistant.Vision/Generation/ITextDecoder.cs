using static TorchSharp.torch;

namespace Assistant.Vision.Generation;

/// <summary>A decoder in the middle of writing: it has read some tokens of each row and scores the next. Searches know nothing else of a model.</summary>
/// <remarks>
/// At first there is one row a prompt. <see cref="Select"/> may repeat and reorder rows, but keeps the rows of one prompt together:
/// with n prompts and n × beams rows, row r always belongs to prompt r / beams.
/// </remarks>
public interface ITextDecoder : IDisposable
{
    /// <summary>The tokens that <see cref="ReadPrompt"/> reads, one list a row; empty lists where the prompt is made of embeddings.</summary>
    IReadOnlyList<IReadOnlyList<long>> Prompt { get; }

    /// <summary>Reads the prompts; to be called once, first.</summary>
    /// <returns>Logits of the next token, [prompts, vocab_size].</returns>
    Tensor ReadPrompt();

    /// <summary>Reads one more token of each row.</summary>
    /// <param name="tokens">[rows], int64.</param>
    /// <returns>Logits of the next token, [rows, vocab_size].</returns>
    Tensor Read(Tensor tokens);

    /// <summary>Replaces the rows.</summary>
    /// <param name="rows">[new rows], int64: the row that each new row continues.</param>
    void Select(Tensor rows);
}
