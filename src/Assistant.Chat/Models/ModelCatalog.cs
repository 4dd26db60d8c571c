using System.Text.Json;
using Assistant.Chat.Engine;
using Assistant.Chat.Models.Embeddings;
using Assistant.Chat.Models.Library;
using Assistant.Chat.Models.Remote;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models;

/// <summary>
/// The configured models and those of the library: described from their files, loaded at their first request, kept within the
/// memory that they may take, and swapped when the configuration changes; running answers end on the old one.
/// </summary>
public sealed class ModelCatalog : IChatModels, ILoadedModels, IEmbeddingModels, IModelInternals, IDisposable
{
    private readonly Lock gate = new();
    private readonly IOptionsMonitor<ModelsOptions> options;
    private readonly string contentRoot;
    private readonly ModelRegistry? registry;
    private readonly ModelSurroundings surroundings;
    private readonly HttpClient http;
    private readonly IDisposable? subscription;
    private Dictionary<string, CatalogEntry> entries = [];
    private string[] order = [];
    private object? registryVersion;

    /// <summary>Makes a catalog.</summary>
    /// <param name="options">The models; changes are taken over as they come, without a restart.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    /// <param name="createEncoder">Makes the image encoder of a projector file; null for a program without one.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="registry">The models of the data directory; null for none.</param>
    /// <param name="cache">Folder for what can be computed again, such as pictures' features; null for none.</param>
    /// <exception cref="OptionsValidationException">The configuration is not valid.</exception>
    public ModelCatalog(
        IOptionsMonitor<ModelsOptions> options, string contentRoot, Func<string, IImageEncoder>? createEncoder = null,
        ILoggerFactory? loggers = null, TimeProvider? time = null, ModelRegistry? registry = null, string? cache = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.contentRoot, this.registry) = (options, contentRoot, registry);
        surroundings = new ModelSurroundings(createEncoder, loggers ?? NullLoggerFactory.Instance, time ?? TimeProvider.System, cache);
        http = RemoteChatClient.CreateHttpClient();
        DefaultModel = "";
        Apply();
        subscription = options.OnChange(_ => Apply());
    }

    /// <inheritdoc/>
    public string DefaultModel { get; private set; }

    /// <inheritdoc/>
    public string? ConfigurationProblem => (options as ModelsMonitor)?.Problem;

    /// <inheritdoc/>
    public IReadOnlyList<ModelDescription> List() => [.. Entries().Select(entry => entry.Describe())]; // can take a while: a digest reads the whole file

    /// <inheritdoc/>
    public ModelDescription? Find(string name) => FindEntry(name)?.Describe();

    /// <inheritdoc/>
    public IChatClient GetClient(string name)
    {
        var entry = FindEntry(name) ?? throw NotFound(name);
        return entry switch
        {
            { Options.Remote: not null } => new RemoteChatClient(entry.Options, http, surroundings.Time),
            { Options.Embedder: not null } => throw new ChatRequestException($"\"{entry.Name}\" does not support chat: it turns its input into vectors"),
            _ => LocalClient(entry.Name),
        };
    }

    /// <inheritdoc/>
    public ModelDescription? FindWhole(string name) => FindEntry(name)?.DescribeWhole();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TokenPiece>> TokenizeAsync(string name, string text, bool addSpecial, bool parseSpecial, CancellationToken cancellationToken)
    {
        using var lease = await AcquireAsync(Local(name).Name, keep: null, contextLength: null, cancellationToken).ConfigureAwait(false);
        var vocab = lease.Runtime.Vocab;
        return [.. vocab.Tokenize(text, addSpecial, parseSpecial).Select(token => new TokenPiece(token, vocab.GetBytes(token, special: true)))];
    }

    /// <inheritdoc/>
    public async Task<string> DetokenizeAsync(string name, IReadOnlyList<int> tokens, CancellationToken cancellationToken)
    {
        using var lease = await AcquireAsync(Local(name).Name, keep: null, contextLength: null, cancellationToken).ConfigureAwait(false);
        TokenContext.Check(tokens, lease.Runtime.Vocab, "tokens");
        return lease.Runtime.Vocab.Detokenize([.. tokens], special: true);
    }

    /// <inheritdoc/>
    public Task<RenderedPrompt> RenderAsync(string name, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        LocalClient(Local(name).Name).RenderAsync(messages, options, cancellationToken);

    private LlavaChatClient LocalClient(string name) =>
        new(name, (keep, contextLength, cancellationToken) => AcquireAsync(name, keep, contextLength, cancellationToken), surroundings.Loggers.CreateLogger<LlavaChatClient>(), surroundings.Time);

    /// <summary>A model that answers in this process.</summary>
    private CatalogEntry Local(string name) => FindEntry(name) switch
    {
        null => throw NotFound(name),
        { Options.Remote: { } remote } entry => throw new ChatRequestException($"the tokens and prompts of \"{entry.Name}\" are not known here: it runs on {new Uri(remote.Url).Authority}"),
        { Options.Embedder: not null } entry => throw new ChatRequestException($"\"{entry.Name}\" reads no prompts: it turns its input into vectors"),
        var entry => entry,
    };

    /// <inheritdoc/>
    public IEmbeddingGenerator<AIContent, Embedding<float>> GetEmbeddingGenerator(string name)
    {
        var entry = FindEntry(name) ?? throw NotFound(name);
        return entry.Options.Embedder is not null
            ? new CatalogEmbeddingGenerator(entry.Name, (keep, contextLength, cancellationToken) => AcquireAsync(name, keep, contextLength, cancellationToken))
            : throw new ChatRequestException(
                $"\"{entry.Name}\" does not support embeddings; {(Entries().Where(other => other.Options.Embedder is not null).Select(other => other.Name).ToList() is { Count: > 0 } embedders
                    ? $"these models do: {string.Join(", ", embedders)}" : "no configured model does (a model with Embedder would)")}");
    }

    /// <inheritdoc/>
    public IReadOnlyList<LoadedModel> Loaded() =>
    [
        .. from entry in Entries()
           let host = entry.Host
           where host is not null
           let current = host.Current
           where current is not null
           let expires = host.ExpiresAt
           orderby expires ?? DateTimeOffset.MaxValue descending
           let requests = current.Value.Model.Requests
           select new LoadedModel(entry.Name, current.Value.Model.ContextLength, current.Value.Bytes, ExpiresAt: expires) { Slots = current.Value.Model.Slots, Active = requests.Active, Waiting = requests.Waiting },
    ];

    /// <inheritdoc/>
    public IReadOnlyList<LoadingModel> Loading() =>
        [.. Entries().Select(entry => (entry.Name, Progress: entry.Host?.LoadProgress)).Where(state => state.Progress is not null).Select(state => new LoadingModel(state.Name, state.Progress!.Value))];

    /// <inheritdoc/>
    public async Task LoadAsync(string name, TimeSpan? keepAlive, int? contextLength, CancellationToken cancellationToken)
    {
        if ((FindEntry(name) ?? throw NotFound(name)).Host is null)
            return; // another server's business
        using var lease = await AcquireAsync(name, keepAlive, contextLength, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        (FindEntry(name) ?? throw NotFound(name)).Host?.Leave();
        return Task.CompletedTask;
    }

    /// <summary>Takes all models out of memory; those in use leave when their requests are done.</summary>
    public void Dispose()
    {
        subscription?.Dispose();
        lock (gate)
        {
            foreach (var entry in entries.Values)
                entry.Dispose();
            (entries, order) = ([], []);
        }
        http.Dispose();
    }

    /// <summary>Whether the configuration names a model, which then cannot be pulled, replaced or deleted.</summary>
    internal bool IsConfigured(string name) => options.CurrentValue.Models.Any(model => ModelNames.Equal(model.Name, name));

    /// <summary>A model's settings with full paths; null if there is none of this name.</summary>
    internal ModelOptions? FindOptions(string name)
    {
        if (FindEntry(name) is not { } entry)
            return null;
        var options = ModelRegistry.Clone(entry.Options);
        string Full(string path) => Path.GetFullPath(path, entry.Root);
        options.TextModel = options.TextModel.Length > 0 ? Full(options.TextModel) : "";
        options.Projector = options.Projector is { } projector ? Full(projector) : null;
        options.Embedder = options.Embedder is { } folder ? Full(folder) : null;
        foreach (var adapter in options.Adapters)
            adapter.Path = Full(adapter.Path);
        return options;
    }

    private async Task<ModelLease> AcquireAsync(string name, TimeSpan? keep, int? contextLength, CancellationToken cancellationToken)
    {
        while (true)
        {
            // By name each time: a client that was handed out before a change answers with the new model.
            var host = FindEntry(name)?.Host ?? throw NotFound(name);
            if (await host.AcquireAsync(keep, contextLength, cancellationToken).ConfigureAwait(false) is { } lease)
                return lease;
        }
    }

    private void Apply()
    {
        lock (gate)
        {
            var configured = options.CurrentValue;
            surroundings.Memory.SetLimit(configured.ModelMemoryLimit);
            registryVersion = registry?.Version;
            var wanted = configured.Models.Select((model, index) => new CatalogEntry(model, $"Models:{index}", contentRoot, source: null, surroundings)).ToList();
            // What the configuration names comes before a pulled model of the same name.
            wanted.AddRange(from model in Registered()
                            where !configured.Models.Any(other => ModelNames.Equal(other.Name, model.Name))
                            select new CatalogEntry(model.Options, model.Name, registry!.Folder, model.Source, surroundings));
            var old = entries;
            entries = new(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in wanted)
            {
                var key = ModelNames.WithoutTag(entry.Name);
                entries[key] = old.Remove(key, out var before) && before.IsSame(entry) ? before : entry;
                if (before is not null && entries[key] != before)
                    before.Dispose();
            }
            foreach (var gone in old.Values)
                gone.Dispose();
            DefaultModel = ModelNames.WithoutTag(configured.DefaultModel ?? (configured.Models.FirstOrDefault(model => model.Embedder is null) ?? configured.Models.FirstOrDefault())?.Name ?? "");
            order = [.. entries.Keys.OrderBy(name => !ModelNames.Equal(name, DefaultModel))]; // stable: the others stay as they come
        }
    }

    private IReadOnlyList<RegisteredModel> Registered()
    {
        try
        {
            return registry?.List() ?? [];
        }
        catch (ModelLoadException e)
        {
            surroundings.Loggers.CreateLogger<ModelCatalog>().LogError("{Problem}", e.Message);
            return []; // the configured models are there all the same
        }
    }

    private List<CatalogEntry> Entries()
    {
        Follow();
        lock (gate)
            return [.. order.Select(name => entries[name])];
    }

    private CatalogEntry? FindEntry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Follow();
        lock (gate)
            return entries.GetValueOrDefault(ModelNames.WithoutTag(name));
    }

    /// <summary>Takes over what was added to the library or removed from it, by this process or another.</summary>
    private void Follow()
    {
        if (registry is not null && !Equals(registry.Version, registryVersion))
            Apply();
    }

    private ModelNotFoundException NotFound(string name)
    {
        lock (gate)
            return new ModelNotFoundException(name, order);
    }
}
