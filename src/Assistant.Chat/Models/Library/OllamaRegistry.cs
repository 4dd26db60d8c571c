using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Models.Library;

/// <summary>A registry with Ollama's protocol: a manifest names the files by digest.</summary>
/// <remarks>Reference: ollama/ollama <c>server/images.go</c>; the manifest is that of container registries.</remarks>
internal sealed class OllamaRegistry(RegistryConnection connection)
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const string LayerType = "application/vnd.ollama.image.";
    private const int LongestText = 1024 * 1024;

    /// <summary>Finds out what a model consists of.</summary>
    /// <exception cref="PullException">There is no such model, or its manifest cannot be used.</exception>
    public async Task<PullPlan> PlanAsync(PullReference reference, CancellationToken cancellationToken)
    {
        var root = $"{connection.Options.OllamaRegistry.TrimEnd('/')}/v2/{reference.Owner}/{reference.Repository}";
        var tag = reference.Tag ?? "latest";
        var address = new Uri($"{root}/manifests/{tag}");
        var manifest = await connection.GetJsonAsync(address, $"the registry {address.Authority} has no model '{reference.LocalName}'", ManifestType, cancellationToken).ConfigureAwait(false);
        var files = new List<PulledFile>();
        var texts = new Dictionary<string, string>();
        foreach (var layer in (manifest["layers"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (type, digest, size) = (JsonNodes.Text(layer["mediaType"]), JsonNodes.Text(layer["digest"]), JsonNodes.Integer(layer["size"]));
            if (type?.StartsWith(LayerType, StringComparison.Ordinal) != true)
                continue;
            var hex = Digest(digest, address);
            if (size is not > 0)
                throw new PullException($"the manifest of '{reference.LocalName}' gives {digest} a size of {size}");
            var blob = new Uri($"{root}/blobs/sha256:{hex}");
            switch (type[LayerType.Length..])
            {
                case "model":
                    files.Add(new PulledFile(PulledFileKind.TextModel, "model", hex, size.Value, blob));
                    break;
                case "projector":
                    files.Add(new PulledFile(PulledFileKind.Projector, "projector", hex, size.Value, blob));
                    break;
                case "adapter":
                    files.Add(new PulledFile(PulledFileKind.Adapter, "adapter", hex, size.Value, blob));
                    break;
                case "template" or "system" or "params" or "license" or "messages" when size <= LongestText:
                    var bytes = await connection.GetBytesAsync(blob, $"the registry {address.Authority} has lost {digest}", "*/*", cancellationToken).ConfigureAwait(false);
                    if (Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)) != hex)
                        throw new PullException($"the registry {address.Authority} sent something else than {digest}");
                    var (kind, text) = (type[LayerType.Length..], Encoding.UTF8.GetString(bytes));
                    texts[kind] = kind == "license" && texts.TryGetValue(kind, out var before) ? $"{before}\n{text}" : text; // there can be several
                    break;
            }
        }
        if (files.Count(file => file.Kind == PulledFileKind.TextModel) != 1 || files.Count(file => file.Kind == PulledFileKind.Projector) > 1)
            throw new PullException($"'{reference.LocalName}' is no model that can be used here: its manifest names {files.Count(file => file.Kind == PulledFileKind.TextModel)} model files and {files.Count(file => file.Kind == PulledFileKind.Projector)} projectors");
        return new PullPlan($"{address.Authority}/{reference.Owner}/{reference.Repository}:{tag}", files, options => Configure(options, texts));
    }

    private static void Configure(ModelOptions options, Dictionary<string, string> texts)
    {
        // Templates are written in Go's language there; the marks in them tell which one it is.
        options.Template = texts.TryGetValue("template", out var template) ? ChatTemplate.Recognise(template)?.Name : null;
        options.License = texts.GetValueOrDefault("license");
        options.System = texts.GetValueOrDefault("system");
        if (texts.TryGetValue("params", out var parameters))
            ModelParameters.Apply(parameters, options);
        foreach (var message in ReadMessages(texts.GetValueOrDefault("messages")))
            options.Messages.Add(message);
    }

    /// <summary>The texts among a model's messages; what cannot be read is left out: a model without its examples is better than none.</summary>
    private static IEnumerable<BaseMessageOptions> ReadMessages(string? json)
    {
        JsonNode? list = null;
        try
        {
            list = json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            yield break;
        }
        foreach (var message in (list as JsonArray ?? []).OfType<JsonObject>())
        {
            if (JsonNodes.Text(message["role"]) is "system" or "user" or "assistant" && JsonNodes.Text(message["content"]) is { Length: > 0 } content)
                yield return new BaseMessageOptions { Role = JsonNodes.Text(message["role"])!, Content = content };
        }
    }

    private static string Digest(string? digest, Uri manifest)
    {
        try
        {
            return ModelRegistry.Hex(digest ?? "");
        }
        catch (ChatRequestException e)
        {
            throw new PullException($"the manifest {manifest} cannot be used: {e.Message}", e);
        }
    }
}
