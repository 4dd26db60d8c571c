namespace Assistant.Vision.Tests;

/// <summary>Tests that compare random numbers: there is one default generator for the process, so nothing else may run beside them.</summary>
[CollectionDefinition(nameof(RandomNumbers), DisableParallelization = true)]
public sealed class RandomNumbers;
