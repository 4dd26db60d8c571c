using System.Runtime.CompilerServices;
using Assistant.Vision.Weights;

namespace Assistant.Chat.Models.Library;

/// <summary>Pulls models from a registry with Ollama's protocol and from Hugging Face into the library.</summary>
public sealed class ModelPuller : IDisposable
{
    private readonly ModelRegistry registry;
    private readonly IReadOnlyList<KnownModel> known;
    private readonly TimeProvider time;
    private readonly HttpClient http = RegistryConnection.CreateHttpClient();
    private readonly RegistryConnection connection;
    private readonly BlobDownload download;

    /// <summary>Makes one.</summary>
    /// <param name="registry">Where models go.</param>
    /// <param name="options">Where they come from.</param>
    /// <param name="known">Short names for others.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ModelPuller(ModelRegistry registry, PullOptions options, IReadOnlyList<KnownModel> known, TimeProvider? time = null)
        : this(registry, options, known, time ?? TimeProvider.System, folder => new DriveInfo(folder).AvailableFreeSpace)
    {
    }

    internal ModelPuller(ModelRegistry registry, PullOptions options, IReadOnlyList<KnownModel> known, TimeProvider time, Func<string, long> freeSpace)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(known);
        (this.registry, this.known, this.time) = (registry, known, time);
        connection = new RegistryConnection(http, options);
        download = new BlobDownload(connection, time, freeSpace);
    }

    /// <summary>The models that have a short name.</summary>
    public IReadOnlyList<KnownModel> Known => known;

    /// <summary>Pulls a model. Files that are there already are not pulled again; what an interrupted attempt left is gone on with.</summary>
    /// <param name="name">A known name, <c>name[:tag]</c>, <c>user/name[:tag]</c> or <c>hf.co/user/repository[:quantization]</c>.</param>
    /// <param name="cancellationToken">Stops; what is there stays for the next attempt.</param>
    /// <returns>Steps as they happen; the last is <c>success</c>.</returns>
    /// <exception cref="PullException">It cannot be pulled.</exception>
    public async IAsyncEnumerable<PullProgress> PullAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var entry = known.FirstOrDefault(model => ModelNames.Equal(model.Name, name));
        if (entry is { IsBundled: true })
            throw new PullException($"the model '{entry.Name}' comes with the program: name its files in appsettings.json ({string.Join(", ", entry.Files.Select(file => file.Name))})");
        var reference = PullReference.Parse(entry?.Source ?? name, new Uri(connection.Options.OllamaRegistry).Authority);
        yield return new PullProgress("pulling manifest");
        var plan = reference.IsHuggingFace
            ? await new HuggingFaceHub(connection).PlanAsync(reference, cancellationToken).ConfigureAwait(false)
            : await new OllamaRegistry(connection).PlanAsync(reference, cancellationToken).ConfigureAwait(false);
        Compare(plan, entry);

        foreach (var file in plan.Files)
        {
            var step = new PullProgress($"pulling {file.Digest[..12]}", $"sha256:{file.Digest}", file.Size);
            await foreach (var completed in download.DownloadAsync(file, registry.BlobPath(file.Digest), cancellationToken).ConfigureAwait(false))
                yield return step with { Completed = completed };
        }
        yield return new PullProgress("verifying sha256 digest");
        foreach (var file in plan.Files)
            await BlobDownload.VerifyAsync(file, registry.BlobPath(file.Digest), cancellationToken).ConfigureAwait(false);
        CheckFiles(plan);
        yield return new PullProgress("writing manifest");
        registry.Add(ToModel(plan, entry is null ? reference.LocalName : ModelNames.WithoutTag(entry.Name)));
        yield return new PullProgress("success");
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => http.Dispose();

    private static void Compare(PullPlan plan, KnownModel? entry)
    {
        foreach (var expected in entry?.Files ?? [])
        {
            var found = plan.Files.FirstOrDefault(file => file.Name == expected.Name);
            if (found is not null && ((expected.Sha256 is { } digest && digest != found.Digest) || (expected.Size is { } size && size != found.Size)))
                throw new PullException($"{found.Name} at {found.Address.Authority} is not the file that models/catalog.json knows: it has {found.Size} bytes and the SHA-256 {found.Digest}");
        }
    }

    /// <summary>Opens what was pulled: a file that no program can read is not a model.</summary>
    private void CheckFiles(PullPlan plan)
    {
        foreach (var file in plan.Files)
        {
            try
            {
                using var gguf = GgufFile.Open(registry.BlobPath(file.Digest));
                if (file.Kind == PulledFileKind.TextModel)
                    GgufChecks.ForTextModel(gguf);
            }
            catch (Exception e) when (e is WeightFileException or IOException)
            {
                throw new PullException($"{file.Name} was pulled, but cannot be used: {e.Message}", e);
            }
        }
    }

    private RegisteredModel ToModel(PullPlan plan, string name)
    {
        var options = new ModelOptions { Name = name };
        plan.Configure(options);
        foreach (var file in plan.Files)
        {
            var path = ModelRegistry.RelativeBlobPath(file.Digest);
            switch (file.Kind)
            {
                case PulledFileKind.TextModel:
                    options.TextModel = path;
                    break;
                case PulledFileKind.Projector:
                    options.Projector = path;
                    break;
                case PulledFileKind.Adapter:
                    options.Adapters.Add(new AdapterOptions { Path = path });
                    break;
            }
        }
        return new RegisteredModel { Name = name, Source = plan.Source, Added = time.GetUtcNow(), Options = options };
    }
}
