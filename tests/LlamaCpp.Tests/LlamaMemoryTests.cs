using static LlamaCpp.Tests.LlamaContextTests;

namespace LlamaCpp.Tests;

public class LlamaMemoryTests
{
    private static readonly int[] Prompt = [1, .. Enumerable.Range(0, 15).Select(i => TinyModel.FirstWord + 4 * i)];

    [Fact]
    public void Copy_SharesAPrefix_ExactlyAsIfItHadBeenRead()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        var expected = Feed(context, Prompt);

        context.Memory.Copy(0, 1, to: 10);

        Assert.Equal(9, context.Memory.LastPosition(1));
        AssertClose(expected, Feed(context, Prompt[10..], at: 10, sequence: 1));
        Assert.Contains("not empty", Assert.Throws<ArgumentException>(() => context.Memory.Copy(0, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RecurrentModel_CopiesAllOrNothing(bool sharedCells)
    {
        using var model = LlamaModel.Load(TinyMamba.WriteTo("mamba.gguf"));
        using var context = Make(model, new() { ContextLength = 256, MaxSequences = 3, SharedCells = sharedCells, Threads = 1 });
        var expected = Feed(context, Prompt);

        // Its state holds all that was read: a part of it would be an answer to somebody else.
        Assert.Contains("cannot forget", Assert.Throws<LlamaException>(() => context.Memory.Copy(0, 1, to: 10)).Message, StringComparison.Ordinal);
        Assert.Equal((14 + 1, -1), (context.Memory.LastPosition(0), context.Memory.LastPosition(1)));
        AssertClose(expected, Feed(context, Prompt, sequence: 1));

        context.Memory.Copy(0, 2, to: Prompt.Length);
        AssertClose(Feed(context, [7], at: Prompt.Length), Feed(context, [7], at: Prompt.Length, sequence: 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SequencesWithCellsOfTheirOwn_AreCopied_AndDoNotDisturbEachOther(int threads)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model, new() { ContextLength = 256, MaxSequences = 3, SharedCells = false, Threads = threads });
        Assert.Equal((256, 768, false), (context.SequenceLength, context.ContextLength, context.SharedCells));
        var expected = Feed(context, Prompt);
        Feed(context, [9, 8, 7, 6, 5], sequence: 2);

        context.Memory.Copy(0, 1, to: 10);

        Assert.Equal((14 + 1, 9, 4), (context.Memory.LastPosition(0), context.Memory.LastPosition(1), context.Memory.LastPosition(2)));
        AssertClose(expected, Feed(context, Prompt[10..], at: 10, sequence: 1));
        Assert.Contains("not empty", Assert.Throws<ArgumentException>(() => context.Memory.Copy(0, 1)).Message, StringComparison.Ordinal);
        Assert.True(context.Memory.StateSize(0) > context.Memory.StateSize(2));
        Assert.Equal(context.Memory.StateSize(0), context.Memory.Save(0).Length);

        // Each has all of its length, whatever the others hold.
        Feed(context, [.. Enumerable.Repeat(5, 256 - Prompt.Length)], at: Prompt.Length);
        Feed(context, [.. Enumerable.Repeat(5, 256 - 5)], at: 5, sequence: 2);
        var batch = new LlamaBatch(4);
        batch.AddToken(5, 256);
        Assert.Equal(DecodeResult.NoSpace, context.Decode(batch));
    }

    [Fact]
    public void Remove_AndDecodeAgain_GivesTheSameLogits()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        var expected = Feed(context, Prompt);
        Feed(context, [7, 8, 9], at: Prompt.Length);

        Assert.True(context.Memory.Remove(0, Prompt.Length - 1));
        Assert.Equal(expected, Feed(context, Prompt[^1..], at: Prompt.Length - 1), (a, b) => Math.Abs(a - b) < 2e-2);
        Assert.Equal(0, context.Memory.FirstPosition(0));
    }

    [Fact]
    public void Keep_EmptiesTheOthers()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        Feed(context, Prompt);
        Feed(context, Prompt, sequence: 2);

        context.Memory.Keep(2);

        Assert.Equal(-1, context.Memory.LastPosition(0));
        Assert.Equal(Prompt.Length - 1, context.Memory.LastPosition(2));
        context.Memory.Clear();
        Assert.Equal(-1, context.Memory.LastPosition(2));
    }

    [Fact]
    public void Shift_ClosesTheGap()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        Feed(context, Prompt);

        Assert.True(context.Memory.CanShift);
        Assert.True(context.Memory.Shift(0, 2, 6));

        Assert.Equal(Prompt.Length - 5, context.Memory.LastPosition(0));
        Assert.NotEmpty(Feed(context, [5], at: Prompt.Length - 4));
    }

    [Fact]
    public void SavedSequence_Restores_IntoAnotherSequenceAndContext()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        using var other = Make(model);
        Feed(context, Prompt[..^1]);
        var state = context.Memory.Save(0);
        var expected = Feed(context, Prompt[^1..], at: Prompt.Length - 1);

        Feed(other, [4, 5, 6], sequence: 2);
        other.Memory.Restore(2, state);

        Assert.Equal(Prompt.Length - 2, other.Memory.LastPosition(2));
        Assert.Equal(expected, Feed(other, Prompt[^1..], at: Prompt.Length - 1, sequence: 2));
    }

    [Fact]
    public void Restore_RefusesWhatIsDamagedOrForeign()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);
        Feed(context, Prompt);
        var state = context.Memory.Save(0);
        using var otherModel = LlamaModel.Load(new TinyModel { Layers = 3 }.WriteTo("three-layers.gguf"));
        using var otherContext = Make(otherModel);

        Assert.Contains("damaged", Refused(context, Flip(state, state.Length - 5)), StringComparison.Ordinal);
        Assert.Contains("damaged", Refused(context, state[..^8]), StringComparison.Ordinal);
        Assert.Contains("not a saved", Refused(context, "hello"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("another model", Refused(otherContext, state), StringComparison.Ordinal);
        Assert.Equal(Prompt.Length - 1, context.Memory.LastPosition(0));

        static string Refused(LlamaContext context, byte[] state) => Assert.Throws<ArgumentException>(() => context.Memory.Restore(1, state)).Message;
        static byte[] Flip(byte[] bytes, int at)
        {
            var copy = bytes.ToArray();
            copy[at] ^= 0xFF;
            return copy;
        }
    }

    [Fact]
    public void Restore_WithoutRoom_IsAnException()
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var large = Make(model, new() { ContextLength = 1024, BatchSize = 512, Threads = 1 });
        using var small = Make(model);
        Feed(large, Enumerable.Repeat(5, 500).ToArray());

        Assert.Contains("does not fit", Assert.Throws<LlamaException>(() => small.Memory.Restore(0, large.Memory.Save(0))).Message, StringComparison.Ordinal);
        Assert.NotEmpty(Feed(small, Prompt));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void Sequences_OutOfRange_AreRefused(int sequence)
    {
        using var model = LlamaModel.Load(TinyModel.DefaultPath);
        using var context = Make(model);

        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Remove(sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Copy(0, sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Copy(sequence, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Keep(sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Shift(sequence, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.LastPosition(sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.FirstPosition(sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Save(sequence));
        Assert.Throws<ArgumentOutOfRangeException>(() => context.Memory.Restore(sequence, [1]));
        Assert.Throws<ArgumentException>(() => context.Memory.Remove(0, 5, 3));
    }
}
