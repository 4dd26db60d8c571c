using System.Text.Json;

namespace Assistant.Vision.Weights;

/// <summary>A checkpoint in several files: its index says which tensor lies in which (<c>model.safetensors.index.json</c>, <c>pytorch_model.bin.index.json</c>).</summary>
public sealed class ShardedWeightFile : WeightFile
{
    private readonly Dictionary<string, WeightFile> shards = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);

    private ShardedWeightFile()
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, WeightTensor> Tensors => tensors;

    /// <summary>Opens the index and every file that it names; they lie beside it.</summary>
    /// <exception cref="FileNotFoundException">The index or one of its files is missing.</exception>
    /// <exception cref="WeightFileException">The index or one of its files is not sound, or they do not belong together.</exception>
    public static new ShardedWeightFile Open(string path)
    {
        var opened = new ShardedWeightFile { Path = path };
        try
        {
            opened.ReadIndex();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var shard in shards.Values)
            shard.Dispose();
    }

    private void ReadIndex()
    {
        if (!File.Exists(Path))
            throw new FileNotFoundException($"There is no file '{Path}'.", Path);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        foreach (var (tensor, file) in ReadWeightMap())
        {
            if (file.Length == 0 || file != System.IO.Path.GetFileName(file) || file is "." or ".." || file.Contains('\\'))
                throw new WeightFileException($"{Name} puts tensor '{tensor}' into '{file}', which is not the name of a file beside it.");
            if (!shards.TryGetValue(file, out var shard))
            {
                var shardPath = System.IO.Path.Combine(folder, file);
                if (!File.Exists(shardPath))
                    throw new FileNotFoundException($"{Name} puts tensor '{tensor}' into '{file}', which is missing.", shardPath);
                shards.Add(file, shard = WeightFile.Open(shardPath));
            }
            tensors.Add(tensor, shard.Find(tensor) ?? throw new WeightFileException($"{Name} puts tensor '{tensor}' into '{file}', which does not hold it."));
        }
    }

    private List<(string Tensor, string File)> ReadWeightMap()
    {
        try
        {
            using var stream = File.OpenRead(Path);
            using var index = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            if (index.RootElement.ValueKind != JsonValueKind.Object || !index.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw new WeightFileException($"{Name} has no 'weight_map'.");
            return [.. map.EnumerateObject().Select(entry => (entry.Name, entry.Value.GetString() ?? ""))];
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new WeightFileException($"{Name} is not an index of weights: {broken.Message}", broken);
        }
    }
}
