using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Chat.Models.Library;

/// <summary>A model that the data directory holds: pulled, copied or created, not configured.</summary>
internal sealed record RegisteredModel
{
    /// <summary>Name with tag, if that is not <c>latest</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it came from: an address for a pulled one, another model's name for a copied one.</summary>
    public string Source { get; init; } = "";

    /// <summary>When it was added.</summary>
    public DateTimeOffset Added { get; init; }

    /// <summary>As in configuration. Files of the library have paths relative to its folder.</summary>
    public required ModelOptions Options { get; init; }
}

/// <summary>The models of the data directory: a folder with <c>models.json</c>, and the files under their digests in <c>blobs</c>.</summary>
/// <remarks>Several processes may use one folder: the file is read again when another has written it, and written by one at a time.</remarks>
public sealed class ModelRegistry
{
    private const string DigestPrefix = "sha256-";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, // a temperature of 0 is no default
        PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate, // lists without setters
    };

    private readonly Lock gate = new();
    private readonly string file;
    private (FileStamp Stamp, IReadOnlyList<RegisteredModel> Models)? known;

    /// <summary>Opens a library; its folder is made at the first addition.</summary>
    /// <param name="folder">Where it is.</param>
    public ModelRegistry(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = Path.GetFullPath(folder);
        file = Path.Combine(Folder, "models.json");
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Where a file of this digest is or would be.</summary>
    /// <param name="digest">64 hex digits, with or without <c>sha256:</c> before them.</param>
    /// <exception cref="ChatRequestException">It is no digest: nothing else ever becomes part of a path.</exception>
    public string BlobPath(string digest) => Path.Combine(Folder, RelativeBlobPath(digest));

    /// <summary>Path of a file relative to the library's folder, as <see cref="ModelOptions"/> of the library name it.</summary>
    internal static string RelativeBlobPath(string digest) => Path.Combine("blobs", DigestPrefix + Hex(digest));

    /// <summary>The digits of a digest.</summary>
    /// <exception cref="ChatRequestException">It is none.</exception>
    internal static string Hex(string digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        var hex = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest[7..] : digest;
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower)
            ? hex
            : throw new ChatRequestException($"'{Shorten(digest)}' is no SHA-256 digest; sha256: and 64 lower-case hex digits were expected");
    }

    /// <summary>The models, in the order of their addition.</summary>
    internal IReadOnlyList<RegisteredModel> List() => Read().Models;

    /// <summary>Changes when the models do.</summary>
    internal object Version => FileStamp.Of(file);

    /// <summary>The model of this name, or null.</summary>
    internal RegisteredModel? Find(string name) => List().FirstOrDefault(model => ModelNames.Equal(model.Name, name));

    /// <summary>Adds a model; one of the same name is replaced.</summary>
    internal void Add(RegisteredModel model) => Change(models => [.. models.Where(other => !ModelNames.Equal(other.Name, model.Name)), model]);

    /// <summary>Removes a model, and those of its files that no other model has.</summary>
    /// <returns>Whether there was one of this name.</returns>
    internal bool Remove(string name)
    {
        RegisteredModel? removed = null;
        Change(models =>
        {
            removed = models.FirstOrDefault(model => ModelNames.Equal(model.Name, name));
            return [.. models.Where(model => model != removed)];
        });
        if (removed is null)
            return false;
        var used = List().SelectMany(Blobs).ToHashSet(StringComparer.Ordinal);
        foreach (var blob in Blobs(removed).Where(blob => !used.Contains(blob)))
            File.Delete(blob);
        return true;
    }

    /// <summary>A copy of a model's settings that shares nothing with them.</summary>
    internal static ModelOptions Clone(ModelOptions options) => JsonSerializer.Deserialize<ModelOptions>(JsonSerializer.Serialize(options, json), json)!;

    /// <summary>The files of a model that lie in the library itself.</summary>
    private IEnumerable<string> Blobs(RegisteredModel model)
    {
        var blobs = Path.Combine(Folder, "blobs");
        var options = model.Options;
        return ((string?[])[options.TextModel, options.Projector, .. options.Adapters.Select(adapter => adapter.Path)])
            .OfType<string>().Where(path => path.Length > 0).Select(path => Path.GetFullPath(path, Folder))
            .Where(path => Path.GetDirectoryName(path) == blobs && Path.GetFileName(path).StartsWith(DigestPrefix, StringComparison.Ordinal));
    }

    private (FileStamp Stamp, IReadOnlyList<RegisteredModel> Models) Read()
    {
        var stamp = FileStamp.Of(file);
        lock (gate)
        {
            if (known is { } current && current.Stamp == stamp)
                return current;
        }
        IReadOnlyList<RegisteredModel> models = stamp.Exists ? Parse() : [];
        lock (gate)
        {
            known = (stamp, models);
            return known.Value;
        }
    }

    private List<RegisteredModel> Parse()
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var models = JsonSerializer.Deserialize<Content>(stream, json)?.Models ?? [];
            foreach (var model in models)
                model.Options.Name = model.Name;
            return models;
        }
        catch (JsonException e)
        {
            throw new ModelLoadException($"The list of pulled models, {file}, cannot be read: {e.Message}", e);
        }
    }

    private void Change(Func<IReadOnlyList<RegisteredModel>, List<RegisteredModel>> change)
    {
        Directory.CreateDirectory(Folder);
        using var turn = Lock();
        var models = change(Read().Models);
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        using (var stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, new Content(models), json);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
        lock (gate)
            known = null; // two writes within the clock's resolution would look the same
    }

    /// <summary>Keeps other processes from writing at the same time.</summary>
    private FileStream Lock()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";

    private sealed record Content(List<RegisteredModel> Models);
}
