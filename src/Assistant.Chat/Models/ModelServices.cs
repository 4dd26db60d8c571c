using Assistant.Chat.Models.Embeddings;
using Assistant.Chat.Models.Library;
using Assistant.Vision;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Models;

/// <summary>Registers the models.</summary>
public static class ModelServices
{
    /// <summary>Adds the models that the configuration names and those of the data directory, as <see cref="IChatModels"/>, <see cref="ILoadedModels"/>, <see cref="IModelInternals"/> and <see cref="IEmbeddingModels"/>.</summary>
    /// <param name="services">The services. A registered <c>Func&lt;string, IImageEncoder&gt;</c> makes the image encoder of a projector file; without one it is <see cref="LlavaImageEncoder"/>.</param>
    /// <param name="configuration">Holds the keys of <see cref="ModelsOptions"/>; changes are taken over while the program runs.</param>
    /// <param name="contentRoot">Where relative paths start: the folder that holds appsettings.json.</param>
    /// <param name="library">Folder of pulled and copied models; null for a program without them.</param>
    /// <param name="cache">Folder for what can be computed again, such as pictures' features; null for a program that keeps them in memory alone.</param>
    public static IServiceCollection AddAssistantModels(this IServiceCollection services, IConfiguration configuration, string contentRoot, string? library = null, string? cache = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<ModelsOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>());
        services.TryAddSingleton(provider => new ModelsMonitor(
            configuration, provider.GetServices<IValidateOptions<ModelsOptions>>(), provider.GetService<ILogger<ModelsMonitor>>()));
        services.TryAddSingleton<IOptionsMonitor<ModelsOptions>>(provider => provider.GetRequiredService<ModelsMonitor>());
        if (library is not null)
            AddLibrary(services, configuration, contentRoot, library);
        services.TryAddSingleton(provider => new ModelCatalog(
            provider.GetRequiredService<ModelsMonitor>(), contentRoot,
            provider.GetService<Func<string, IImageEncoder>>() ?? LlavaImageEncoder.Load, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>(),
            provider.GetService<ModelRegistry>(), cache));
        services.TryAddSingleton<IChatModels>(provider => provider.GetRequiredService<ModelCatalog>());
        services.TryAddSingleton<ILoadedModels>(provider => provider.GetRequiredService<ModelCatalog>());
        services.TryAddSingleton<IModelInternals>(provider => provider.GetRequiredService<ModelCatalog>());
        services.TryAddSingleton<IEmbeddingModels>(provider => provider.GetRequiredService<ModelCatalog>());
        return services;
    }

    private static void AddLibrary(IServiceCollection services, IConfiguration configuration, string contentRoot, string library)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ModelRegistry(library));
        services.AddOptions<PullOptions>().Bind(configuration.GetSection(PullOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PullOptions>, PullOptionsValidator>());
        services.TryAddSingleton(provider => new ModelPuller(
            provider.GetRequiredService<ModelRegistry>(), provider.GetRequiredService<IOptions<PullOptions>>().Value,
            KnownModels.Read(Path.Combine(contentRoot, "models", "catalog.json")), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ModelLibrary>();
    }
}
