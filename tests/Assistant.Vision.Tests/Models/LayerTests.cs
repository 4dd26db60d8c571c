using Assistant.Vision.Models;
using Assistant.Vision.Tests.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

/// <summary>First values are PyTorch's where a network is trained from nothing, and are not drawn where a file follows.</summary>
[Collection(nameof(RandomNumbers))]
public class LayerTests
{
    public static TheoryData<string> Families() => ["clip", "blip captions", "blip answers", "blip matches", "vit-gpt2", "blip-2", "vilt", "vit"];

    [Fact]
    public void FirstValues_AreThoseOfTheFrameworksOwnLayers()
    {
        using var scope = NewDisposeScope();
        Same(() => nn.Linear(5, 7), () => Layer.Linear(5, 7));
        Same(() => nn.Linear(5, 7, hasBias: false), () => Layer.Linear(5, 7, hasBias: false));
        Same(() => nn.Embedding(9, 4), () => Layer.Embedding(9, 4));
        Same(() => nn.Conv2d(3, 6, 4, stride: 2, padding: 1), () => Layer.Conv2d(3, 6, 4, stride: 2, padding: 1));
        manual_seed(3);
        var wanted = randn(1, 2, 3) * 0.02;
        manual_seed(3);
        Assert.Equal(wanted.data<float>().ToArray(), Layer.Normal(0.02, 1, 2, 3).data<float>().ToArray());

        static void Same(Func<nn.Module<Tensor, Tensor>> framework, Func<nn.Module<Tensor, Tensor>> own)
        {
            manual_seed(3);
            using var wanted = framework();
            manual_seed(3);
            using var given = own();
            AssertSameState(wanted, given);
        }
    }

    [Fact]
    public void UnfilledLayers_ComputeAsTheOthersOnceTheyAreFilled()
    {
        using var scope = NewDisposeScope();
        Same(() => Layer.Linear(5, 7), randn(2, 5));
        Same(() => Layer.Embedding(9, 4), tensor(new long[] { 8, 0, 3 }));
        Same(() => Layer.Conv2d(3, 6, 4, stride: 2, padding: 1), randn(2, 3, 8, 8));
        Same(() => Layer.Conv2d(3, 6, 4, bias: false), randn(2, 3, 8, 8));

        static void Same(Func<nn.Module<Tensor, Tensor>> make, Tensor input)
        {
            using var filled = make();
            using var unfilled = Layer.Unfilled(make);
            unfilled.load_state_dict(filled.state_dict());
            AssertSameState(filled, unfilled);
            Assert.Equal(filled.call(input).data<float>().ToArray(), unfilled.call(input).data<float>().ToArray());
            unfilled.call(input).sum().backward();
            Assert.All(unfilled.parameters(), parameter => Assert.Equal(parameter.shape, parameter.grad!.shape));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void AnUnfilledNetwork_IsTheSameNetwork_AndDrawsNoRandomNumbers(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(name);
        var family = ModelFamily.Of(ModelConfig.Load(folder.File("config.json")));
        manual_seed(11);
        var next = rand(4).data<float>().ToArray();
        manual_seed(11);
        using var unfilled = family.BuildUnfilled(ScalarType.BFloat16);
        Assert.Equal(next, rand(4).data<float>().ToArray());
        using var filled = family.Build();
        var (wanted, given) = (filled.state_dict(), unfilled.state_dict());
        Assert.Equal(wanted.Keys, given.Keys);
        Assert.All(wanted, entry =>
        {
            Assert.Equal(entry.Value.shape, given[entry.Key].shape);
            Assert.Equal(entry.Value.requires_grad, given[entry.Key].requires_grad);
            Assert.Equal(DeviceType.CPU, given[entry.Key].device_type);
            Assert.Equal(entry.Value.is_floating_point() ? ScalarType.BFloat16 : entry.Value.dtype, given[entry.Key].dtype);
        });

        // What is loaded is what the file holds, wherever it is converted and wherever it is not.
        var file = Checkpoint.ReadAll(folder.Path);
        Checkpoint.Load(unfilled, folder.Path, family.Names);
        Checkpoint.Load(filled, folder.Path, family.Names);
        var checkedTensors = 0;
        foreach (var (key, value) in file)
        {
            if ((family.Names is null ? key : family.Names(key)) is not { } target)
                continue;
            checkedTensors++;
            Assert.Equal(value.data<float>().ToArray(), wanted[target].data<float>().ToArray());
            Assert.True(value.to(ScalarType.BFloat16).eq(given[target]).all().item<bool>());
        }
        Assert.Equal(wanted.Count, checkedTensors);
    }

    [Fact]
    public void AfterANetworkThatCannotBeBuilt_LayersHaveFirstValuesAgain()
    {
        manual_seed(5);
        using var wanted = nn.Linear(6, 6);
        Assert.Throws<InvalidOperationException>(() => Layer.Unfilled<nn.Module>(() => throw new InvalidOperationException()));
        manual_seed(5);
        using var given = Layer.Unfilled(() => Elsewhere(() => Layer.Linear(6, 6))); // another thread builds a network of its own
        AssertSameState(wanted, given);

        static T Elsewhere<T>(Func<T> work)
        {
            var made = default(T);
            var thread = new Thread(() => made = work());
            thread.Start();
            thread.Join();
            return made!;
        }
    }

    private static void AssertSameState(nn.Module wanted, nn.Module given)
    {
        var (a, b) = (wanted.state_dict(), given.state_dict());
        Assert.Equal(a.Keys, b.Keys);
        Assert.All(a, entry =>
        {
            Assert.Equal(entry.Value.requires_grad, b[entry.Key].requires_grad);
            Assert.Equal(entry.Value.shape, b[entry.Key].shape);
            Assert.Equal(entry.Value.data<float>().ToArray(), b[entry.Key].data<float>().ToArray());
        });
    }

    private static ModelFolder Folder(string name) => name switch
    {
        "clip" => RandomFolders.Clip(),
        "blip captions" => RandomFolders.BlipCaption(),
        "blip answers" => RandomFolders.BlipVqa(),
        "blip matches" => RandomFolders.BlipItm(),
        "vit-gpt2" => RandomFolders.VitGpt2(),
        "blip-2" => RandomFolders.Blip2(),
        "vilt" => RandomFolders.Vilt(),
        _ => RandomFolders.ViT(),
    };
}
