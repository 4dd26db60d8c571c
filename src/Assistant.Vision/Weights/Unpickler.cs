using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Assistant.Vision.Weights;

/// <summary>Reads Python's pickle format as far as PyTorch checkpoints use it, and never runs anything: names are compared with a short list, whatever else is met is named and refused.</summary>
/// <remarks>Source: CPython, <c>Lib/pickletools.py</c> (opcodes of protocols 0 to 5).</remarks>
internal sealed class Unpickler(MappedFile file, long start, long length)
{
    private const long MaxLength = 64L << 20; // pickles of real checkpoints have well below 10 MB: the tensors lie elsewhere
    private const int MaxObjects = 4 << 20; // on the stack and in the memo
    private const int MaxLine = 1 << 16;

    /// <summary>A position on the stack; no value of a pickle equals it.</summary>
    private static readonly object Mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];

    /// <summary>The storages that were named, in order of appearance.</summary>
    public Dictionary<string, PickleStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>First byte after what was read.</summary>
    public long Position { get; private set; } = start;

    private long End { get; } = start + Math.Min(length, MaxLength);

    /// <summary>Reads one object, up to its STOP.</summary>
    /// <exception cref="WeightFileException">The pickle is damaged or holds something else than tensors and plain values.</exception>
    public object? Read()
    {
        stack.Clear();
        memo.Clear();
        try
        {
            while (true)
            {
                var opcode = Take(1)[0];
                if (opcode == '.')
                    return Pop();
                Execute(opcode);
                if (stack.Count > MaxObjects || memo.Count > MaxObjects)
                    throw new FormatException("it holds too many objects");
            }
        }
        catch (Exception broken) when (broken is FormatException or OverflowException)
        {
            throw new WeightFileException($"{file.Name} cannot be read: its pickle is damaged or hostile: {broken.Message}.", broken);
        }
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: Take(1); break; // PROTO
            case 0x95: Take(8); break; // FRAME
            case (byte)'(': stack.Add(Mark); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': stack.Add(Peek()); break;
            case (byte)'N': stack.Add(null); break;
            case 0x88: stack.Add(true); break;
            case 0x89: stack.Add(false); break;
            case (byte)'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': stack.Add((long)Take(1)[0]); break;
            case (byte)'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: stack.Add(Integer(Take(Take(1)[0]))); break;
            case 0x8b: stack.Add(Integer(Take(Length(4)))); break;
            case (byte)'I': stack.Add(IntegerLine(Line())); break;
            case (byte)'L': stack.Add(IntegerLine(Line().TrimEnd('L'))); break;
            case (byte)'F': stack.Add(double.Parse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture)); break;
            case (byte)'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'S': stack.Add(Line().Trim('\'', '"')); break;
            case (byte)'V': stack.Add(Line()); break;
            case (byte)'T': stack.Add(Encoding.Latin1.GetString(Take(Length(4)))); break; // Python 2 strings
            case (byte)'U': stack.Add(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case (byte)'X': stack.Add(Encoding.UTF8.GetString(Take(Length(4)))); break;
            case 0x8c: stack.Add(Encoding.UTF8.GetString(Take(Take(1)[0]))); break;
            case 0x8d: stack.Add(Encoding.UTF8.GetString(Take(Length(8)))); break;
            case (byte)'B': stack.Add(Take(Length(4)).ToArray()); break;
            case (byte)'C': stack.Add(Take(Take(1)[0]).ToArray()); break;
            case 0x8e: stack.Add(Take(Length(8)).ToArray()); break;
            case (byte)']': stack.Add(new List<object?>()); break;
            case (byte)'l': stack.Add(PopToMark().ToList()); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)')': stack.Add(new PickleTuple([])); break;
            case (byte)'t': stack.Add(new PickleTuple(PopToMark())); break;
            case 0x85: PushTuple(1); break;
            case 0x86: PushTuple(2); break;
            case 0x87: PushTuple(3); break;
            case (byte)'}': stack.Add(new PickleDict()); break;
            case (byte)'d': PushDictionary(PopToMark()); break;
            case (byte)'s': SetItems([Pop(2), Pop()]); break;
            case (byte)'u': SetItems(PopToMark()); break;
            case (byte)'g': stack.Add(Remembered(IntegerLine(Line()))); break;
            case (byte)'h': stack.Add(Remembered((long)Take(1)[0])); break;
            case (byte)'j': stack.Add(Remembered((long)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'p': Remember(IntegerLine(Line())); break;
            case (byte)'q': Remember((long)Take(1)[0]); break;
            case (byte)'r': Remember((long)BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case 0x94: Remember((long)memo.Count); break;
            case (byte)'c': PushGlobal(Line(), Line()); break;
            case 0x93: PushStackGlobal(); break;
            case (byte)'R' or 0x81: Call(); break; // REDUCE, NEWOBJ
            case (byte)'b': Build(); break;
            case (byte)'Q': PushStorage(); break;
            default: throw new FormatException($"opcode 0x{opcode:X2} does not occur in checkpoints");
        }
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > End - Position)
            throw new FormatException(End - Position < count && length > MaxLength ? "it is too long" : "it ends too early");
        var bytes = file.Span(Position, count);
        Position += count;
        return bytes;
    }

    private long Length(int bytes)
    {
        var count = bytes == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return count <= (ulong)(End - Position) ? (long)count : throw new FormatException($"a value claims {count} bytes");
    }

    private string Line()
    {
        var window = file.Span(Position, Math.Min(End - Position, MaxLine));
        var end = window.IndexOf((byte)'\n');
        if (end < 0)
            throw new FormatException("a line does not end");
        Position += end + 1;
        return Encoding.UTF8.GetString(window[..end]);
    }

    private static object Integer(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > 1024)
            throw new FormatException($"an integer has {littleEndian.Length} bytes");
        var integer = new BigInteger(littleEndian);
        if (integer < long.MinValue || integer > long.MaxValue)
            return integer;
        var narrow = (long)integer;
        return narrow;
    }

    private static object IntegerLine(string line) => line switch
    {
        "00" => false,
        "01" => true,
        _ when line.Length > 1024 => throw new FormatException($"an integer has {line.Length} digits"),
        _ => Integer(BigInteger.Parse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToByteArray()),
    };

    private object? Peek() => stack.Count > 0 && stack[^1] != Mark ? stack[^1] : throw new FormatException("a value is missing");

    private object? Pop(int depth = 1)
    {
        if (stack.Count < depth || stack[^depth] == Mark)
            throw new FormatException("a value is missing");
        var value = stack[^depth];
        stack.RemoveAt(stack.Count - depth);
        return value;
    }

    private object?[] PopToMark()
    {
        var mark = stack.FindLastIndex(item => item == Mark);
        if (mark < 0)
            throw new FormatException("a mark is missing");
        object?[] items = [.. stack.GetRange(mark + 1, stack.Count - mark - 1)];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private void PushTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            items[i] = Pop();
        stack.Add(new PickleTuple(items));
    }

    private void Append(object?[] items)
    {
        if (Peek() is not List<object?> list)
            throw new FormatException("items are added to something that is no list");
        list.AddRange(items);
    }

    private void PushDictionary(object?[] items)
    {
        stack.Add(new PickleDict());
        SetItems(items);
    }

    private void SetItems(object?[] items)
    {
        if (Peek() is not PickleDict dictionary || items.Length % 2 != 0)
            throw new FormatException("keys and values are added to something that is no dict");
        for (var i = 0; i < items.Length; i += 2)
            dictionary.Items.Add((items[i], items[i + 1]));
    }

    private object? Remembered(object index) =>
        index is long key && memo.TryGetValue(key, out var value) ? value : throw new FormatException($"it refers to object {index}, which it did not define");

    private void Remember(object index) => memo[index is long key ? key : throw new FormatException("a memo index is no integer")] = Peek();

    private void PushStackGlobal()
    {
        if (Pop() is not string name || Pop() is not string module)
            throw new FormatException("a name is not made of texts");
        PushGlobal(module, name);
    }

    private void PushGlobal(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        if (!TorchGlobals.IsKnown(global))
            throw new WeightFileException($"{file.Name} holds a '{global}': only tensors, dicts, lists, tuples and plain values are read from PyTorch archives. "
                + "Save the model's state_dict() alone, or convert it to safetensors.");
        stack.Add(global);
    }

    private void Call()
    {
        if (Pop() is not PickleTuple arguments || Pop() is not PickleGlobal function)
            throw new FormatException("a call is not made of a name and a tuple");
        stack.Add(TorchGlobals.Call(function, arguments.Items) ?? throw new FormatException($"'{function}' is called with arguments that it does not take"));
    }

    /// <summary>Sets attributes: kept for scripted modules; those of dicts and tensors are Python's own business.</summary>
    private void Build()
    {
        var state = Pop();
        switch (Peek())
        {
            case PickleObject scripted: scripted.State = state; break;
            case PickleDict or PickleTensor: break;
            default: throw new FormatException("attributes are set on a plain value");
        }
    }

    private void PushStorage()
    {
        var id = Pop();
        var storage = TorchGlobals.Storage(id) ?? throw new FormatException("a persistent id does not name a storage");
        if (Storages.TryGetValue(storage.Key, out var known))
        {
            if (known.Type != storage.Type || known.Count != storage.Count)
                throw new FormatException($"storage '{storage.Key}' is described in two ways");
            storage = known;
        }
        else
        {
            Storages.Add(storage.Key, storage);
        }
        stack.Add(storage);
    }
}
