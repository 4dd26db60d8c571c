using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>A tensor that a module learns. It belongs to no dispose scope: its module owns it.</summary>
        public class Parameter : Tensor
        {
            /// <summary>Makes a parameter that shares the memory of a tensor; the tensor may be disposed.</summary>
            public Parameter(Tensor data, bool requires_grad = true) : base(Leaf(data))
            {
                DetachFromDisposeScope();
                if (requires_grad)
                    this.requires_grad = true;
            }

            private static nint Leaf(Tensor data)
            {
                using var gradient = no_grad();
                // alias gives a tensor of its own, detach takes it out of the history; both share the memory.
                return data.detach().DecoupleFromNativeHandle();
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A tensor that a module learns.</summary>
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
