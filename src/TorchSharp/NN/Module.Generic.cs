namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What can be called with one argument.</summary>
        public interface IModule<T, TResult>
        {
            /// <summary>Runs the module, hooks included.</summary>
            TResult call(T input1);
        }

        /// <summary>What can be called with two arguments.</summary>
        public interface IModule<T1, T2, TResult>
        {
            /// <summary>Runs the module, hooks included.</summary>
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>What can be called with three arguments.</summary>
        public interface IModule<T1, T2, T3, TResult>
        {
            /// <summary>Runs the module, hooks included.</summary>
            TResult call(T1 input1, T2 input2, T3 input3);
        }

        /// <summary>What can be called with four arguments.</summary>
        public interface IModule<T1, T2, T3, T4, TResult>
        {
            /// <summary>Runs the module, hooks included.</summary>
            TResult call(T1 input1, T2 input2, T3 input3, T4 input4);
        }

        /// <summary>A module whose calls can be watched and changed.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            internal readonly OrderedDictionary<string, TPreHook> pre_hooks = [];
            internal readonly OrderedDictionary<string, TPostHook> post_hooks = [];

            /// <summary>A module without hooks yet.</summary>
            protected HookableModule(string name) : base(name) { }

            /// <summary>Adds a function that sees every result and may replace it.</summary>
            public HookRemover register_forward_hook(TPostHook hook) => Add(post_hooks, hook);

            /// <summary>Adds a function that sees every argument and may replace it.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(pre_hooks, hook);

            private HookRemover Add<T>(OrderedDictionary<string, T> hooks, T hook)
            {
                var key = Guid.NewGuid().ToString();
                hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            /// <summary>Takes a hook off again.</summary>
            public class HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
            {
                /// <summary>Takes the hook off.</summary>
                public void remove()
                {
                    module.pre_hooks.Remove(key);
                    module.post_hooks.Remove(key);
                }
            }
        }

        /// <summary>A module of one argument.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T input);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T input)
            {
                foreach (var hook in pre_hooks.Values)
                    input = hook(this, input) ?? input;
                var result = forward(input);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of two arguments.</summary>
        public abstract class Module<T1, T2, TResult> : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T1 input1, T2 input2)
            {
                foreach (var hook in pre_hooks.Values)
                    (input1, input2) = hook(this, input1, input2) ?? (input1, input2);
                var result = forward(input1, input2);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of three arguments.</summary>
        public abstract class Module<T1, T2, T3, TResult> : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>, IModule<T1, T2, T3, TResult>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3)
            {
                foreach (var hook in pre_hooks.Values)
                    (input1, input2, input3) = hook(this, input1, input2, input3) ?? (input1, input2, input3);
                var result = forward(input1, input2, input3);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, input3, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of four arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, (T1, T2, T3, T4)?>, Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, TResult, TResult>>, IModule<T1, T2, T3, T4, TResult>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4)
            {
                foreach (var hook in pre_hooks.Values)
                    (input1, input2, input3, input4) = hook(this, input1, input2, input3, input4) ?? (input1, input2, input3, input4);
                var result = forward(input1, input2, input3, input4);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, input3, input4, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of five arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, (T1, T2, T3, T4, T5)?>, Func<Module<T1, T2, T3, T4, T5, TResult>, T1, T2, T3, T4, T5, TResult, TResult>>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5)
            {
                foreach (var hook in pre_hooks.Values)
                    (input1, input2, input3, input4, input5) = hook(this, input1, input2, input3, input4, input5) ?? (input1, input2, input3, input4, input5);
                var result = forward(input1, input2, input3, input4, input5);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, input3, input4, input5, result) ?? result;
                return result;
            }
        }

        /// <summary>A module of six arguments.</summary>
        public abstract class Module<T1, T2, T3, T4, T5, T6, TResult> : HookableModule<Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, (T1, T2, T3, T4, T5, T6)?>, Func<Module<T1, T2, T3, T4, T5, T6, TResult>, T1, T2, T3, T4, T5, T6, TResult, TResult>>
        {
            /// <summary>A module without components yet.</summary>
            protected Module(string name) : base(name) { }

            /// <summary>What the module computes; callers use <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6);

            /// <summary>Runs the module, hooks included.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5, T6 input6)
            {
                foreach (var hook in pre_hooks.Values)
                    (input1, input2, input3, input4, input5, input6) = hook(this, input1, input2, input3, input4, input5, input6) ?? (input1, input2, input3, input4, input5, input6);
                var result = forward(input1, input2, input3, input4, input5, input6);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, input3, input4, input5, input6, result) ?? result;
                return result;
            }
        }
    }
}
