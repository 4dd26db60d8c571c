using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assistant.Chat.Models.Library;

/// <summary>Repositories of Hugging Face: GGUF files, of which the name tells the quantization.</summary>
/// <remarks>Reference: huggingface/huggingface_hub <c>hf_api.py</c>, <c>model_info(files_metadata=True)</c> and <c>hf_hub_url</c>; huggingface/hub-docs <c>docs/hub/ollama.md</c> for the files <c>system</c> and <c>params</c>.</remarks>
internal sealed partial class HuggingFaceHub(RegistryConnection connection)
{
    // Where a name gives no quantization: small enough for most machines, fast ones on CPUs first.
    private static readonly string[] preferred = ["Q4_0", "Q4_K_M", "Q4_K_S", "int4", "Q5_K_M", "Q8_0", "F16"];

    /// <summary>Finds out which files to pull.</summary>
    /// <exception cref="PullException">There is no such repository, or no such file in it.</exception>
    public async Task<PullPlan> PlanAsync(PullReference reference, CancellationToken cancellationToken)
    {
        var server = connection.Options.HuggingFace.TrimEnd('/');
        var repository = $"{reference.Owner}/{reference.Repository}";
        var address = new Uri($"{server}/api/models/{repository}?blobs=true");
        var info = await connection.GetJsonAsync(address, $"{address.Authority} has no repository '{repository}'", "application/json", cancellationToken).ConfigureAwait(false);
        var revision = JsonNodes.Text(info["sha"]) is { Length: 40 } sha && sha.All(char.IsAsciiHexDigit) ? sha : "main";
        var files = (info["siblings"] as JsonArray ?? []).OfType<JsonObject>().Select(ToFile).OfType<RepositoryFile>().ToList();
        var own = (info["siblings"] as JsonArray ?? []).OfType<JsonObject>().Select(sibling => JsonNodes.Text(sibling["rfilename"])).Where(name => name is "system" or "params").ToHashSet();
        if (files.Count == 0)
            throw new PullException($"{repository} holds no GGUF files; a repository with them often has GGUF in its name");
        var text = Choose(files.Where(file => !file.IsProjector).ToList(), reference.Tag, repository);
        var projectors = files.Where(file => file.IsProjector).ToList();
        var projector = projectors.Find(file => file.Has("f16")) ?? projectors.FirstOrDefault();

        Uri Address(string path) => new($"{server}/{repository}/resolve/{revision}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");
        PulledFile Pull(PulledFileKind kind, RepositoryFile file) => new(kind, file.Path, file.Digest, file.Size, Address(file.Path));
        async Task<string?> ReadAsync(string name) => !own.Contains(name) ? null
            : Encoding.UTF8.GetString(await connection.GetBytesAsync(Address(name), $"{address.Authority} has lost {name} of {repository}", "*/*", cancellationToken).ConfigureAwait(false));
        var (system, parameters) = (await ReadAsync("system").ConfigureAwait(false), await ReadAsync("params").ConfigureAwait(false));
        return new PullPlan(
            $"{address.Authority}/{repository}/{text.Path}@{revision}",
            [Pull(PulledFileKind.TextModel, text), .. projector is null ? (PulledFile[])[] : [Pull(PulledFileKind.Projector, projector)]],
            options =>
            {
                // A file "template" is in Go's language; the model's own template in Jinja, which stands in its file, says more.
                options.System = system is { Length: > 0 } ? system.TrimEnd() : null;
                if (parameters is not null)
                    ModelParameters.Apply(parameters, options);
            });
    }

    private static RepositoryFile Choose(List<RepositoryFile> files, string? quantization, string repository)
    {
        var whole = files.Where(file => !SplitPart().IsMatch(file.Path) && !ImportanceMatrix().IsMatch(file.Path)).ToList();
        string Available() => string.Join(", ", whole.Select(file => System.IO.Path.GetFileName(file.Path)));
        if (whole.Count == 0)
            throw new PullException(files.Count == 0 ? $"{repository} holds projectors alone" : $"the model of {repository} is split into several files, which cannot be used here");
        if (quantization is not null && quantization != "latest")
        {
            var matches = whole.Where(file => file.Has(quantization) || file.Path.Equals(quantization, StringComparison.OrdinalIgnoreCase)).ToList();
            return matches.MinBy(file => file.Path.Length) ?? throw new PullException($"{repository} has no file of quantization '{quantization}'; it has {Available()}");
        }
        if (whole is [var only])
            return only;
        return preferred.Select(name => whole.Where(file => file.Has(name)).MinBy(file => file.Path.Length)).FirstOrDefault(file => file is not null)
            ?? throw new PullException($"{repository} has several files; name one by its quantization, as hf.co/{repository}:quantization: {Available()}");
    }

    private static RepositoryFile? ToFile(JsonObject sibling)
    {
        if (JsonNodes.Text(sibling["rfilename"]) is not { } path || !path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            return null;
        if (sibling["lfs"] is not JsonObject lfs || JsonNodes.Text(lfs["sha256"]) is not { Length: 64 } digest || !digest.All(char.IsAsciiHexDigitLower))
            return null; // nothing could be checked
        return JsonNodes.Integer(lfs["size"]) is > 0 and var size ? new RepositoryFile(path, digest, size) : null;
    }

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.gguf$", RegexOptions.IgnoreCase)]
    private static partial Regex SplitPart();

    // What a quantization was weighted with, stored as GGUF beside the models.
    [GeneratedRegex(@"(^|[-._/])imatrix\.gguf$", RegexOptions.IgnoreCase)]
    private static partial Regex ImportanceMatrix();

    private sealed record RepositoryFile(string Path, string Digest, long Size)
    {
        public bool IsProjector => Path.Contains("mmproj", StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether a word stands in the file's name, between marks.</summary>
        public bool Has(string word) =>
            Regex.IsMatch(System.IO.Path.GetFileName(Path), $@"(^|[-._]){Regex.Escape(word)}([-.]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }
}
