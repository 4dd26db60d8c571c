using System.Text.Json;
using Assistant.Chat.Engine;
using Assistant.Vision;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models;

/// <summary>The configured models: described from their files, loaded at their first request, kept, and swapped when the configuration changes.</summary>
public sealed class ModelCatalog : IChatModels, ILoadedModels, IDisposable
{
    private readonly Lock gate = new();
    private readonly string contentRoot;
    private readonly Func<string, IImageEncoder>? createEncoder;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim compute = new(1, 1); // one for all models: they share the same cores
    private readonly ImageFeatureCache features = new();
    private readonly IDisposable? subscription;
    private Dictionary<string, ModelHost> hosts = [];
    private string[] order = [];

    /// <summary>Makes a catalog.</summary>
    /// <param name="options">The models; changes are taken over as they come, without a restart.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    /// <param name="createEncoder">Makes the image encoder of a projector file; null for a program without one.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="OptionsValidationException">The configuration is not valid.</exception>
    public ModelCatalog(
        IOptionsMonitor<ModelsOptions> options, string contentRoot, Func<string, IImageEncoder>? createEncoder = null,
        ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.contentRoot, this.createEncoder) = (contentRoot, createEncoder);
        this.loggers = loggers ?? NullLoggerFactory.Instance;
        this.time = time ?? TimeProvider.System;
        logger = this.loggers.CreateLogger<ModelCatalog>();
        DefaultModel = "";
        Apply(options.CurrentValue);
        subscription = options.OnChange(Apply);
    }

    /// <inheritdoc/>
    public string DefaultModel { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<ModelDescription> List()
    {
        List<ModelHost> all;
        lock (gate)
            all = [.. order.Select(name => hosts[name])];
        return [.. all.Select(host => host.Files.Describe())]; // can take a while: a digest reads the whole file
    }

    /// <inheritdoc/>
    public ModelDescription? Find(string name) => FindHost(name)?.Files.Describe();

    /// <inheritdoc/>
    public IChatClient GetClient(string name)
    {
        var host = FindHost(name) ?? throw NotFound(name);
        return new LlavaChatClient(host.Files.Options.Name, (keep, cancellationToken) => AcquireAsync(name, keep, cancellationToken), loggers.CreateLogger<LlavaChatClient>(), time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LoadedModel> Loaded()
    {
        List<ModelHost> all;
        lock (gate)
            all = [.. order.Select(name => hosts[name])];
        return
        [
            .. from host in all
               let runtime = host.Current
               where runtime is not null
               orderby host.ExpiresAt ?? DateTimeOffset.MaxValue descending
               select new LoadedModel(host.Files.Options.Name, runtime.Engine.ContextLength, runtime.Memory, ExpiresAt: host.ExpiresAt),
        ];
    }

    /// <inheritdoc/>
    public async Task LoadAsync(string name, TimeSpan? keepAlive, CancellationToken cancellationToken)
    {
        using var lease = await AcquireAsync(name, keepAlive, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        (FindHost(name) ?? throw NotFound(name)).Leave();
        return Task.CompletedTask;
    }

    /// <summary>Takes all models out of memory; those in use leave when their requests are done.</summary>
    public void Dispose()
    {
        subscription?.Dispose();
        lock (gate)
        {
            foreach (var host in hosts.Values)
                host.Dispose();
            (hosts, order) = ([], []);
        }
    }

    private async Task<ModelLease> AcquireAsync(string name, TimeSpan? keep, CancellationToken cancellationToken)
    {
        // By name each time: a client that was handed out before a change answers with the new model.
        var host = FindHost(name) ?? throw NotFound(name);
        return await host.AcquireAsync(keep, cancellationToken).ConfigureAwait(false);
    }

    private void Apply(ModelsOptions options)
    {
        lock (gate)
        {
            var old = hosts;
            hosts = new(StringComparer.OrdinalIgnoreCase);
            foreach (var (index, model) in options.Models.Index())
            {
                if (old.Remove(model.Name, out var host) && Same(host.Files.Options, model))
                    hosts[model.Name] = host;
                else
                {
                    host?.Dispose();
                    hosts[model.Name] = new ModelHost(new ModelFiles(model, $"Models:{index}", contentRoot), Load, time);
                }
            }
            foreach (var gone in old.Values)
                gone.Dispose();
            DefaultModel = ModelNames.WithoutTag(options.DefaultModel ?? options.Models[0].Name);
            order = [DefaultModel, .. options.Models.Select(model => model.Name).Where(name => !ModelNames.Equal(name, DefaultModel))];
        }
    }

    private ModelRuntime Load(ModelFiles files)
    {
        var started = time.GetTimestamp();
        try
        {
            var runtime = ModelRuntime.Load(files, createEncoder, features, compute);
            logger.LogInformation("Loaded the model {Model} in {Seconds:0.0} s: {Description}, context of {Context} tokens.",
                files.Options.Name, time.GetElapsedTime(started).TotalSeconds, runtime.Model.Description, runtime.Engine.ContextLength);
            return runtime;
        }
        catch (Exception e)
        {
            logger.LogError("{Message}", e.Message);
            throw;
        }
    }

    private ModelHost? FindHost(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (gate)
            return hosts.GetValueOrDefault(ModelNames.WithoutTag(name));
    }

    private ModelNotFoundException NotFound(string name)
    {
        lock (gate)
            return new ModelNotFoundException(name, order);
    }

    private static bool Same(ModelOptions a, ModelOptions b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);
}
