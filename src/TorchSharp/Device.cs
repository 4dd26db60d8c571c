using System.Globalization;

namespace TorchSharp;

/// <summary>The kinds of device, numbered as in libtorch.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,
    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
    /// <summary>Intel's MKL-DNN; reserved.</summary>
    MKLDNN = 2,
    /// <summary>OpenGL.</summary>
    OPENGL = 3,
    /// <summary>OpenCL.</summary>
    OPENCL = 4,
    /// <summary>IDEEP.</summary>
    IDEEP = 5,
    /// <summary>An AMD GPU.</summary>
    HIP = 6,
    /// <summary>FPGA.</summary>
    FPGA = 7,
    /// <summary>Microsoft's ONNX Runtime.</summary>
    MSNPU = 8,
    /// <summary>XLA or TPU.</summary>
    XLA = 9,
    /// <summary>Apple's Metal Performance Shaders.</summary>
    MPS = 13,
    /// <summary>No data, shapes only.</summary>
    META = 14,
}

public static partial class torch
{
    /// <summary>Where a tensor lives: a kind of device and the index of one of them.</summary>
    public class Device
    {
        /// <summary>The kind of device.</summary>
        public DeviceType type { get; private set; } = DeviceType.CPU;

        /// <summary>Which device of its kind; -1 is the current one.</summary>
        public int index { get; private set; } = -1;

        /// <summary>Parses a description such as "cpu", "cuda" or "cuda:1".</summary>
        /// <exception cref="ArgumentException">The description names no known device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = ParseType(parts[0], description);
            if (parts.Length > 1)
            {
                if (parts.Length > 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    throw new ArgumentException($"'{description}' is not a device; write for example 'cpu' or 'cuda:0'.", nameof(description));
                index = number;
            }
        }

        /// <summary>A device by kind and index.</summary>
        public Device(string deviceType, int index = -1) => (type, this.index) = (ParseType(deviceType, deviceType), index);

        /// <summary>A device by kind and index.</summary>
        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        /// <summary>The CUDA device with this index.</summary>
        public Device(int index) => (type, this.index) = (DeviceType.CUDA, index);

        private static DeviceType ParseType(string name, string description) =>
            Enum.TryParse<DeviceType>(name, ignoreCase: true, out var parsed) && !int.TryParse(name, out _)
                ? parsed
                : throw new ArgumentException($"'{description}' is not a device; write for example 'cpu' or 'cuda:0'.", nameof(description));

        /// <inheritdoc/>
        public override string ToString() =>
            type.ToString().ToLowerInvariant() + (index == -1 ? "" : string.Create(CultureInfo.InvariantCulture, $":{index}"));

        /// <summary>Parses a description such as "cuda:1".</summary>
        public static implicit operator Device(string description) => new(description);
    }

    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The current CUDA device.</summary>
    public static Device CUDA { get; } = new(DeviceType.CUDA);

    /// <summary>The device without data.</summary>
    public static readonly Device META = new(DeviceType.META);

    /// <summary>Parses a description such as "cpu" or "cuda:1".</summary>
    public static Device device(string description) => new(description);

    /// <summary>A device by kind and index.</summary>
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    /// <summary>A device by kind and index.</summary>
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>The CUDA device with this index.</summary>
    public static Device device(int index) => new(DeviceType.CUDA, index);
}
