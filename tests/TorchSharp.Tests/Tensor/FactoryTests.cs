using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class FactoryTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Factories_MakeShapesTypesAndValues()
    {
        Assert.Equal([0f, 0, 0, 0], zeros(2, 2).data<float>().ToArray());
        Assert.Equal([1L, 1], ones(2, dtype: int64).data<long>().ToArray());
        Assert.Equal([2.5, 2.5], full([2], 2.5, float64).data<double>().ToArray());
        Assert.Equal(int64, full([2], 3).dtype);
        Assert.Equal([1L, 3, 5], arange(1, 7, 2).data<long>().ToArray());
        Assert.Equal([0f, 0.5f, 1], linspace(0, 1, 3).data<float>().ToArray());
        Assert.Equal([1f, 0, 0, 1], eye(2).data<float>().ToArray());
        Assert.Equal([2L, 3], tensor(new float[2, 3]).shape);
        Assert.Equal([2L, 3, 4], from_array(new byte[2, 3, 4]).shape);
        Assert.Equal(uint8, from_array(new byte[2]).dtype);
        Assert.Equal(bfloat16, tensor(new float[] { 1 }, dtype: bfloat16).dtype);
        Assert.Empty(tensor(3).shape);
        Assert.Equal(int32, tensor(3).dtype);
        Assert.True(ones(1, requires_grad: true).requires_grad);
        Assert.Equal([3f], frombuffer(new byte[] { 0, 0, 0, 0, 0, 0, 0x40, 0x40 }, float32, offset: 1).data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => tensor(new float[5], [2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => frombuffer(new byte[7], float32, count: 2));
        Assert.Throws<NotSupportedException>(() => from_array(new string[1]));
        Assert.Throws<NotSupportedException>(() => zeros(1, names: ["N"]));
        Assert.Throws<ExternalException>(() => zeros(-1));
    }

    [Fact]
    public void Tensors_AreCopiesOfTheirArrays()
    {
        var array = new float[] { 1, 2 };
        var copy = tensor(array);
        array[0] = 9;
        Assert.Equal(1f, copy[0].item<float>());
    }

    [Fact]
    public void Seeds_RepeatTheStream_AndStatesContinueIt()
    {
        manual_seed(42);
        var first = randn(4).data<float>().ToArray();
        var state = get_rng_state();
        var next = rand(3).data<float>().ToArray();
        manual_seed(42);
        Assert.Equal(first, randn(4).data<float>().ToArray());
        Assert.Equal(next, rand(3).data<float>().ToArray());
        set_rng_state(state);
        Assert.Equal(next, rand(3).data<float>().ToArray());
        Assert.Equal(42, initial_seed());
        Assert.Equal(uint8, state.dtype);
        Assert.Throws<ExternalException>(() => set_rng_state(zeros(3, dtype: uint8)));
    }

    [Fact]
    public void TheDefaultStream_IsPyTorchs()
    {
        manual_seed(0); // torch.manual_seed(0); torch.randn(3)
        Assert.True(randn(3).allclose(tensor(new[] { 1.5410f, -0.2934f, -2.1788f }), atol: 1e-4));
    }

    [Fact]
    public void Generators_AreStreamsOfTheirOwn()
    {
        using var generator = new Generator(7);
        using var same = new Generator(7);
        manual_seed(1);
        var untouched = get_rng_state();
        var a = rand(3, generator: generator);
        Assert.True(get_rng_state().Equals(untouched));
        Assert.True(rand(3, generator: same).Equals(a));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (long)i), randperm(9, generator: generator).data<long>().Order());
        Assert.All(randint(3, 5, [50], generator: generator).data<long>().ToArray(), value => Assert.InRange(value, 3, 4));
        generator.manual_seed(7);
        Assert.True(rand(3, generator: generator).Equals(a));
        Assert.Throws<NotSupportedException>(() => new Generator(1, CUDA));
    }

    [Fact]
    public void Initialisers_KeepTheirBounds()
    {
        manual_seed(5);
        using var layer = nn.Linear(64, 32);
        Assert.InRange(layer.weight!.abs().max().ToDouble(), 0.1, 1 / Math.Sqrt(64));
        Assert.InRange(layer.bias!.abs().max().ToDouble(), 0.05, 1 / Math.Sqrt(64));
        var weight = empty(200, 100);
        Assert.InRange(nn.init.kaiming_normal_(weight, nonlinearity: nn.init.NonlinearityType.ReLU).std().ToDouble(), 0.137, 0.146);
        Assert.InRange(nn.init.xavier_uniform_(weight).abs().max().ToDouble(), 0.13, Math.Sqrt(6.0 / 300));
        Assert.InRange(nn.init.trunc_normal_(weight, std: 0.02).std().ToDouble(), 0.0185, 0.0215);
        Assert.True(nn.init.trunc_normal_(weight, std: 2).abs().max().ToDouble() <= 2);
        Assert.Equal(5.0 / 3, nn.init.calculate_gain(nn.init.NonlinearityType.Tanh));
        Assert.Throws<ArgumentException>(() => nn.init.xavier_uniform_(empty(3)));
    }

    [Fact]
    public void Devices_AreParsedAndRefused()
    {
        Assert.Equal("cuda:1", device("cuda:1").ToString());
        Assert.Equal((DeviceType.CPU, -1), (device("cpu").type, device("cpu").index));
        Assert.Throws<ArgumentException>(() => device("gpu"));
        Assert.Throws<ArgumentException>(() => device("cuda:x"));
        Assert.Equal(cuda.device_count() > 0, cuda.is_available());
        if (!cuda.is_available())
            Assert.Throws<ExternalException>(() => ones(1, device: CUDA));
        Assert.Equal(DeviceType.META, ones(2, device: META).device.type);
    }

    [Fact]
    public void Threads_CanBeSet()
    {
        var before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
        Assert.Throws<ExternalException>(() => set_num_threads(0));
        Assert.False(string.IsNullOrEmpty(__version__));
    }
}
