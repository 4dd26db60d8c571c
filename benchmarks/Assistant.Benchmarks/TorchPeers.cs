using static TorchSharp.torch;

namespace Assistant.Benchmarks;

/// <summary>PyTorch itself, where it is installed: as it comes, and tuned, that is with the environment variables GOMP_SPINCOUNT and OPENBLAS_CORETYPE that this project sets for the same libraries.</summary>
internal sealed class TorchPeers : IDisposable
{
    private readonly List<(PythonPeer Peer, string Label)> peers = [];

    private TorchPeers()
    {
    }

    public static TorchPeers Start(ClipShape shape, ScalarType dtype, Plan plan)
    {
        var started = new TorchPeers();
        string[] arguments =
        [
            $"{plan.Threads}", dtype == ScalarType.BFloat16 ? "bfloat16" : "float32",
            $"{shape.Vision.HiddenSize}", $"{shape.Vision.IntermediateSize}", $"{shape.Vision.NumHiddenLayers}", $"{shape.Vision.NumAttentionHeads}", $"{shape.Vision.ImageSize}", $"{shape.Vision.PatchSize}",
            $"{shape.Text.HiddenSize}", $"{shape.Text.IntermediateSize}", $"{shape.Text.NumHiddenLayers}", $"{shape.Text.NumAttentionHeads}", $"{shape.Text.VocabSize}", $"{shape.Text.MaxPositionEmbeddings}", $"{shape.ProjectionDim}",
        ];
        if (plan.Peers && started.Add("", new Dictionary<string, string>(), arguments))
            started.Add(", tuned", new Dictionary<string, string> { ["GOMP_SPINCOUNT"] = "1000", ["OPENBLAS_CORETYPE"] = "SkylakeX" }, arguments);
        return started;
    }

    /// <summary>The same network in PyTorch, eager; pictures also through its nn.TransformerEncoder, whose GELU is the erf form.</summary>
    /// <param name="task">vision or text.</param>
    /// <param name="batch">Pictures or texts at once.</param>
    public IEnumerable<Candidate> Candidates(string task, int batch)
    {
        foreach (var (peer, label) in peers)
        {
            yield return peer.Candidate(label, task, batch);
            if (task == "vision")
                yield return peer.Candidate($", nn.TransformerEncoder{label}", "encoder", batch);
        }
    }

    public void Dispose() => peers.ForEach(entry => entry.Peer.Dispose());

    private bool Add(string label, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        if (PythonPeer.Start("torch", "clip.py", environment, arguments) is not { } peer)
            return false;
        peers.Add((peer, label));
        return true;
    }
}
