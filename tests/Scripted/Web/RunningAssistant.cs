using Assistant.Chat.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Program = Assistant.Web.Program;

namespace Assistant.Scripted.Web;

/// <summary>The whole server on a free port of this machine, with a data directory of its own.</summary>
public sealed class RunningAssistant : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly string? ownDirectory;

    private RunningAssistant(WebApplication application, string dataDirectory, bool ownsDirectory)
    {
        this.application = application;
        (DataDirectory, ownDirectory) = (dataDirectory, ownsDirectory ? dataDirectory : null);
    }

    /// <summary>Address of the page, without a slash at its end.</summary>
    public string Address => application.Urls.First();

    public string DataDirectory { get; }

    /// <summary>What is mapped: a method and a route's pattern each.</summary>
    public IEnumerable<(string Method, string Path)> Endpoints => application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(method => (method, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))) ?? []);

    /// <param name="models">Scripted models; null for the configured ones.</param>
    /// <param name="dataDirectory">Data of an earlier run; null for an empty one that goes with this run.</param>
    /// <param name="url">A fixed address; by default any free port.</param>
    /// <param name="settings">Further settings, as on the command line.</param>
    public static async Task<RunningAssistant> StartAsync(IChatModels? models, string? dataDirectory = null, string url = "http://127.0.0.1:0", string[]? settings = null)
    {
        var directory = dataDirectory ?? Path.Combine(Path.GetTempPath(), $"assistant-{Guid.NewGuid():N}"); // as at the first start: not there yet
        string[] all = [$"--Urls={url}", $"--DataDirectory={directory}", "--Logging:LogLevel:Default=Warning", .. settings ?? []];
        var application = Program.Build(all, services =>
        {
            if (models is not null)
                Replace(services, models);
        });
        await application.StartAsync();
        return new RunningAssistant(application, directory, dataDirectory is null);
    }

    /// <summary>Takes these models in place of the configured ones, whose settings are no longer looked at.</summary>
    public static void Replace(IServiceCollection services, IChatModels models)
    {
        services.RemoveAll<ILoadedModels>();
        services.RemoveAll<IValidateOptions<ModelsOptions>>();
        services.Replace(ServiceDescriptor.Singleton(models));
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5)); // an open page would hold the end up for 30 s
        await application.StopAsync(soon.Token);
        await application.DisposeAsync();
        if (ownDirectory is not null)
            Directory.Delete(ownDirectory, recursive: true);
    }
}
