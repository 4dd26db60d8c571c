using System.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One step of Adam in a single pass over the memory, for single precision on the CPU.</summary>
/// <remarks>A step is bound by memory: the operators pass over a parameter and its two means about eight times.</remarks>
internal readonly struct AdamKernel
{
    private readonly float beta1, beta2, keep, decay, eps, size, correction, sign;

    internal AdamKernel(AdamBase.Options options, double rate, long step, bool decoupled)
    {
        var (b1, b2, weightDecay) = (options.beta1!.Value, options.beta2!.Value, options.weight_decay!.Value);
        (beta1, beta2, eps) = ((float)b1, (float)b2, (float)options.eps!.Value);
        keep = decoupled ? (float)(1 - rate * weightDecay) : 1; // AdamW: the parameter shrinks
        decay = decoupled ? 0 : (float)weightDecay;             // Adam: the gradient grows
        size = (float)(rate / (1 - Math.Pow(b1, step)));
        correction = (float)(1 / Math.Sqrt(1 - Math.Pow(b2, step)));
        sign = options.maximize == true ? -1 : 1;
    }

    /// <summary>Updates a parameter and its means, unless one of them is not plain single-precision memory.</summary>
    internal unsafe bool TryUpdate(Tensor parameter, Tensor grad, AdamBase.State state)
    {
        var (mean, square) = (state.exp_avg!, state.exp_avg_sq!);
        if (!IsPlain(parameter) || !IsPlain(grad) || !IsPlain(mean) || !IsPlain(square))
            return false;
        Update((float*)parameter.DataPointer, (float*)grad.DataPointer, (float*)mean.DataPointer, (float*)square.DataPointer, parameter.NumberOfElements);
        foreach (var written in (ReadOnlySpan<Tensor>)[parameter, mean, square])
            Bridge.Check(Bridge.torch_bump_version(written.Handle));
        return true;
    }

    private static bool IsPlain(Tensor tensor)
    {
        var info = tensor.Info;
        return info is { DType: (int)ScalarType.Float32, DeviceType: (int)DeviceType.CPU, IsContiguous: 1, IsSparse: 0 };
    }

    private unsafe void Update(float* p, float* g, float* m, float* v, long count)
    {
        var width = Vector<float>.Count;
        var (one1, one2) = (new Vector<float>(1 - beta1), new Vector<float>(1 - beta2));
        var (vBeta1, vBeta2, vEps) = (new Vector<float>(beta1), new Vector<float>(beta2), new Vector<float>(eps));
        var (vKeep, vDecay, vSign) = (new Vector<float>(keep), new Vector<float>(decay), new Vector<float>(sign));
        var (vSize, vCorrection) = (new Vector<float>(size), new Vector<float>(correction));
        long i = 0;
        for (; i + width <= count; i += width)
        {
            var parameter = Vector.Load(p + i);
            var gradient = Vector.Load(g + i) * vSign + parameter * vDecay;
            var mean = Vector.Load(m + i) * vBeta1 + gradient * one1;
            var square = Vector.Load(v + i) * vBeta2 + gradient * gradient * one2;
            Vector.Store(mean, m + i);
            Vector.Store(square, v + i);
            Vector.Store(parameter * vKeep - vSize * mean / (Vector.SquareRoot(square) * vCorrection + vEps), p + i);
        }
        for (; i < count; i++)
        {
            var gradient = g[i] * sign + p[i] * decay;
            m[i] = m[i] * beta1 + gradient * (1 - beta1);
            v[i] = v[i] * beta2 + gradient * gradient * (1 - beta2);
            p[i] = p[i] * keep - size * m[i] / (MathF.Sqrt(v[i]) * correction + eps);
        }
    }
}
