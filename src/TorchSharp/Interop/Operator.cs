using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>One ATen operator by name and overload, looked up on its first call and then kept.</summary>
/// <remarks>Arguments go by position; those left out at the end take the defaults of the operator's schema.</remarks>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackWords = 256;
    private nint handle; // a race resolves it twice to equal values

    private nint Handle
    {
        get
        {
            if (handle == 0)
            {
                Bridge.Check(Bridge.torch_find_operator("aten::" + name, overload, out var found));
                handle = found;
            }
            return handle;
        }
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    internal Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return TakeTensor(results[0]);
    }

    /// <summary>Calls an operator that returns one tensor, which may be undefined.</summary>
    internal Tensor? CallOptional(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return results[0].Value == 0 ? null : TakeTensor(results[0]);
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    internal (Tensor, Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return (TakeTensor(results[0]), TakeTensor(results[1]));
    }

    /// <summary>Calls an operator that returns three tensors.</summary>
    internal (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return (TakeTensor(results[0]), TakeTensor(results[1]), TakeTensor(results[2]));
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    internal Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        var tensors = new Tensor[Invoke(args, &results)];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = TakeTensor(results[i]);
        return tensors;
    }

    /// <summary>Calls an operator for its effect: an in-place operator, whose result is the argument itself.</summary>
    internal void Run(params ReadOnlySpan<Arg> args) => Invoke(args, null);

    /// <summary>Calls an operator that returns a number.</summary>
    internal Scalar CallScalar(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return new Scalar(results[0].Kind, results[0].Value);
    }

    /// <summary>Calls an operator that returns a truth value or an integer.</summary>
    internal long CallInteger(params ReadOnlySpan<Arg> args)
    {
        NativeArg* results;
        Invoke(args, &results);
        return results[0].Value;
    }

    private static Tensor TakeTensor(in NativeArg result) => new((nint)result.Value);

    /// <summary>Lays the arguments out on the stack, lists included, and calls; returns the number of results.</summary>
    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Arg> args, NativeArg** results)
    {
        var words = 0;
        foreach (ref readonly var arg in args)
            words += arg.Object is string text ? Encoding.UTF8.GetMaxByteCount(text.Length) / sizeof(long) + 1 : arg.Length;
        var native = stackalloc NativeArg[args.Length];
        var stack = stackalloc long[words <= StackWords ? words : 0];
        var buffer = words <= StackWords ? stack : (long*)NativeMemory.Alloc((nuint)words, sizeof(long));
        try
        {
            var next = buffer;
            for (var i = 0; i < args.Length; i++)
                next = Write(args[i], native + i, next);
            int count;
            Bridge.Check(Bridge.torch_call(Handle, native, args.Length, results, &count));
            foreach (ref readonly var arg in args)
                GC.KeepAlive(arg.Object); // no finalizer may release a tensor that the call still reads
            return results is null ? 0 : count;
        }
        finally
        {
            if (words > StackWords)
                NativeMemory.Free(buffer);
        }
    }

    private static long* Write(in Arg arg, NativeArg* native, long* next)
    {
        native->Kind = arg.Kind;
        native->Length = arg.Length;
        switch (arg.Object)
        {
            case null:
                native->Value = arg.Bits;
                return next;
            case Tensor tensor:
                native->Value = tensor.Handle;
                return next;
            case Generator generator:
                native->Value = generator.Handle;
                return next;
            case string text:
                native->Value = (nint)next;
                native->Length = Encoding.UTF8.GetBytes(text, new Span<byte>(next, Encoding.UTF8.GetMaxByteCount(text.Length)));
                return next + Encoding.UTF8.GetMaxByteCount(text.Length) / sizeof(long) + 1;
            case long[] integers:
                integers.CopyTo(new Span<long>(next, integers.Length));
                break;
            case double[] reals:
                MemoryMarshal.Cast<double, long>(reals).CopyTo(new Span<long>(next, reals.Length));
                break;
            case Tensor?[] tensors:
                for (var i = 0; i < tensors.Length; i++)
                    next[i] = tensors[i]?.Handle ?? 0;
                break;
        }
        native->Value = (nint)next;
        return next + arg.Length;
    }
}
