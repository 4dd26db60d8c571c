using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

/// <summary>Files that are well-formed and wrong: one number of the metadata, or one name, size or type of a tensor, changed for another that some file could have.</summary>
internal static class HostileGguf
{
    private static readonly uint[] integers = [0, 1, 2, 3, 4, 7, 8, 63, 65, 100, 512, 513, 65536, int.MaxValue, 1u << 31, uint.MaxValue];
    private static readonly float[] numbers = [0, -1, 1e30f, float.NaN, float.PositiveInfinity, float.Epsilon];
    private static readonly GgmlType[] types = [GgmlType.F16, GgmlType.Q8_0, GgmlType.I8, GgmlType.I32];

    /// <summary>Changed copies of a file, one after the other, each with what was changed.</summary>
    public static IEnumerable<(string What, byte[] Bytes)> Of(string path)
    {
        var sound = File.ReadAllBytes(path);
        var changes = new List<(string What, int At, byte[] Value)>();
        using (var file = GgufFile.Open(path))
        {
            foreach (var (key, value) in file.Metadata)
            {
                var at = Find(sound, key) + sizeof(int); // behind the value's type
                if (value is uint)
                    changes.AddRange(integers.Select(number => ($"{key} = {number}", at, BitConverter.GetBytes(number))));
                else if (value is float)
                    changes.AddRange(numbers.Select(number => ($"{key} = {number}", at, BitConverter.GetBytes(number))));
                else if (value is bool flag)
                    changes.Add(($"{key} = {!flag}", at, BitConverter.GetBytes(!flag)));
            }
            foreach (var tensor in file.Tensors)
                changes.AddRange(Of(sound, tensor.Name));
        }
        foreach (var (what, at, value) in changes)
        {
            var bytes = (byte[])sound.Clone();
            value.CopyTo(bytes, at);
            yield return (what, bytes);
        }
    }

    /// <summary>Where the type of a tensor stands: behind its name, the number of its dimensions, and these.</summary>
    public static int TypeOffset(byte[] gguf, string tensor)
    {
        var at = Find(gguf, tensor);
        return at + sizeof(int) + sizeof(ulong) * BitConverter.ToInt32(gguf, at);
    }

    private static IEnumerable<(string What, int At, byte[] Value)> Of(byte[] sound, string tensor)
    {
        var at = Find(sound, tensor);
        var sizes = Enumerable.Range(0, BitConverter.ToInt32(sound, at)).Select(dimension => BitConverter.ToUInt64(sound, at + sizeof(int) + sizeof(ulong) * dimension)).ToArray();
        byte[] Written(IEnumerable<ulong> changed) => [.. changed.SelectMany(BitConverter.GetBytes)];
        yield return ($"{tensor} missing", at - 1, [(byte)'x']);
        yield return ($"{tensor} with its sizes reversed", at + sizeof(int), Written(sizes.Reverse()));
        for (var dimension = 0; dimension < sizes.Length; dimension++)
        {
            foreach (var size in new ulong[] { 1, sizes[dimension] / 2, sizes[dimension] - 1 })
                yield return ($"{tensor} with {size} in dimension {dimension}", at + sizeof(int) + sizeof(ulong) * dimension, BitConverter.GetBytes(size));
        }
        var type = TypeOffset(sound, tensor);
        foreach (var other in types)
            yield return ($"{tensor} of {other}", type, BitConverter.GetBytes((int)other));
        // All of its elements in one row, and none of its dimensions: the file's layout stays, as the rest is filled with ones.
        var elements = sizes.Aggregate(1UL, (product, size) => product * size);
        yield return ($"{tensor} in one row", at + sizeof(int), Written(sizes.Select((_, i) => i == 0 ? elements : 1)));
        yield return ($"{tensor} in one column", at + sizeof(int), Written(sizes.Select((_, i) => i == sizes.Length - 1 ? elements : 1)));
    }

    /// <summary>Where what follows a name begins.</summary>
    private static int Find(byte[] gguf, string name)
    {
        var written = Encoding.UTF8.GetBytes(name);
        return gguf.AsSpan().IndexOf([.. BitConverter.GetBytes((ulong)written.Length), .. written]) + sizeof(ulong) + written.Length;
    }
}
