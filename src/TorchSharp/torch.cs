using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>PyTorch's functions under PyTorch's names.</summary>
public static partial class torch
{
    /// <summary>The version of the libtorch in use.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Bridge.torch_version()) ?? "";

    /// <summary>Opens a scope that disposes the tensors created on this thread until it ends.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    /// <summary>The innermost open scope of this thread.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>Evaluates an expression in a scope of its own and keeps only its result.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <summary>How many threads an operator may use.</summary>
    public static int get_num_threads() => Bridge.torch_get_num_threads();

    /// <summary>Sets how many threads an operator may use, matrix products included.</summary>
    public static void set_num_threads(int num) => Bridge.Check(Bridge.torch_set_num_threads(num));

    /// <summary>How many threads run independent operators.</summary>
    public static int get_num_interop_threads() => Bridge.torch_get_num_interop_threads();

    /// <summary>Sets how many threads run independent operators; possible once, before they start.</summary>
    public static void set_num_interop_threads(int num) => Bridge.Check(Bridge.torch_set_num_interop_threads(num));

    /// <summary>Whether a CUDA device can be used.</summary>
    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>NVIDIA GPUs.</summary>
    public static partial class cuda
    {
        /// <summary>Whether this libtorch has CUDA and a device is there.</summary>
        public static bool is_available() => Bridge.torch_cuda_available() != 0 && device_count() > 0;

        /// <summary>How many devices there are.</summary>
        public static int device_count() => Bridge.torch_cuda_device_count();

        /// <summary>Seeds the default streams of all devices.</summary>
        public static void manual_seed(long seed) => random.manual_seed(seed);

        /// <summary>Seeds the default streams of all devices.</summary>
        public static void manual_seed_all(long seed) => random.manual_seed(seed);
    }
}
