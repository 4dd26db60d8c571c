using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The C functions of native/torch_bridge.cpp. Where one returns an int, anything but 0 is a failure.</summary>
internal static unsafe partial class Bridge
{
    internal const string Library = "torchbridge";

    [LibraryImport(Library)] internal static partial nint torch_last_error();
    [LibraryImport(Library)] internal static partial nint torch_version();
    [LibraryImport(Library)] internal static partial void torch_release(nint tensor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int torch_find_operator(string name, string overload, out nint op);
    [LibraryImport(Library)] internal static partial int torch_call(nint op, NativeArg* args, int count, NativeArg** results, int* resultCount);

    [LibraryImport(Library)] internal static partial int torch_attention(nint query, nint key, nint value, nint mask, out nint result);

    [LibraryImport(Library)] internal static partial int torch_info(nint tensor, out TensorInfo info);
    [LibraryImport(Library)] internal static partial int torch_dtype(nint tensor);
    [LibraryImport(Library)] internal static partial long torch_dim(nint tensor);
    [LibraryImport(Library)] internal static partial long torch_numel(nint tensor);
    [LibraryImport(Library)] internal static partial int torch_sizes(nint tensor, long* sizes);
    [LibraryImport(Library)] internal static partial int torch_strides(nint tensor, long* strides);
    [LibraryImport(Library)] internal static partial int torch_data(nint tensor, out nint data, out long storageOffset);

    [LibraryImport(Library)] internal static partial int torch_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int torch_grad(nint tensor, out nint grad);
    [LibraryImport(Library)] internal static partial int torch_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int torch_retain_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int torch_bump_version(nint tensor);
    [LibraryImport(Library)] internal static partial int torch_backward(
        nint* tensors, int count, nint* grads, int gradCount, int retainGraph, int createGraph, nint* inputs, int inputCount);
    [LibraryImport(Library)] internal static partial int torch_autograd_grad(
        nint* outputs, int count, nint* inputs, int inputCount, nint* grads, int gradCount, int retainGraph, int createGraph, int allowUnused, nint* results);
    [LibraryImport(Library)] internal static partial int torch_grad_enabled();
    [LibraryImport(Library)] internal static partial void torch_set_grad_enabled(int enabled);
    [LibraryImport(Library)] internal static partial int torch_inference_mode_enabled();
    [LibraryImport(Library)] internal static partial nint torch_inference_mode_enter(int enabled);
    [LibraryImport(Library)] internal static partial void torch_inference_mode_leave(nint guard);

    [LibraryImport(Library)] internal static partial int torch_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int torch_generator(ulong seed, int isDefault, out nint generator);
    [LibraryImport(Library)] internal static partial void torch_generator_release(nint generator);
    [LibraryImport(Library)] internal static partial ulong torch_generator_initial_seed(nint generator);
    [LibraryImport(Library)] internal static partial int torch_generator_seed(nint generator, long* seed);
    [LibraryImport(Library)] internal static partial int torch_generator_get_state(nint generator, out nint state);
    [LibraryImport(Library)] internal static partial int torch_generator_set_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int torch_cuda_available();
    [LibraryImport(Library)] internal static partial int torch_cuda_device_count();
    [LibraryImport(Library)] internal static partial int torch_get_num_threads();
    [LibraryImport(Library)] internal static partial int torch_set_num_threads(int count);
    [LibraryImport(Library)] internal static partial int torch_get_num_interop_threads();
    [LibraryImport(Library)] internal static partial int torch_set_num_interop_threads(int count);

    /// <summary>Turns a return code into the exception that the genuine package throws.</summary>
    /// <exception cref="ExternalException">The code is not 0; the message is libtorch's.</exception>
    internal static void Check(int code)
    {
        if (code != 0)
            ThrowLastError();
    }

    [DoesNotReturn]
    private static void ThrowLastError() =>
        throw new ExternalException(Marshal.PtrToStringUTF8(torch_last_error()) ?? "libtorch failed without a message.");
}
