namespace LlamaCpp.Tests;

public class LlamaContextTests
{
    private static readonly int[] Prompt = [1, .. Enumerable.Range(0, 20).Select(i => TinyModel.FirstWord + 3 * i)];

    [Fact]
    public void Decode_GivesTheSameLogits_InOnePieceAndInMany()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var whole = Make(model);
        using var split = Make(model);

        var expected = Feed(whole, Prompt);
        Feed(split, Prompt[..7]);
        var actual = Feed(split, Prompt[7..], at: 7);

        AssertClose(expected, actual);
        Assert.True(expected.Max() - expected.Min() > 1);
    }

    [Fact]
    public void Embeddings_OfTokens_EqualTheTokens()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var tokens = Make(model);
        using var rows = Make(model);
        var tiny = new TinyModel();

        var expected = Feed(tokens, Prompt);
        var batch = new LlamaBatch(Prompt.Length);
        for (var i = 0; i < Prompt.Length; i++)
            batch.AddEmbedding(tiny.Embedding(Prompt[i]), i, logits: i == Prompt.Length - 1);
        Assert.Equal(DecodeResult.Ok, rows.Decode(batch));

        Assert.Equal(expected, rows.GetLogits(Prompt.Length - 1));
    }

    [Fact]
    public void Logits_OfEveryPosition_CanBeAskedFor()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var single = Make(model);
        var batch = new LlamaBatch(Prompt.Length);
        for (var i = 0; i < Prompt.Length; i++)
            batch.AddToken(Prompt[i], i, logits: true);
        Assert.Equal(DecodeResult.Ok, context.Decode(batch));

        for (var i = 0; i < Prompt.Length; i += 5)
        {
            single.Memory.Clear();
            AssertClose(Feed(single, Prompt[..(i + 1)]), context.GetLogits(i));
        }
    }

    [Fact]
    public void Logits_NotAskedFor_AreAnException()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var sampler = new LlamaSampler(model);
        var batch = new LlamaBatch(2);
        batch.AddToken(1, 0);
        batch.AddToken(5, 1);

        Assert.Throws<InvalidOperationException>(() => context.GetLogits(0));
        Assert.Equal(DecodeResult.Ok, context.Decode(batch));
        Assert.Throws<InvalidOperationException>(() => context.GetLogits(1));
        Assert.Throws<InvalidOperationException>(() => sampler.Sample(context, 1));
        Assert.Throws<InvalidOperationException>(() => context.GetLogits(-1));
    }

    public static TheoryData<string, Action<LlamaBatch>> BadBatches => new()
    {
        { "empty", _ => { } },
        { "at most 32", batch => { for (var i = 0; i < 33; i++) batch.AddToken(1, i); } },
        { "Sequence 4", batch => batch.AddToken(1, 0, sequence: 4) },
        { "vocabulary has", batch => batch.AddToken(TinyModel.Tokens.Count, 0) },
        { "goes on at 0", batch => batch.AddToken(1, 3) },
        { "goes on at 1", batch => { batch.AddToken(1, 0); batch.AddToken(1, 0); } },
        { "goes on at 1", batch => { batch.AddToken(1, 0); batch.AddToken(1, 2); } },
        { "model's embeddings 64", batch => batch.AddEmbedding(new float[32], 0) },
    };

    [Theory]
    [MemberData(nameof(BadBatches))]
    public void Decode_RefusesWhatLlamaWouldAbortOn_AndGoesOn(string message, Action<LlamaBatch> fill)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model, new() { ContextLength = 128, BatchSize = 32, MaxSequences = 4, Threads = 1 });
        var batch = new LlamaBatch(64);
        fill(batch);

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => context.Decode(batch)).Message, StringComparison.Ordinal);

        Assert.NotEmpty(Feed(context, Prompt[..4]));
    }

    [Fact]
    public void PositionsBeyondAModelsTable_AreRefused()
    {
        using var model = LlamaModel.Load(TinyGpt2.WriteTo("gpt2.gguf"));
        using var context = Make(model, new() { ContextLength = 256, Threads = 1 });
        Assert.NotEmpty(Feed(context, Prompt[..TinyGpt2.ContextLength]));
        var batch = new LlamaBatch(1);
        batch.AddToken(5, TinyGpt2.ContextLength);

        Assert.Contains("learned 8 positions", Assert.Throws<ArgumentException>(() => context.Decode(batch)).Message, StringComparison.Ordinal);
        Assert.Contains("learned 8 positions", Assert.Throws<ArgumentOutOfRangeException>(() => new LlamaEmbedder(model, 9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FullCache_IsAResult_AndLeavesTheMemoryAsItWas()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model, new() { ContextLength = 256, BatchSize = 256, Threads = 1 });
        var room = context.ContextLength;
        for (var at = 0; at < room; at += 64)
            Feed(context, Enumerable.Repeat(5, 64).ToArray(), at);
        var batch = new LlamaBatch(1);
        batch.AddToken(5, room, logits: true);

        Assert.Equal(DecodeResult.NoSpace, context.Decode(batch));
        Assert.Equal(room - 1, context.Memory.LastPosition(0));
        Assert.Throws<InvalidOperationException>(() => context.GetLogits(0));

        Assert.True(context.Memory.Remove(0, 10));
        Assert.NotEmpty(Feed(context, Prompt[..4], at: 10));
    }

    [Fact]
    public void Cancellation_StopsADecode_AndTheContextGoesOn()
    {
        using var model = LlamaModel.Load(new TinyModel { Width = 256, Layers = 6, FeedForward = 1024, ContextLength = 8192 }.WriteTo("wide.gguf"));
        using var context = Make(model, new() { ContextLength = 8192, BatchSize = 4096, MicroBatchSize = 64, Threads = 1 });
        var expected = Feed(context, Prompt);
        var batch = new LlamaBatch(4000);
        for (var i = 0; i < 4000; i++)
            batch.AddToken(TinyModel.FirstWord + i % 50, Prompt.Length + i);

        using var cancellation = new CancellationTokenSource();
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(60));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = context.Decode(batch, cancellation.Token);
        watch.Stop();

        Assert.Equal(DecodeResult.Cancelled, result);
        Assert.True(watch.ElapsedMilliseconds < 2000, $"took {watch.ElapsedMilliseconds} ms");
        Assert.Equal(Prompt.Length - 1, context.Memory.LastPosition(0));
        Assert.Equal(DecodeResult.Cancelled, context.Decode(batch, new CancellationToken(canceled: true)));
        context.Memory.Clear();
        AssertClose(expected, Feed(context, Prompt));
    }

    public static TheoryData<string, LlamaContextOptions> BadOptions => new()
    {
        { "ContextLength", new() { ContextLength = -1 } },
        { "ContextLength", new() { ContextLength = int.MaxValue } },
        { "BatchSize", new() { BatchSize = 0 } },
        { "MicroBatchSize", new() { MicroBatchSize = -5 } },
        { "MaxSequences", new() { MaxSequences = 100_000 } },
        { "Threads", new() { Threads = 513 } },
        { "BatchThreads", new() { BatchThreads = -1 } },
        { "FlashAttention", new() { FlashAttention = (FlashAttention)9 } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Create_NamesTheOptionThatIsOutOfRange(string name, LlamaContextOptions options)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => new LlamaContext(model, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_RefusesAContextLargerThanTheMemory()
    {
        using var model = LlamaModel.Load(new TinyModel { Width = 1024, Heads = 16, KeyValueHeads = 16, Layers = 1, FeedForward = 32 }.WriteTo("huge-context.gguf"));
        var e = Assert.Throws<LlamaException>(() => new LlamaContext(model, new() { ContextLength = 1 << 24, KeyValueType = KeyValueType.F32 }));
        Assert.Contains("choose a smaller context", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoThreadsAtOnce_AreAnException()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var holder = Task.Run(() =>
        {
            using var entered = context.Enter();
            inside.Set();
            leave.Wait(TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        inside.Wait(TestContext.Current.CancellationToken);

        Assert.Contains("another thread", Assert.Throws<InvalidOperationException>(context.Memory.Clear).Message, StringComparison.Ordinal);

        leave.Set();
        await holder;
        Assert.NotEmpty(Feed(context, Prompt));
    }

    [Fact]
    public void UseAfterDispose_IsAnException()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        var context = Make(model);
        context.Dispose();

        Assert.Throws<ObjectDisposedException>(() => context.Memory.Clear());
        Assert.Throws<ObjectDisposedException>(() => context.SetThreads(1, 1));
    }

    [Fact]
    public void SetThreads_ChecksItsRange()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model, new() { ContextLength = 256, Threads = 2 });

        Assert.Throws<ArgumentOutOfRangeException>(() => context.SetThreads(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.SetThreads(1, 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.SetThreads(1, 3)); // it has two
        context.SetThreads(2, 2);
        Assert.NotEmpty(Feed(context, Prompt));
    }

    internal static LlamaContext Make(LlamaModel model, LlamaContextOptions? options = null) =>
        new(model, options ?? new() { ContextLength = 256, BatchSize = 64, MaxSequences = 3, Threads = 1 });

    /// <summary>Decodes tokens and gives the logits after the last one.</summary>
    internal static float[] Feed(LlamaContext context, int[] tokens, int at = 0, int sequence = 0)
    {
        var batch = new LlamaBatch(tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
            batch.AddToken(tokens[i], at + i, sequence, logits: i == tokens.Length - 1);
        Assert.Equal(DecodeResult.Ok, context.Decode(batch));
        return context.GetLogits(tokens.Length - 1);
    }

    internal static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 2e-2, $"logit {i}: {expected[i]} and {actual[i]}");
    }
}
