using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What a <see cref="NativeArg"/> holds; mirrors the enum of native/torch_bridge.cpp.</summary>
internal enum ArgKind
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, String, Device, Generator, Default,
}

/// <summary>One operator argument or result as it crosses the border.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeArg
{
    public ArgKind Kind;
    public int Length;
    public long Value;
}

/// <summary>What <c>torch_info</c> tells about a tensor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    public int DType, DeviceType, DeviceIndex, Dimensions;
    public long Elements;
    public int RequiresGrad, IsLeaf, IsSparse, ElementSize, IsContiguous;
}
