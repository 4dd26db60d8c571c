using Assistant.Vision.Pipelines;

namespace Assistant.Chat.Tools.Vision;

/// <summary>The networks behind the tools, each opened once, whichever tools share its folder.</summary>
/// <param name="contentRoot">Where relative paths start.</param>
internal sealed class NetworkFolders(string contentRoot) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(Type, string), IDisposable> open = [];
    private bool disposed;

    public ClipEmbedder Embedder(string folder) => Get(folder, path => ClipEmbedder.Open(path));

    public ZeroShotImageClassifier Labels(string folder) => Get(folder, path => new ZeroShotImageClassifier(Embedder(path)));

    public ImageCaptioner Captioner(string folder) => Get(folder, path => ImageCaptioner.Open(path));

    public VisualQuestionAnswerer Answerer(string folder) => Get(folder, path => VisualQuestionAnswerer.Open(path));

    public ImageTextMatcher Matcher(string folder) => Get(folder, path => ImageTextMatcher.Open(path));

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var network in open.Values.Reverse()) // what stands on another one first
                network.Dispose();
            open.Clear();
        }
    }

    // One at a time: opening takes seconds and gigabytes, and two calls that want the same network must not open it twice.
    private T Get<T>(string folder, Func<string, T> create) where T : IDisposable
    {
        var path = Path.GetFullPath(folder, contentRoot);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (!open.TryGetValue((typeof(T), path), out var network))
                open[(typeof(T), path)] = network = create(path);
            return (T)network;
        }
    }
}
