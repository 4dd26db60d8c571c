using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Assistant.Web.Tests.Clients;

/// <summary>Runs a scenario of <c>tests/clients</c> in Node.js, with the protocols' own JavaScript clients.</summary>
internal static class NodeClient
{
    private static readonly Lazy<string?> folder = new(Find);

    /// <summary>What the scenario printed; skips the test where Node.js or the clients are not installed.</summary>
    public static async Task<JsonNode> RunAsync(string client, string address, string model, string scenario)
    {
        if (folder.Value is not { } path)
        {
            Assert.Skip("the JavaScript clients are not installed: npm ci in tests/clients");
            throw new UnreachableException();
        }
        var cancel = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo("node", [client + ".mjs", address, model, scenario])
        {
            WorkingDirectory = path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromMinutes(3), cancel);
            Assert.True(process.ExitCode == 0, $"{client} {scenario}: {await errors}");
            return JsonNode.Parse(await output)!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static string? Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Assistant.sln")))
            directory = directory.Parent;
        var path = Path.Combine(directory?.FullName ?? "", "tests", "clients");
        return Directory.Exists(Path.Combine(path, "node_modules", "openai")) ? path : null;
    }
}
