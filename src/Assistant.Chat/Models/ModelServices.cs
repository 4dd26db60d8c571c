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
    /// <summary>Adds the models that the configuration names, as <see cref="IChatModels"/> and <see cref="ILoadedModels"/>.</summary>
    /// <param name="services">The services. A registered <c>Func&lt;string, IImageEncoder&gt;</c> makes the image encoder of a projector file; without one it is <see cref="LlavaImageEncoder"/>.</param>
    /// <param name="configuration">Holds the keys "Models" and "DefaultModel"; changes are taken over while the program runs.</param>
    /// <param name="contentRoot">Where relative paths start: the folder that holds appsettings.json.</param>
    public static IServiceCollection AddAssistantModels(this IServiceCollection services, IConfiguration configuration, string contentRoot)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<ModelsOptions>().Bind(configuration).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>());
        services.TryAddSingleton(provider => new ModelCatalog(
            provider.GetRequiredService<IOptionsMonitor<ModelsOptions>>(), contentRoot,
            provider.GetService<Func<string, IImageEncoder>>() ?? LlavaImageEncoder.Load, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()));
        services.TryAddSingleton<IChatModels>(provider => provider.GetRequiredService<ModelCatalog>());
        services.TryAddSingleton<ILoadedModels>(provider => provider.GetRequiredService<ModelCatalog>());
        return services;
    }
}
