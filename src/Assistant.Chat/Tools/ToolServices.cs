using Assistant.Chat.Tools.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Assistant.Chat.Tools;

/// <summary>Registers the tools.</summary>
public static class ToolServices
{
    /// <summary>Adds the tools that the configuration names, as <see cref="VisionTools"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="contentRoot">Where relative paths start: the folder that holds appsettings.json.</param>
    public static IServiceCollection AddAssistantTools(this IServiceCollection services, string contentRoot)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Not BindConfiguration, which follows changes: one that is not valid would fail every answer.
        services.AddOptions<ToolsOptions>().Configure<IConfiguration>((options, configuration) => configuration.GetSection(ToolsOptions.Section).Bind(options)).Validate(
            options => options is { MaxRounds: >= 1 and <= 64, MaxConsecutiveErrors: >= 0 and <= 64 },
            $"{ToolsOptions.Section}: MaxRounds must be 1 to 64, MaxConsecutiveErrors 0 to 64.").ValidateOnStart();
        services.TryAddSingleton(provider => new VisionTools(provider.GetRequiredService<IOptionsMonitor<ToolsOptions>>(), contentRoot));
        return services;
    }
}
