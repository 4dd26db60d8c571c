namespace TorchSharp;

/// <summary>Records operations, or does not, on this thread until it is disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool before;
    private bool ended;

    public AutoGradMode(bool enabled)
    {
        before = Bridge.torch_grad_enabled() != 0;
        Bridge.torch_set_grad_enabled(enabled ? 1 : 0);
    }

    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        Bridge.torch_set_grad_enabled(before ? 1 : 0);
    }
}

/// <summary>libtorch's inference mode on this thread until it is disposed.</summary>
internal sealed class InferenceMode(bool mode) : IDisposable
{
    private nint guard = Bridge.torch_inference_mode_enter(mode ? 1 : 0);

    public void Dispose()
    {
        var owned = Interlocked.Exchange(ref guard, 0);
        if (owned != 0)
            Bridge.torch_inference_mode_leave(owned);
    }
}

public static partial class torch
{
    /// <summary>Stops recording operations on this thread until the result is disposed; does not follow an await.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    /// <summary>Records operations on this thread until the result is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    /// <summary>Records operations on this thread, or does not, until the result is disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    /// <summary>Whether operations are recorded on this thread.</summary>
    public static bool is_grad_enabled() => Bridge.torch_grad_enabled() != 0;

    /// <summary>A faster <see cref="no_grad"/> whose tensors can never be part of a gradient history.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Whether this thread is in inference mode.</summary>
    public static bool is_inference_mode_enabled() => Bridge.torch_inference_mode_enabled() != 0;

    /// <summary>Gradients as functions.</summary>
    public static partial class autograd
    {
        /// <summary>The gradients of the outputs with respect to the inputs, without adding to any <c>grad</c>.</summary>
        /// <param name="outputs">What is differentiated.</param>
        /// <param name="inputs">With respect to what.</param>
        /// <param name="grad_outputs">Weights of the outputs; may be left out for scalars.</param>
        /// <param name="retain_graph">Whether the history can be used again.</param>
        /// <param name="create_graph">Whether the gradients themselves can be differentiated.</param>
        /// <param name="allow_unused">Whether an input may have no influence; its gradient is then null.</param>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            fixed (nint* outs = Handles(outputs), ins = Handles(inputs), grads = Handles(grad_outputs), found = results)
            {
                Bridge.Check(Bridge.torch_autograd_grad(outs, outputs.Count, ins, inputs.Count, grads, grad_outputs?.Count ?? 0,
                    retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, found));
            }
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return Array.ConvertAll(results, result => result == 0 ? null! : new Tensor(result));
        }

        /// <summary>Adds the gradients of the tensors to the <c>grad</c> of the leaves they depend on.</summary>
        /// <param name="tensors">What is differentiated.</param>
        /// <param name="grad_tensors">Weights of the tensors; may be left out for scalars.</param>
        /// <param name="retain_graph">Whether the history can be used again; null means as create_graph.</param>
        /// <param name="create_graph">Whether the gradients themselves can be differentiated.</param>
        /// <param name="inputs">Only these leaves get gradients; null means all.</param>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (nint* outs = Handles(tensors), grads = Handles(grad_tensors), ins = Handles(inputs))
            {
                Bridge.Check(Bridge.torch_backward(outs, tensors.Count, grads, grad_tensors?.Count ?? 0,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, ins, inputs?.Count ?? 0));
            }
            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        /// <summary>Adds the gradients of the tensor to the <c>grad</c> of the leaves it depends on.</summary>
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>Adds the gradients of the tensor to the <c>grad</c> of the leaves it depends on.</summary>
        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            var handles = new nint[tensors?.Count ?? 0];
            for (var i = 0; i < handles.Length; i++)
                handles[i] = tensors![i].Handle;
            return handles;
        }
    }

    public partial class Tensor
    {
        /// <summary>Whether operations on the tensor are recorded.</summary>
        public bool requires_grad
        {
            get => Info.RequiresGrad != 0;
            set => Bridge.Check(Bridge.torch_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>Whether the tensor is no result of recorded operations.</summary>
        public bool is_leaf => Info.IsLeaf != 0;

        /// <summary>Sets whether operations on the tensor are recorded.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets whether operations on the tensor are recorded.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is no leaf.</summary>
        public void retain_grad() => Bridge.Check(Bridge.torch_retain_grad(Handle));

        /// <summary>The gradient added up so far; null before the first.</summary>
        public Tensor? grad
        {
            get
            {
                Bridge.Check(Bridge.torch_grad(Handle, out var found));
                return found == 0 ? null : new Tensor(found);
            }
            set
            {
                Bridge.Check(Bridge.torch_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(value);
            }
        }

        /// <summary>Adds the gradients of this scalar to the <c>grad</c> of the leaves it depends on.</summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">The tensor is no scalar, or nothing was recorded.</exception>
        public void backward() => autograd.backward(this);

        /// <summary>Adds the gradients of this tensor to the <c>grad</c> of the leaves it depends on.</summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);
    }
}
