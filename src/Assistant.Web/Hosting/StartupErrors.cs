using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Hosting;

/// <summary>Runs the server; what keeps it from starting becomes one sentence that names the setting, not a stack trace.</summary>
internal static class StartupErrors
{
    /// <summary>Runs until the server is asked to end.</summary>
    /// <returns>The process's exit code: 0, or 1 if it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter? errors = null)
    {
        var addresses = "";
        try
        {
            var application = build();
            await using (application.ConfigureAwait(false))
            {
                addresses = application.Configuration["Urls"] ?? "";
                await application.StartAsync().ConfigureAwait(false);
                application.Logger.LogInformation("The assistant is at {Addresses}", string.Join(", ", application.Urls));
                await application.WaitForShutdownAsync().ConfigureAwait(false);
            }
            return 0;
        }
        catch (Exception exception) when (Explain(exception, addresses) is { } sentence)
        {
            await (errors ?? Console.Error).WriteLineAsync(sentence).ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>What the user can do about it; null for an error that is ours.</summary>
    internal static string? Explain(Exception exception, string addresses) => exception switch
    {
        IOException { InnerException: AddressInUseException } =>
            $"{addresses} is in use: another assistant or Ollama may be running there. End it, or choose another address with the setting Urls (./run --Urls=http://127.0.0.1:11435, or in appsettings.json).",
        SocketException => $"The server cannot listen on {addresses}: {exception.Message}. The setting Urls chooses another address (ports below 1024 are often for administrators only).",
        OptionsValidationException invalid => $"appsettings.json: {string.Join("; ", invalid.Failures)}",
        AggregateException several when several.InnerExceptions.All(inner => Explain(inner, addresses) is not null) =>
            string.Join("; ", several.InnerExceptions.Select(inner => Explain(inner, addresses))),
        InvalidDataException { InnerException: not null } => $"{exception.Message} {exception.GetBaseException().Message}", // which names the line
        IOException or UnauthorizedAccessException or InvalidDataException or FormatException or InvalidOperationException { InnerException: null }
            or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => // a value of the wrong type, with its key
            exception.Message,
        _ => null,
    };
}
