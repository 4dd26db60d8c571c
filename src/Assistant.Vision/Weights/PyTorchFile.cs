using System.Globalization;
using System.Numerics;

namespace Assistant.Vision.Weights;

/// <summary>The tensors of a file that <c>torch.save</c> wrote (<c>.bin</c>, <c>.pt</c>, <c>.pth</c>), in today's ZIP form or the form before PyTorch 1.6.</summary>
/// <remarks>
/// Nothing in the file is run. Nested dicts become names joined by dots; of a checkpoint that keeps its weights under
/// <c>state_dict</c>, <c>model_state_dict</c> or <c>model</c> these are the tensors. A TorchScript archive gives its modules' parameters and buffers.
/// </remarks>
public sealed class PyTorchFile : WeightFile
{
    private const int MaxDepth = 64;
    private const int MaxValues = 4 << 20;
    private const int MaxNameLength = 4096;
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("01950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model"];

    private readonly MappedFile file;
    private readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
    private int visited;

    private PyTorchFile(MappedFile file) => this.file = file;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, WeightTensor> Tensors => tensors;

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightFileException">It is not a whole, sound archive of tensors; the message says what is wrong.</exception>
    public static new PyTorchFile Open(string path)
    {
        var opened = new PyTorchFile(MappedFile.Open(path)) { Path = path };
        try
        {
            var root = opened.file.Length >= 2 && opened.file.Span(0, 2).SequenceEqual("PK"u8) ? opened.ReadArchive() : opened.ReadLegacy();
            opened.Collect(Unwrap(root), prefix: "", depth: 0);
            if (opened.tensors.Count == 0)
                throw new WeightFileException($"{opened.Name} holds no tensors.");
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
        if (disposing)
            file.Dispose();
    }

    private object? ReadArchive()
    {
        var entries = ZipDirectory.Read(file).Entries;
        var pickle = entries.Keys.FirstOrDefault(name => name == "data.pkl" || name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(character => character == '/') == 1)
            ?? throw new WeightFileException($"{Name} is a ZIP archive without a data.pkl, so not one of PyTorch.");
        var folder = pickle[..^"data.pkl".Length];
        if (entries.TryGetValue($"{folder}byteorder", out var order) && !file.Span(order.Offset, Math.Min(order.Length, 16)).StartsWith("little"u8))
            throw new WeightFileException($"{Name} was written on a big-endian machine; only little-endian archives can be read.");
        var unpickler = new Unpickler(file, entries[pickle].Offset, entries[pickle].Length);
        var root = unpickler.Read();
        foreach (var (key, storage) in unpickler.Storages)
        {
            if (!entries.TryGetValue($"{folder}data/{key}", out var data))
                throw new WeightFileException($"{Name} is damaged: its entry data/{key} is missing.");
            if (data.Length < storage.ByteLength)
                throw new WeightFileException($"{Name} is damaged: its entry data/{key} has {data.Length} bytes where {storage.ByteLength} are needed.");
            storage.Offset = data.Offset;
        }
        return root;
    }

    /// <summary>Four pickles (magic, version, machine, object), a fifth with the keys of the storages, then each one's count and bytes.</summary>
    private object? ReadLegacy()
    {
        var unpickler = new Unpickler(file, 0, file.Length);
        if (unpickler.Read() is not BigInteger magic || magic != LegacyMagic)
            throw new WeightFileException($"{Name} is a Python pickle, but not one that torch.save wrote.");
        unpickler.Read();
        if (unpickler.Read() is PickleDict machine && machine.Find("little_endian") is false)
            throw new WeightFileException($"{Name} was written on a big-endian machine; only little-endian archives can be read.");
        var root = unpickler.Read();
        var storages = unpickler.Storages;
        if (unpickler.Read() is not List<object?> keys)
            throw new WeightFileException($"{Name} is damaged: the list of its storages is missing.");
        var position = unpickler.Position;
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage) || storage.Offset >= 0)
                throw new WeightFileException($"{Name} is damaged: it lists a storage '{key}' that no tensor uses or that it listed before.");
            if (file.Length - position < 8 || file.Length - position - 8 < storage.ByteLength)
                throw new WeightFileException($"{Name} is truncated: storage '{name}' needs {position + 8 + storage.ByteLength} bytes, the file has {file.Length}.");
            if (BitConverter.ToInt64(file.Span(position, 8)) != storage.Count)
                throw new WeightFileException($"{Name} is damaged: storage '{name}' does not have the {storage.Count} elements that its tensors expect.");
            storage.Offset = position + 8;
            position += 8 + storage.ByteLength;
        }
        if (storages.Values.FirstOrDefault(storage => storage.Offset < 0) is { } missing)
            throw new WeightFileException($"{Name} is damaged: storage '{missing.Key}' is missing.");
        return root;
    }

    private static object? Unwrap(object? root)
    {
        if (root is not PickleDict dictionary || dictionary.Items.Exists(item => item.Value is PickleTensor))
            return root;
        return Wrappers.Select(dictionary.Find).FirstOrDefault(inner => inner is PickleDict) ?? root;
    }

    private void Collect(object? value, string prefix, int depth)
    {
        // Objects may be shared, so a small pickle can describe a huge tree, or one that holds itself.
        if (depth > MaxDepth || ++visited > MaxValues || prefix.Length > MaxNameLength)
            throw new WeightFileException($"{Name} is nested too deeply or holds too many values.");
        switch (value)
        {
            case PickleTensor tensor:
                if (prefix.Length == 0)
                    prefix = "tensor"; // a file that is a single tensor
                var size = tensor.Type.ByteSize();
                if (!tensors.TryAdd(prefix, new WeightTensor(prefix, tensor.Type, tensor.Shape, file, tensor.Storage.Offset + tensor.FirstElement * size, tensor.Strides)))
                    throw new WeightFileException($"{Name} has the tensor '{prefix}' twice.");
                break;
            case PickleObject scripted:
                Collect(scripted.State, prefix, depth + 1);
                break;
            case PickleDict dictionary:
                foreach (var (key, item) in LastOfEachKey(dictionary))
                    Collect(item, Joined(prefix, key), depth + 1);
                break;
            case List<object?> list:
                CollectItems(list, prefix, depth);
                break;
            case PickleTuple tuple:
                CollectItems(tuple.Items, prefix, depth);
                break;
        }
    }

    private void CollectItems(IReadOnlyList<object?> items, string prefix, int depth)
    {
        for (var i = 0; i < items.Count; i++)
            Collect(items[i], Joined(prefix, i.ToString(CultureInfo.InvariantCulture)), depth + 1);
    }

    private static OrderedDictionary<string, object?> LastOfEachKey(PickleDict dictionary)
    {
        var last = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in dictionary.Items)
            if (key is string or long)
                last[Convert.ToString(key, CultureInfo.InvariantCulture)!] = value;
        return last;
    }

    private static string Joined(string prefix, string key) => prefix.Length == 0 ? key : $"{prefix}.{key}";
}
