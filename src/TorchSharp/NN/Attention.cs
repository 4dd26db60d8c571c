using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Attention of several heads; sequences come first: [length, batch, embedding].</summary>
        /// <remarks>Vaswani et al. 2017. State: in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias.</remarks>
        public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
        {
            private readonly long embed_dim, num_heads;
            private readonly double dropout;
            private readonly Parameter? in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight, in_proj_bias;
            private readonly Linear out_proj;

            internal MultiheadAttention(long embedded_dim, long num_heads, double dropout, bool bias, long kdim, long vdim) : base(nameof(MultiheadAttention))
            {
                if (num_heads < 1 || embedded_dim % num_heads != 0)
                    throw new ArgumentException($"embed_dim ({embedded_dim}) must be divisible by num_heads ({num_heads}).", nameof(num_heads));
                (embed_dim, this.num_heads, this.dropout) = (embedded_dim, num_heads, dropout);
                if (kdim == embed_dim && vdim == embed_dim)
                    in_proj_weight = Weight(3 * embed_dim, embed_dim);
                else
                    (q_proj_weight, k_proj_weight, v_proj_weight) = (Weight(embed_dim, embed_dim), Weight(embed_dim, kdim), Weight(embed_dim, vdim));
                if (bias)
                    in_proj_bias = new Parameter(zeros(3 * embed_dim));
                out_proj = nn.Linear(embed_dim, embed_dim, bias);
                if (bias)
                    nn.init.zeros_(out_proj.bias!);
                RegisterComponents();
            }

            private static Parameter Weight(long rows, long columns)
            {
                var weight = new Parameter(empty(rows, columns));
                nn.init.xavier_uniform_(weight);
                return weight;
            }

            /// <summary>Attends from each query to the keys.</summary>
            /// <param name="query">[target length, batch, embedding].</param>
            /// <param name="key">[source length, batch, kdim].</param>
            /// <param name="value">[source length, batch, vdim].</param>
            /// <param name="key_padding_mask">[batch, source length]; true leaves a key out.</param>
            /// <param name="need_weights">Whether the mean attention of the heads, [batch, target, source], is wanted; null comes back otherwise.</param>
            /// <param name="attn_mask">[target, source] or [batch * heads, target, source]; true leaves out, numbers are added.</param>
            public new Tuple<Tensor, Tensor> call(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null) =>
                base.call(query, key, value, key_padding_mask, need_weights, attn_mask);

            /// <inheritdoc cref="call(Tensor, Tensor, Tensor, Tensor, bool, Tensor)"/>
            public override Tuple<Tensor, Tensor> forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
            {
                using var scope = NewDisposeScope();
                var (target, batch, source) = (query.shape[0], query.shape[1], key.shape[0]);
                var weights = in_proj_weight is not null ? in_proj_weight.chunk(3) : [q_proj_weight!, k_proj_weight!, v_proj_weight!];
                var biases = in_proj_bias is not null ? in_proj_bias.chunk(3) : new Tensor?[3];
                var head = embed_dim / num_heads;
                Tensor Heads(Tensor x, int which) => // [batch * heads, length, head]
                    nn.functional.linear(x, weights[which], biases[which]).view(x.shape[0], batch * num_heads, head).transpose(0, 1);
                var q = Heads(query, 0) * (1 / Math.Sqrt(head));
                var scores = q.bmm(Heads(key, 1).transpose(1, 2));
                if (attn_mask is not null)
                    scores = nn.functional.Masked(scores, attn_mask);
                if (key_padding_mask is not null)
                {
                    var mask = key_padding_mask.view(batch, 1, 1, source).expand(-1, num_heads, -1, -1).reshape(batch * num_heads, 1, source);
                    scores = nn.functional.Masked(scores, mask);
                }
                var attention = scores.softmax(-1);
                var mixed = nn.functional.dropout(attention, dropout, training).bmm(Heads(value, 2));
                var output = out_proj.call(mixed.transpose(0, 1).reshape(target, batch, embed_dim)).MoveToOuterDisposeScope();
                var mean = need_weights ? attention.view(batch, num_heads, target, source).mean([1]).MoveToOuterDisposeScope() : null;
                return Tuple.Create(output, mean!);
            }
        }

        /// <summary>Self-attention and a feed-forward network, each with a residual and then a normalisation (post-norm).</summary>
        /// <remarks>Sequences come first: [length, batch, d_model].</remarks>
        public sealed class TransformerEncoderLayer : nn.Module<Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor, Tensor>
        {
            private readonly MultiheadAttention self_attn;
            private readonly Linear linear1, linear2;
            private readonly LayerNorm norm1, norm2;
            private readonly Dropout dropout, dropout1, dropout2;
            private readonly nn.Activations activation;
            private readonly (long, long, long, double) sizes;

            internal TransformerEncoderLayer(long d_model, long nhead, long dim_feedforward, double dropout, nn.Activations activation) : base(nameof(TransformerEncoderLayer))
            {
                sizes = (d_model, nhead, dim_feedforward, dropout);
                this.activation = activation;
                self_attn = nn.MultiheadAttention(d_model, nhead, dropout);
                (linear1, linear2) = (nn.Linear(d_model, dim_feedforward), nn.Linear(dim_feedforward, d_model));
                (norm1, norm2) = (nn.LayerNorm(d_model), nn.LayerNorm(d_model));
                (this.dropout, dropout1, dropout2) = (nn.Dropout(dropout), nn.Dropout(dropout), nn.Dropout(dropout));
                RegisterComponents();
            }

            internal TransformerEncoderLayer Copy()
            {
                var copy = new TransformerEncoderLayer(sizes.Item1, sizes.Item2, sizes.Item3, sizes.Item4, activation);
                copy.load_state_dict(state_dict());
                return copy;
            }

            /// <inheritdoc/>
            public override Tensor forward(Tensor src) => Run(src, null, null);
            /// <summary>Runs the layer with a mask over positions.</summary>
            public Tensor call(Tensor src, Tensor src_mask) => Run(src, src_mask, null);
            /// <summary>Runs the layer with a mask over positions and one over padding, [batch, length].</summary>
            public Tensor call(Tensor src, Tensor src_mask, Tensor src_key_padding_mask) => Run(src, src_mask, src_key_padding_mask);

            internal Tensor Run(Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask)
            {
                using var scope = NewDisposeScope();
                var (attended, _) = self_attn.call(src, src, src, src_key_padding_mask, need_weights: false, src_mask);
                var x = norm1.call(src + dropout1.call(attended));
                var hidden = linear1.call(x);
                hidden = activation == nn.Activations.GELU ? hidden.gelu() : hidden.relu();
                return norm2.call(x + dropout2.call(linear2.call(dropout.call(hidden)))).MoveToOuterDisposeScope();
            }
        }

        /// <summary>Encoder layers one after the other; sequences come first: [length, batch, d_model].</summary>
        public sealed class TransformerEncoder : nn.Module<Tensor, Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor, Tensor>, nn.IModule<Tensor, Tensor>
        {
            private readonly ModuleList<TransformerEncoderLayer> layers;

            internal TransformerEncoder(TransformerEncoderLayer layer, long count) : base(nameof(TransformerEncoder))
            {
                layers = nn.ModuleList(Enumerable.Range(0, (int)count).Select(_ => layer.Copy()).ToArray());
                RegisterComponents();
            }

            /// <inheritdoc/>
            public override Tensor forward(Tensor src, Tensor src_mask, Tensor src_key_padding_mask) => Run(src, src_mask, src_key_padding_mask);
            /// <summary>Runs the layers with a mask over positions.</summary>
            public Tensor call(Tensor src, Tensor src_mask) => Run(src, src_mask, null);
            /// <summary>Runs the layers.</summary>
            public Tensor call(Tensor src) => Run(src, null, null);

            private Tensor Run(Tensor src, Tensor? mask, Tensor? padding)
            {
                using var scope = NewDisposeScope();
                var x = src.alias();
                foreach (var layer in layers)
                    x = layer.Run(x, mask, padding);
                return x.MoveToOuterDisposeScope();
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The function between the two layers of a feed-forward network.</summary>
            public enum Activations
            {
                /// <summary>max(x, 0).</summary>
                ReLU = 0,
                /// <summary>x * Phi(x).</summary>
                GELU = 1,
            }

            /// <summary>Attention of several heads.</summary>
            /// <exception cref="NotSupportedException">Learned extra keys or a zero key were asked for.</exception>
            public static MultiheadAttention MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0.0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null)
            {
                if (add_bias_kv || add_zero_attn)
                    throw new NotSupportedException("add_bias_kv and add_zero_attn are not supported.");
                return new(embedded_dim, num_heads, dropout, bias, kdim ?? embedded_dim, vdim ?? embedded_dim);
            }

            /// <summary>Self-attention and a feed-forward network with residuals, post-norm.</summary>
            public static TransformerEncoderLayer TransformerEncoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(d_model, nhead, dim_feedforward, dropout, activation);

            /// <summary>Copies of an encoder layer one after the other.</summary>
            public static TransformerEncoder TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) => new(encoder_layer, num_layers);

            public static partial class functional
            {
                internal static Tensor Masked(Tensor scores, Tensor mask) =>
                    mask.dtype == ScalarType.Bool ? scores.masked_fill(mask, double.NegativeInfinity) : scores + mask;

                // Scores computed at once where no gradient needs them all: 4 MiB of float32 stay in the cache from the product over
                // softmax to the next product, and their memory is used again where large blocks would go back to the system each time.
                private const long ScoresAtOnce = 1 << 20;

                /// <summary>softmax(query @ key^T / sqrt(d) + mask) @ value.</summary>
                /// <remarks>Without gradients float32 takes one pass where the processor has AVX-512, and everything else some heads at a time; matrix products are fast in every type.</remarks>
                /// <param name="query">[..., target, d].</param>
                /// <param name="key">[..., source, d].</param>
                /// <param name="value">[..., source, v].</param>
                /// <param name="attn_mask">Broadcast to [..., target, source]; true takes part, numbers are added.</param>
                /// <param name="p">Probability that a weight is dropped.</param>
                /// <param name="is_casual">Whether each position sees only itself and those before.</param>
                public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
                {
                    using var scope = NewDisposeScope();
                    if (is_casual)
                    {
                        if (attn_mask is not null)
                            throw new ArgumentException("attn_mask must be null when is_casual is set.", nameof(attn_mask));
                        attn_mask = ones([query.shape[^2], key.shape[^2]], ScalarType.Bool, query.device).tril();
                    }
                    if (attn_mask?.dtype == ScalarType.Bool)
                        attn_mask = zeros(attn_mask.shape, query.dtype, query.device).masked_fill(attn_mask.logical_not(), double.NegativeInfinity);
                    if (is_grad_enabled())
                        return AttendAtOnce(query, key, value, attn_mask, p).MoveToOuterDisposeScope();
                    var context = (p > 0 ? null : AttendInOnePass(query, key, value, attn_mask)) ?? AttendInParts(query, key, value, attn_mask, p);
                    return context.MoveToOuterDisposeScope();
                }

                private static Tensor AttendAtOnce(Tensor query, Tensor key, Tensor value, Tensor? mask, double p)
                {
                    var scores = matmul(query * (1 / Math.Sqrt(query.shape[^1])), key.transpose(-2, -1)); // [..., target, source]
                    if (mask is not null)
                        scores = scores.add_(mask);
                    return matmul(dropout(scores.softmax(-1), p, p > 0), value);
                }

                /// <summary>Null where the operators must do it.</summary>
                private static Tensor? AttendInOnePass(Tensor query, Tensor key, Tensor value, Tensor? mask)
                {
                    Bridge.Check(Bridge.torch_attention(query.Handle, key.Handle, value.Handle, mask?.Handle ?? 0, out var result));
                    GC.KeepAlive((query, key, value, mask)); // no finalizer may release a tensor that the call still reads
                    return result == 0 ? null : new Tensor(result);
                }

                private static Tensor AttendInParts(Tensor query, Tensor key, Tensor value, Tensor? mask, double p)
                {
                    var head = Math.Max(1, query.shape[^2] * key.shape[^2]); // scores of one head
                    if (query.dim() != 4 || mask is not null && mask.dim() != 4 || query.shape[0] * query.shape[1] * head <= ScoresAtOnce)
                        return AttendAtOnce(query, key, value, mask, p);
                    var (batch, heads) = (query.shape[0], query.shape[1]);
                    var (rowsAtOnce, headsAtOnce) = (Math.Max(1, ScoresAtOnce / (heads * head)), Math.Clamp(ScoresAtOnce / head, 1, heads));
                    var context = empty_like(query); // in the order of its memory too: merging the heads then copies nothing
                    for (var row = 0L; row < batch; row += rowsAtOnce)
                    {
                        for (var first = 0L; first < heads; first += headsAtOnce)
                        {
                            using var part = NewDisposeScope();
                            Part(context).copy_(AttendAtOnce(Part(query), Part(key), Part(value), mask is null ? null : Part(mask), p));

                            Tensor Part(Tensor x) => Slice(Slice(x, 0, row, rowsAtOnce), 1, first, headsAtOnce);
                        }
                    }
                    return context;
                }

                // A dimension of 1 is broadcast: it has the one slice.
                private static Tensor Slice(Tensor x, long dim, long start, long length) =>
                    x.shape[dim] == 1 ? x : x.narrow(dim, start, Math.Min(length, x.shape[dim] - start));
            }
        }
    }
}
