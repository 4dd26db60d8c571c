namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers (Mersenne twister, on the CPU).</summary>
    public class Generator : IDisposable
    {
        private nint handle;

        private Generator(nint handle) => this.handle = handle;

        /// <summary>A generator of its own with this seed.</summary>
        /// <exception cref="NotSupportedException">Another device than the CPU was asked for.</exception>
        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is not null && device.type != DeviceType.CPU)
                throw new NotSupportedException($"Generators live on the CPU here, not on {device}.");
            Bridge.Check(Bridge.torch_generator(seed, 0, out handle));
        }

        /// <summary>Releases the generator that nobody disposed.</summary>
        ~Generator() => Dispose(false);

        /// <summary>The native generator.</summary>
        /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

        /// <summary>Where the generator lives: the CPU.</summary>
        public Device device => CPU;

        /// <summary>The generator that operators use when they are given none.</summary>
        public static Generator Default
        {
            get
            {
                Bridge.Check(Bridge.torch_generator(0, 1, out var shared));
                return new Generator(shared);
            }
        }

        /// <summary>A byte tensor from which <see cref="set_state"/> continues the same stream.</summary>
        public Tensor get_state()
        {
            Bridge.Check(Bridge.torch_generator_get_state(Handle, out var state));
            return new Tensor(state);
        }

        /// <summary>Continues the stream that <see cref="get_state"/> recorded.</summary>
        public void set_state(Tensor value) => Bridge.Check(Bridge.torch_generator_set_state(Handle, value.Handle));

        /// <summary>Starts the stream of this seed; returns the generator itself.</summary>
        public unsafe Generator manual_seed(long seed)
        {
            var request = stackalloc long[] { 1, seed };
            Bridge.Check(Bridge.torch_generator_seed(Handle, request));
            return this;
        }

        /// <summary>Seeds from the system's randomness and returns the seed.</summary>
        public unsafe long seed()
        {
            var request = stackalloc long[] { 0, 0 };
            Bridge.Check(Bridge.torch_generator_seed(Handle, request));
            return request[1];
        }

        /// <summary>The seed that the stream was started with.</summary>
        public long initial_seed() => (long)Bridge.torch_generator_initial_seed(Handle);

        /// <summary>Releases the generator.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the generator.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0)
                return;
            Bridge.torch_generator_release(handle);
            handle = 0;
        }
    }

    /// <summary>The default random stream.</summary>
    public static partial class random
    {
        /// <summary>Seeds the default stream from the system's randomness and returns the seed.</summary>
        public static long seed() => Generator.Default.seed();

        /// <summary>The seed that the default stream was started with.</summary>
        public static long initial_seed() => Generator.Default.initial_seed();

        /// <summary>Seeds the default streams of all devices.</summary>
        public static Generator manual_seed(long seed)
        {
            Bridge.Check(Bridge.torch_manual_seed(seed));
            return Generator.Default;
        }

        /// <summary>The state of the default stream, a byte tensor.</summary>
        public static Tensor get_rng_state() => Generator.Default.get_state();

        /// <summary>Continues the default stream that <see cref="get_rng_state"/> recorded.</summary>
        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    /// <summary>Seeds the default stream from the system's randomness and returns the seed.</summary>
    public static long seed() => random.seed();

    /// <summary>The seed that the default stream was started with.</summary>
    public static long initial_seed() => random.initial_seed();

    /// <summary>Seeds the default streams of all devices.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    /// <summary>The state of the default stream, a byte tensor.</summary>
    public static Tensor get_rng_state() => random.get_rng_state();

    /// <summary>Continues the default stream that <see cref="get_rng_state"/> recorded.</summary>
    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);
}
