using Assistant.Chat.Conversations;
using Assistant.Chat.Models;
using Assistant.Chat.Tools;
using Assistant.Web.Apis;
using Assistant.Web.Apis.LlamaServer;
using Assistant.Web.Apis.Ollama;
using Assistant.Web.Apis.OpenAI;
using Assistant.Web.Components;
using Assistant.Web.Hosting;
using Assistant.Web.Hosting.Keys;
using Assistant.Web.Hosting.Metrics;
using Assistant.Web.Hosting.OpenApi;
using Assistant.Web.Images;
using LlamaCpp;
using Microsoft.AspNetCore.DataProtection;

namespace Assistant.Web;

/// <summary>The server: what it consists of, in the order in which a request meets it.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => QuantizerProcess.Run(args) is { } status ? Task.FromResult(status) : StartupErrors.RunAsync(() => Build(args));

    /// <summary>Puts the server together.</summary>
    /// <param name="args">Settings as on the command line, such as <c>--Urls=http://127.0.0.1:0</c>.</param>
    /// <param name="configure">Replaces services; the tests bring scripted models.</param>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = ContentRoot.Find(AppContext.BaseDirectory),
        });
        var contentRoot = builder.Environment.ContentRootPath;
        var dataDirectory = Path.GetFullPath(builder.Configuration["DataDirectory"] is { Length: > 0 } configured ? configured : "data", contentRoot);

        builder.WebHost.UseStaticWebAssets(); // the components' styles and scripts, which a build leaves in obj folders
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * (long)ImageStore.MaximumUpload; // Kestrel's own limit of 30 MB is less than some photos; the protocols set theirs
        });
        builder.Services.AddAssistantModels(
            builder.Configuration, contentRoot, cache: Path.Combine(dataDirectory, "cache"), library: Path.Combine(dataDirectory, "models"));
        builder.Services.AddConversations(dataDirectory);
        builder.Services.AddAssistantTools(contentRoot);
        builder.Services.AddAssistantApis();
        builder.Services.AddApiKeys(builder.Configuration);
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(dataDirectory, "keys")));
        builder.Services.AddRazorComponents()
            .AddInteractiveServerComponents(circuit => circuit.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(10))
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = 512 * 1024); // long questions; pictures come over HTTP
        configure?.Invoke(builder.Services);
        builder.Services.AddServerMetrics();

        var application = builder.Build();
        application.ReportUnreadableSettings();
        application.UseServerMetrics();
        application.UseSecurityHeaders();
        application.UseApiKeys();
        application.UseSameOrigin();
        application.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" }); // an upgrade takes effect at once
        application.UseAntiforgery();
        application.MapBlazorScript();
        application.MapImages();
        application.MapOllamaApi();
        application.MapOpenAIApi();
        application.MapLlamaServerApi();
        application.MapHealth();
        application.MapServerMetrics();
        application.MapOpenApiDocument();
        application.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null); // the security headers say it for every answer
        return application;
    }
}
