using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Models.Library;
using LlamaCpp.Tests;
using Microsoft.AspNetCore.Http;

namespace Assistant.Chat.Tests.Models.Library;

/// <summary>A registry with Ollama's protocol and Hugging Face's, of two tiny files, that can be told to misbehave.</summary>
/// <remarks>
/// As the real ones, it sends manifests as plain text (ollama/ollama issue 6470) and large files by redirection to another server, with a signature in the address:
/// 307 for a registry's blobs, 302 with <c>X-Linked-Etag</c> and <c>X-Linked-Size</c> for Hugging Face's, which also answers for a repository's former name with 307 (huggingface/huggingface_hub <c>file_download.py</c>).
/// </remarks>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private LocalServer? server, storage;

    public string Address => server!.Address;

    public byte[] Text { get; set; } = File.ReadAllBytes(TinyModel.DefaultPath);

    public byte[] Projector { get; set; } = MakeProjector();

    public byte[] Template { get; } = Encoding.UTF8.GetBytes("{{ .System }}<|user|>\n{{ .Prompt }}<|end|>\n<|assistant|> message.role");

    public byte[] Parameters { get; } = Encoding.UTF8.GetBytes("""{"stop":["STOP"],"temperature":0.25,"num_ctx":256,"unheard_of":true}""");

    public byte[] Messages { get; } = Encoding.UTF8.GetBytes("""[{"role":"user","content":"Hi."},{"role":"assistant","content":"Yes?"},{"role":"tool","content":"left out"},7]""");

    public byte[][] Licenses { get; } = ["Do what you like."u8.ToArray(), "But ask."u8.ToArray()];

    /// <summary>Changes the manifest before it is sent.</summary>
    public Action<JsonObject>? Spoil { get; set; }

    /// <summary>Answers a request for a file instead of the usual; returns whether it did.</summary>
    public Func<HttpContext, byte[], Task<bool>>? OnFile { get; set; }

    public List<string> Requests { get; } = [];

    /// <summary>What the server that stores the files was asked: range and authorization.</summary>
    public List<(string Range, string Authorization)> StorageRequests { get; } = [];

    /// <summary>The authorization of every request to the registry itself.</summary>
    public List<string> Authorizations { get; } = [];

    public static async Task<FakeRegistry> StartAsync()
    {
        var registry = new FakeRegistry();
        registry.storage = await LocalServer.StartAsync(registry.SendStoredAsync);
        registry.server = await LocalServer.StartAsync(registry.AnswerAsync);
        return registry;
    }

    public PullOptions Options => new() { OllamaRegistry = Address, HuggingFace = Address, RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 2, Silence = TimeSpan.FromSeconds(10) };

    public static string Digest(byte[] data) => Convert.ToHexStringLower(SHA256.HashData(data));

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        lock (Requests)
        {
            Requests.Add($"{path} {context.Request.Headers.Range}".Trim());
            Authorizations.Add(context.Request.Headers.Authorization.ToString());
        }
        var file = path switch
        {
            _ when path.EndsWith("/blobs/sha256:" + Digest(Text), StringComparison.Ordinal) => Text,
            _ when path.EndsWith("/blobs/sha256:" + Digest(Projector), StringComparison.Ordinal) => Projector,
            _ when path.EndsWith("/blobs/sha256:" + Digest(Template), StringComparison.Ordinal) => Template,
            _ when path.EndsWith("/blobs/sha256:" + Digest(Parameters), StringComparison.Ordinal) => Parameters,
            _ when path.EndsWith("/blobs/sha256:" + Digest(Messages), StringComparison.Ordinal) => Messages,
            _ when Licenses.FirstOrDefault(license => path.EndsWith("/blobs/sha256:" + Digest(license), StringComparison.Ordinal)) is { } license => license,
            _ when path.EndsWith("/tiny-Q4_0.gguf", StringComparison.Ordinal) => Text,
            _ when path.EndsWith("/tiny-mmproj-f16.gguf", StringComparison.Ordinal) => Projector,
            _ => null,
        };
        if (file is not null)
        {
            if (file == Text || file == Projector)
                Redirect(context, file);
            else
                await SendAsync(context, file);
        }
        else if (path.EndsWith("/somebody/former-name", StringComparison.Ordinal) || path.StartsWith("/somebody/former-name/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = path.Replace("former-name", "tiny-gguf", StringComparison.Ordinal) + context.Request.QueryString;
        }
        else if (path.EndsWith("/resolve/" + new string('c', 40) + "/system", StringComparison.Ordinal))
            await SendAsync(context, "See well.\n"u8.ToArray());
        else if (path.EndsWith("/resolve/" + new string('c', 40) + "/params", StringComparison.Ordinal))
            await SendAsync(context, """{"temperature":0.5}"""u8.ToArray());
        else if (path is "/v2/library/tiny/manifests/latest" or "/v2/library/tiny/manifests/3b" or "/v2/somebody/tiny/manifests/latest")
            await SendJsonAsync(context, Manifest());
        else if (path == "/api/models/somebody/tiny-gguf")
            await SendJsonAsync(context, Repository());
        else
            context.Response.StatusCode = 404;
    }

    private void Redirect(HttpContext context, byte[] file)
    {
        var hub = context.Request.Path.Value!.Contains("/resolve/", StringComparison.Ordinal);
        context.Response.StatusCode = hub ? 302 : 307;
        context.Response.Headers.Location = $"{storage!.Address}/stored/{Digest(file)}?X-Amz-Expires=3600&X-Amz-Signature=0123abcd";
        if (!hub)
            return;
        context.Response.Headers["X-Linked-Etag"] = $"\"{Digest(file)}\"";
        context.Response.Headers["X-Linked-Size"] = file.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["X-Repo-Commit"] = new string('c', 40);
    }

    private async Task SendStoredAsync(HttpContext context)
    {
        lock (Requests)
        {
            Requests.Add($"{context.Request.Path} {context.Request.Headers.Range}".Trim());
            StorageRequests.Add((context.Request.Headers.Range.ToString(), context.Request.Headers.Authorization.ToString()));
        }
        var file = context.Request.Path.Value!.EndsWith(Digest(Text), StringComparison.Ordinal) ? Text : Projector;
        if (OnFile is null || !await OnFile(context, file))
        {
            context.Response.Headers.ETag = "\"not-the-digest-64\"";
            await SendAsync(context, file);
        }
    }

    /// <summary>Sends a file, or the part that is asked for.</summary>
    public static async Task SendAsync(HttpContext context, byte[] file, int? cutAfter = null)
    {
        var range = context.Request.Headers.Range.ToString();
        var from = range.StartsWith("bytes=", StringComparison.Ordinal) ? int.Parse(range[6..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        if (range.Length > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }
        context.Response.ContentLength = file.Length - from;
        var count = Math.Min(file.Length - from, cutAfter ?? int.MaxValue);
        await context.Response.Body.WriteAsync(file.AsMemory(from, count)); // fewer than announced end the connection once they are sent; an abort would discard what is not read yet
    }

    private JsonObject Manifest()
    {
        static JsonNode Layer(string type, byte[] data) =>
            new JsonObject { ["mediaType"] = "application/vnd.ollama.image." + type, ["digest"] = "sha256:" + Digest(data), ["size"] = data.Length };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["layers"] = new JsonArray(Layer("model", Text), Layer("projector", Projector), Layer("template", Template), Layer("params", Parameters), Layer("messages", Messages), Layer("license", Licenses[0]), Layer("license", Licenses[1])),
        };
        Spoil?.Invoke(manifest);
        return manifest;
    }

    private JsonObject Repository()
    {
        JsonNode File(string name, byte[] data) =>
            new JsonObject { ["rfilename"] = name, ["size"] = data.Length, ["lfs"] = new JsonObject { ["sha256"] = Digest(data), ["size"] = data.Length } };
        var repository = new JsonObject
        {
            ["sha"] = new string('c', 40),
            ["siblings"] = new JsonArray(
                new JsonObject { ["rfilename"] = "README.md" }, new JsonObject { ["rfilename"] = "system", ["size"] = 10 }, new JsonObject { ["rfilename"] = "params", ["size"] = 19 },
                File("tiny-imatrix.gguf", [7]), File("tiny-F16.gguf", [9]), File("tiny-Q4_0.gguf", Text), File("tiny-mmproj-f32.gguf", [8]), File("tiny-mmproj-f16.gguf", Projector)),
        };
        Spoil?.Invoke(repository);
        return repository;
    }

    private static Task SendJsonAsync(HttpContext context, JsonObject json)
    {
        context.Response.ContentType = context.Request.Path.StartsWithSegments("/v2") ? "text/plain; charset=utf-8" : "application/json";
        return context.Response.WriteAsync(json.ToJsonString());
    }

    private static byte[] MakeProjector()
    {
        var path = Path.GetTempFileName();
        TinyChat.WriteProjector(path, 64);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        await storage!.DisposeAsync();
    }
}
