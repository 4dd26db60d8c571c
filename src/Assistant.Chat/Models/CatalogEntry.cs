using System.Text.Json;
using Assistant.Chat.Models.Embeddings;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Models;

/// <summary>A model of the catalog: in this process, or on another server.</summary>
internal sealed class CatalogEntry : IDisposable
{
    private readonly string? source;

    /// <param name="options">The model.</param>
    /// <param name="key">Where it is configured, for messages.</param>
    /// <param name="root">Where its relative paths start.</param>
    /// <param name="source">Where it came from; null for a configured one.</param>
    /// <param name="surroundings">What models share.</param>
    public CatalogEntry(ModelOptions options, string key, string root, string? source, ModelSurroundings surroundings)
    {
        (Options, Root, this.source) = (options, root, source);
        if (options.Remote is null)
            Host = new ModelHost(ToFiles(options, key, root), surroundings);
    }

    private static IModelFiles ToFiles(ModelOptions options, string key, string root) => options.Embedder switch
    {
        null => new ModelFiles(options, key, root),
        var path when TextEmbedderFiles.IsFile(path) => new TextEmbedderFiles(options, key, root),
        _ => new ClipFiles(options, key, root),
    };

    public string Name => ModelNames.WithoutTag(Options.Name);

    public ModelOptions Options { get; }

    public string Root { get; }

    /// <summary>Keeps it in memory; null for one on another server.</summary>
    public ModelHost? Host { get; }

    public ModelDescription Describe() => Options.Remote is { } remote
        ? new ModelDescription
        {
            Name = Options.Name,
            Vision = remote.Vision,
            Tools = remote.Tools,
            System = Options.System,
            Messages = [.. BaseConversation.Messages(Options)],
            RemoteHost = new Uri(remote.Url).Authority,
            Source = source,
        }
        : Host!.Files.Describe() with { Source = source };

    /// <summary>With all of the files' metadata.</summary>
    public ModelDescription DescribeWhole() => Host is null ? Describe() : Host.Files.DescribeWhole() with { Source = source };

    /// <summary>Whether another entry is configured alike, so that this one may stay in memory.</summary>
    public bool IsSame(CatalogEntry other) =>
        Root == other.Root && source == other.source && JsonSerializer.Serialize(Options) == JsonSerializer.Serialize(other.Options);

    public void Dispose() => Host?.Dispose();
}
