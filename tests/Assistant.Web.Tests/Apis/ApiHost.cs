using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Embeddings;
using Assistant.Chat.Models.Library;
using Assistant.Chat.Tools;
using Assistant.Web.Apis;
using Assistant.Web.Apis.LlamaServer;
using Assistant.Web.Apis.Ollama;
using Assistant.Web.Apis.OpenAI;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Assistant.Web.Tests.Apis;

/// <summary>Both protocols over a scripted model, on a real Kestrel: limits, flushing and disconnects are its own.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication application;

    private ApiHost(WebApplication application, ScriptedChatClient chat, ScriptedModels models)
    {
        (this.application, Chat, Models) = (application, chat, models);
        Address = new Uri(application.Urls.Single());
        // Leaving closes the connection at once, where the default reads on for two seconds to reuse it.
        Client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0 }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public ScriptedChatClient Chat { get; }

    public ScriptedModels Models { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ApiHost> StartAsync(params object[] script) => await StartAsync(settings: null, script);

    /// <summary>Serves real models; <see cref="Chat"/> and <see cref="Models"/> have no part in it.</summary>
    public static Task<ApiHost> StartAsync(ModelCatalog catalog, ModelLibrary? library = null) => StartAsync(settings: null, [], catalog, library);

    public static async Task<ApiHost> StartAsync(Dictionary<string, string?>? settings, object[] script, ModelCatalog? catalog = null, ModelLibrary? library = null)
    {
        var chat = new ScriptedChatClient(script);
        var models = new ScriptedModels(chat);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton((IChatModels?)catalog ?? models).AddSingleton((ILoadedModels?)catalog ?? models).AddSingleton<TimeProvider>(new StoppedClock());
        if (catalog is not null)
            builder.Services.AddSingleton<IEmbeddingModels>(catalog).AddSingleton<IModelInternals>(catalog);
        if (library is not null)
            builder.Services.AddSingleton(library);
        if (settings?.Keys.Any(key => key.StartsWith("Tools:", StringComparison.Ordinal)) == true)
            builder.Services.AddAssistantTools(AppContext.BaseDirectory);
        builder.Services.AddAssistantApis();
        var application = builder.Build();
        application.MapOllamaApi();
        application.MapOpenAIApi();
        application.MapLlamaServerApi();
        application.MapGet("/", () => "the page");
        await application.StartAsync(Cancel);
        return new ApiHost(application, chat, models);
    }

    /// <summary>Posts a body as curl's <c>-d</c> does: with a form's content type.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body) =>
        Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"), Cancel);

    /// <summary>Posts a body and reads the answer to its end.</summary>
    public async Task<(HttpStatusCode Status, string? ContentType, string Text)> SendAsync(string path, string body)
    {
        using var response = await PostAsync(path, body);
        return (response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(Cancel));
    }

    public async Task<JsonNode> GetJsonAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path, Cancel))!;

    public Task StopAsync() => application.StopAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 13, 14, 15, 678, TimeSpan.Zero);

        public override long GetTimestamp() => 0;
    }
}

/// <summary>One host for the tests of a class that leave nothing behind in it.</summary>
public sealed class SharedApiHost : IAsyncLifetime
{
    private ApiHost? host;

    internal ApiHost Host => host!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync(
        new() { ["Apis:AllowedOrigins:0"] = "https://chat.example/", ["Apis:AllowedHosts:0"] = "known.example" }, ["ok", ScriptedChatClient.Last()]);

    public ValueTask DisposeAsync() => host!.DisposeAsync();
}
