using Assistant.Vision.Generation;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Generation;

/// <summary>A decoder without weights: the next token's probabilities are a function of the text so far.</summary>
internal sealed class ScriptedDecoder : ITextDecoder
{
    private readonly Func<IReadOnlyList<long>, float[]> probabilities;
    private List<List<long>> rows;

    /// <param name="probabilities">Probability of each token after a text; they need not sum to 1.</param>
    /// <param name="prompts">The prompts.</param>
    public ScriptedDecoder(Func<IReadOnlyList<long>, float[]> probabilities, params long[][] prompts)
    {
        this.probabilities = probabilities;
        Prompt = prompts;
        rows = prompts.Select(prompt => prompt.ToList()).ToList();
    }

    public IReadOnlyList<IReadOnlyList<long>> Prompt { get; }

    /// <summary>Number of forward passes.</summary>
    public int Reads { get; private set; }

    public Tensor ReadPrompt() => Scores();

    public Tensor Read(Tensor tokens)
    {
        var ids = tokens.data<long>().ToArray();
        for (var row = 0; row < rows.Count; row++)
            rows[row].Add(ids[row]);
        return Scores();
    }

    public void Select(Tensor selected) => rows = selected.data<long>().ToArray().Select(row => rows[(int)row].ToList()).ToList();

    public void Dispose()
    {
    }

    private Tensor Scores()
    {
        Reads++;
        return stack(rows.Select(row => tensor(probabilities(row).Select(value => MathF.Log(value)).ToArray())).ToArray());
    }
}
