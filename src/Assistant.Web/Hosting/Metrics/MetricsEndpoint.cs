using System.Diagnostics;
using System.Globalization;
using System.Text;
using Assistant.Chat.Models;
using Assistant.Web.Hosting.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Web.Hosting.Metrics;

/// <summary><c>GET /metrics</c> in Prometheus' text format: llama-server's names where it has them, <c>assistant_...</c> for the rest.</summary>
internal static class MetricsEndpoint
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Counts the answers of the models that are registered by now.</summary>
    public static IServiceCollection AddServerMetrics(this IServiceCollection services)
    {
        services.TryAddSingleton<ServerMetrics>();
        var models = services.Last(service => service.ServiceType == typeof(IChatModels));
        services.Replace(ServiceDescriptor.Singleton<IChatModels>(provider => new MeteredChatModels(
            (IChatModels)(models.ImplementationInstance ?? models.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, models.ImplementationType!)),
            provider.GetRequiredService<ServerMetrics>())));
        return services;
    }

    /// <summary>Counts requests.</summary>
    public static void UseServerMetrics(this WebApplication application)
    {
        var metrics = application.Services.GetRequiredService<ServerMetrics>();
        application.Use(async (context, next) =>
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await next(context);
            }
            finally
            {
                // By route: the paths that clients make up are without number.
                if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } && !context.WebSockets.IsWebSocketRequest)
                    metrics.AddRequest(route, context.Request.Method, context.Response.StatusCode, Stopwatch.GetElapsedTime(started));
            }
        });
    }

    /// <summary>Maps it.</summary>
    public static void MapServerMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (HttpContext context, ServerMetrics metrics) => TypedResults.Text(Write(metrics, context.RequestServices.GetService<ILoadedModels>()), ContentType))
            .WithTags("Server").Describe("Counters and gauges for Prometheus, as text.");

    /// <summary>The whole text.</summary>
    internal static string Write(ServerMetrics metrics, ILoadedModels? models)
    {
        var text = new StringBuilder();
        var sums = metrics.Answers;
        var loaded = models?.Loaded() ?? [];
        var waiting = loaded.Sum(model => model.Waiting);
        One(text, "llamacpp:prompt_tokens_total", "counter", "Tokens of prompts that were read.", sums.PromptTokens);
        One(text, "llamacpp:prompt_seconds_total", "counter", "Time of reading prompts.", sums.PromptSeconds);
        One(text, "llamacpp:tokens_predicted_total", "counter", "Tokens written.", sums.AnswerTokens);
        One(text, "llamacpp:tokens_predicted_seconds_total", "counter", "Time of writing.", sums.AnswerSeconds);
        One(text, "llamacpp:prompt_tokens_seconds", "gauge", "Tokens read a second, on average.", Rate(sums.PromptTokens, sums.PromptSeconds));
        One(text, "llamacpp:predicted_tokens_seconds", "gauge", "Tokens written a second, on average.", Rate(sums.AnswerTokens, sums.AnswerSeconds));
        One(text, "llamacpp:requests_processing", "gauge", "Answers being written.", Math.Max(0, metrics.Answering - waiting));
        One(text, "llamacpp:requests_deferred", "gauge", "Answers waiting for their turn.", waiting);
        One(text, "assistant_answers_total", "counter", "Answers that came to their end.", sums.Answers);
        One(text, "assistant_prompt_tokens_cached_total", "counter", "Tokens of prompts that were known from an earlier request.", sums.CachedTokens);
        One(text, "assistant_pictures_total", "counter", "Pictures in prompts.", sums.Images);
        One(text, "assistant_tower_runs_total", "counter", "Pictures that the vision tower looked at; the others were known.", sums.TowerRuns);
        One(text, "assistant_vision_seconds_total", "counter", "Time of the vision tower.", sums.VisionSeconds);

        Head(text, "assistant_model_memory_bytes", "gauge", "Memory of the models in it.");
        foreach (var model in loaded)
            text.Append("assistant_model_memory_bytes{model=\"").Append(Escape(model.Name)).Append("\"} ").Append(Number(model.Memory)).Append('\n');
        Head(text, "assistant_model_load_progress", "gauge", "The share that is loaded of models on their way into memory.");
        foreach (var model in models?.Loading() ?? [])
            text.Append("assistant_model_load_progress{model=\"").Append(Escape(model.Name)).Append("\"} ").Append(Number(model.Progress)).Append('\n');

        Head(text, "assistant_http_requests_total", "counter", "Requests by route.");
        foreach (var ((route, method, status), count) in metrics.Requests.OrderBy(request => request.Key))
            text.Append(CultureInfo.InvariantCulture, $"assistant_http_requests_total{{route=\"{Escape(route)}\",method=\"{Escape(method)}\",status=\"{status}\"}} {count}\n");
        Spread(text, "assistant_http_request_seconds", "How long requests took.", metrics.Durations);
        Spread(text, "assistant_time_to_first_token_seconds", "From the question to the first word.", metrics.FirstWords);
        One(text, "assistant_configuration_valid", "gauge", "0 if a changed configuration is not in force because it is not valid.", models?.ConfigurationProblem is null ? 1 : 0);
        return text.ToString();
    }

    private static double Rate(long count, double seconds) => seconds > 0 ? count / seconds : 0;

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void One(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        text.Append(name).Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Spread(StringBuilder text, string name, string help, ServerMetrics.Histogram histogram)
    {
        Head(text, name, "histogram", help);
        var (atMost, count, sum) = histogram.Read();
        for (var i = 0; i < atMost.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{Number(ServerMetrics.Bounds[i])}\"}} {atMost[i]}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {Number(sum)}\n{name}_count {count}\n");
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n");
}
