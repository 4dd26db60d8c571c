namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a picture is resized.</summary>
    public enum InterpolationMode
    {
        /// <summary>The nearest point.</summary>
        Nearest = 0,
        /// <summary>Linear, one dimension.</summary>
        Linear = 1,
        /// <summary>Linear, two dimensions.</summary>
        Bilinear = 2,
        /// <summary>Cubic, two dimensions.</summary>
        Bicubic = 3,
        /// <summary>Linear, three dimensions.</summary>
        Trilinear = 4,
        /// <summary>Means of areas.</summary>
        Area = 5,
        /// <summary>The nearest point, by the pixels' centres as other libraries do.</summary>
        NearestExact = 6,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes the dimensions behind batch and channels; pictures in [N, C, H, W].</summary>
            /// <param name="x">The pictures.</param>
            /// <param name="size">New height and width; this or scale_factor.</param>
            /// <param name="scale_factor">Factors for height and width; this or size.</param>
            /// <param name="mode">Nearest, bilinear, bicubic or area.</param>
            /// <param name="align_corners">Whether the corner pixels' centres stay in place.</param>
            /// <param name="recompute_scale_factor">Whether the factors are worked out again from the rounded size.</param>
            /// <param name="antialias">Whether shrinking averages over all pixels; bilinear and bicubic only.</param>
            /// <exception cref="ArgumentException">Both or neither of size and scale_factor are given, or the mode does not fit.</exception>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                if ((size is null) == (scale_factor is null))
                    throw new ArgumentException("Exactly one of size and scale_factor must be given.", nameof(size));
                if (x.Dimensions != 4)
                    throw new ArgumentException($"interpolate takes [N, C, H, W] here, not a tensor of {x.Dimensions} dimensions.", nameof(x));
                var shape = x.shape;
                if (scale_factor is { Length: 1 })
                    scale_factor = [scale_factor[0], scale_factor[0]];
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                    (size, scale_factor) = ([(long)(shape[2] * scale_factor[0]), (long)(shape[3] * scale_factor[1])], null);
                if (size is { Length: 1 })
                    size = [size[0], size[0]];
                var aligned = align_corners ?? false;
                return (mode, antialias) switch
                {
                    (InterpolationMode.Nearest, false) => Ops.upsample_nearest2d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, false) => Ops._upsample_nearest_exact2d_vec.Call(x, size, scale_factor),
                    (InterpolationMode.Bilinear, false) => Ops.upsample_bilinear2d_vec.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bicubic, false) => Ops.upsample_bicubic2d_vec.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bilinear, true) => Ops._upsample_bilinear2d_aa_vec.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Bicubic, true) => Ops._upsample_bicubic2d_aa_vec.Call(x, size, aligned, scale_factor),
                    (InterpolationMode.Area, false) => adaptive_avg_pool2d(x, size!),
                    _ => throw new ArgumentException($"{mode} interpolation{(antialias ? " with antialias" : "")} of pictures is not supported.", nameof(mode)),
                };
            }

            /// <summary>1 at the place each class number names, else 0.</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Ops.one_hot.Call(x, num_classes);

            /// <summary>Cosine of the angle between vectors along one dimension.</summary>
            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => Ops.cosine_similarity.Call(x1, x2, dim, eps);

            /// <summary>Sliding windows of pictures as columns, [N, C * kernel, windows].</summary>
            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                Ops.im2col.Call(input, new[] { kernel_size, kernel_size }, new[] { dilation, dilation }, new[] { padding, padding }, new[] { stride, stride });
        }
    }
}
