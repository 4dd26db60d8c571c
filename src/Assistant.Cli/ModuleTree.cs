using System.Globalization;

namespace Assistant.Cli;

/// <summary>A module or a tensor of a model: the parts of the tensors' names as a tree.</summary>
internal sealed class ModuleTree
{
    private const int DeepestName = 32; // what follows in a hostile name is one part

    private readonly OrderedDictionary<string, ModuleTree> children = new(StringComparer.Ordinal);

    private ModuleTree(string name, string path, int depth) => (Name, Path, Depth) = (name, path, depth);

    /// <summary>The last part of its name.</summary>
    public string Name { get; }

    /// <summary>Its whole name; empty for the model.</summary>
    public string Path { get; }

    /// <summary>Number of parts in its name; 0 for the model.</summary>
    public int Depth { get; }

    /// <summary>Null for a module.</summary>
    public InspectedTensor? Tensor { get; private set; }

    /// <summary>Tensors in it, itself included.</summary>
    public int TensorCount { get; private set; }

    /// <summary>Values of all tensors in it.</summary>
    public long Values { get; private set; }

    /// <summary>Sorts tensors into modules; both stay in the order of the list, but for numbered blocks, which files that are sorted by name hold as 0, 1, 10, 11, 2.</summary>
    public static ModuleTree Of(IEnumerable<InspectedTensor> tensors)
    {
        var root = new ModuleTree("", "", 0);
        foreach (var tensor in tensors)
            root.Add(tensor);
        return root;
    }

    /// <summary>Everything in it at most so many levels deep, parents first; not itself.</summary>
    public IEnumerable<ModuleTree> Descendants(int depth) =>
        children.Values.Where(child => child.Depth <= depth).OrderBy(Number).SelectMany(child => child.Descendants(depth).Prepend(child));

    private static int Number(ModuleTree child) => int.TryParse(child.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private void Add(InspectedTensor tensor)
    {
        var node = this;
        node.Count(tensor);
        for (var (start, depth) = (0, 1); start <= tensor.Name.Length; depth++)
        {
            var dot = depth < DeepestName ? tensor.Name.IndexOf('.', start) : -1;
            var end = dot < 0 ? tensor.Name.Length : dot;
            var part = tensor.Name[start..end];
            if (!node.children.TryGetValue(part, out var child))
                node.children.Add(part, child = new ModuleTree(part, tensor.Name[..end], depth));
            node = child;
            node.Count(tensor);
            start = end + 1;
        }
        node.Tensor = tensor;
    }

    private void Count(InspectedTensor tensor)
    {
        TensorCount++;
        Values += tensor.Values;
    }
}
