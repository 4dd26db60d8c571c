using Assistant.Web.Apis.Ollama;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Apis;

/// <summary>Services behind <c>MapOllamaApi</c> and <c>MapOpenAIApi</c>.</summary>
internal static class AssistantApis
{
    private const string CorsPolicy = "Apis";

    /// <summary>
    /// Adds options, CORS and the guards against foreign pages. They sit in front of the whole pipeline,
    /// so that a request is refused before any page or endpoint sees it.
    /// </summary>
    /// <remarks>Needs an <c>IChatModels</c>; an <c>ILoadedModels</c> is used where there is one.</remarks>
    public static IServiceCollection AddAssistantApis(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Origins>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<Origins>((cors, origins) => cors.AddPolicy(CorsPolicy, policy => policy
            .SetIsOriginAllowed(origins.IsAllowed)
            .AllowAnyMethod()
            .AllowAnyHeader()
            .SetPreflightMaxAge(TimeSpan.FromHours(12))));
        services.AddTransient<IStartupFilter, Guards>();
        return services;
    }

    /// <summary>Whether a path belongs to one of the protocols.</summary>
    public static bool IsApi(PathString path) => path.StartsWithSegments(OllamaApi.Prefix) || path.StartsWithSegments(OpenAI.OpenAIApi.Prefix) || LlamaServer.LlamaServerApi.Owns(path);

    private sealed class Guards : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<ForeignRequestGuard>();
            app.UseWhen(context => IsApi(context.Request.Path), api => api.UseCors(CorsPolicy));
            app.UseMiddleware<OllamaRoot>();
            next(app);
        };
    }
}
