using Assistant.Training.Recipes;
using Assistant.Training.Trainer;

namespace Assistant.Training.Tests.Recipes;

public sealed class RecipeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assistant-recipe-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ARunFolder_BelongsToOneBeginning()
    {
        var start = Path.Combine(folder, "start.gguf");
        File.WriteAllText(start, "weights");
        var run = Path.Combine(folder, "run");
        new Empty { RunDirectory = run, From = start }.Run();
        new Empty { RunDirectory = run, From = start }.Run(); // goes on

        var nothing = Assert.Throws<TrainingException>(() => new Empty { RunDirectory = run }.Run());
        Assert.Contains("began from start.gguf ", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("begins from nothing", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("stream 1", Assert.Throws<TrainingException>(() => new Empty { RunDirectory = run, From = start, Stream = 1 }.Run()).Message, StringComparison.Ordinal);
        File.WriteAllText(start, "other weights");
        Assert.Throws<TrainingException>(() => new Empty { RunDirectory = run, From = start }.Run());
    }

    [Fact]
    public void AnotherStream_HasAnotherSeed()
    {
        List<ulong> seeds = [];
        foreach (var stream in (int[])[0, 1, 2, 0])
            new Empty { RunDirectory = Path.Combine(folder, $"{seeds.Count}"), Stream = stream, OnRun = seeds.Add }.Run();
        Assert.Equal(3, seeds.Distinct().Count());
        Assert.Equal(seeds[0], seeds[3]);
    }

    /// <summary>A recipe without stages.</summary>
    private sealed class Empty : Recipe
    {
        public string? From { get; init; }

        public Action<ulong>? OnRun { get; init; }

        private protected override ulong FirstSeed => 5;

        private protected override string Origin => From is null ? Nothing : OriginOf(From);

        private protected override void Run(Action<ITrainingStage> train, CancellationToken cancellationToken) => OnRun?.Invoke(Seed);
    }
}
