using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Pipelines;

/// <summary>Opening a pipeline spends nothing on first values that its file overwrites.</summary>
[Collection(nameof(RandomNumbers))]
public class PipelineOpeningTests
{
    public static TheoryData<string, ScalarType> Pipelines() => PipelineLifetimeTests.Pipelines();

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Opening_DrawsNoRandomNumbers(string name, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var folder = PipelineLifetimeTests.Folder(name);
        manual_seed(17);
        var next = rand(4).data<float>().ToArray();
        manual_seed(17);
        PipelineLifetimeTests.Open(name, folder.Path, dtype).Pipeline.Dispose();
        Assert.Equal(next, rand(4).data<float>().ToArray());
    }
}
