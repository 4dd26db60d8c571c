using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;

namespace Assistant.Chat.Tests.Engine;

public sealed class TowerQueueTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly FakeImageEncoder encoder = new();
    private readonly ImageFeatureCache cache = new();
    private readonly DecodedImageCache pixels = new();
    private readonly Clock clock = new();
    private readonly TowerQueue queue;
    private readonly ManualResetEventSlim release = new();
    private double secondsPerPicture;

    public TowerQueueTests()
    {
        queue = new TowerQueue(encoder, cache, pixels, clock);
        encoder.OnEncode = (_, _) =>
        {
            release.Wait(Soon, CancellationToken.None);
            clock.Now += secondsPerPicture;
        };
    }

    public void Dispose()
    {
        release.Set();
        queue.Dispose();
        release.Dispose();
    }

    [Fact]
    public async Task QuickTower_TakesTogether_WhatWaitsTogether()
    {
        secondsPerPicture = 0.01;
        var asked = Ask(1);
        await InTowerAsync(1);
        var one = pixels.Size;
        asked = [.. asked, .. Ask(2, 3, 4)];
        Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => pixels.Size >= 4 * one, Soon)), "the others were not decoded");
        await Task.Delay(50, TestContext.Current.CancellationToken); // from the cache of pixels into the queue
        release.Set();

        var answers = await Task.WhenAll(asked).WaitAsync(Soon);

        Assert.All(answers.Zip([1, 2, 3, 4]), pair => Assert.Equal(Expected(pair.Second), pair.First.Features));
        Assert.Equal(4, encoder.Groups.Sum());
        Assert.InRange(encoder.Groups.Max(), 2, 3);
    }

    [Fact]
    public async Task SlowTower_TakesOneByOne_InTheOrderOfArrival()
    {
        secondsPerPicture = 1;
        var finished = new List<int>();
        var asked = new[] { 5, 3, 4, 1, 2 }.Select(async number =>
        {
            await queue.EncodeAsync(Picture(number), CancellationToken.None).ConfigureAwait(false);
            lock (finished)
                finished.Add(number);
        }).ToList();
        encoder.OnEncode += (_, _) => SpinWait.SpinUntil(() => { lock (finished) return finished.Count == encoder.Runs - 1; }, Soon); // who was served has noticed
        release.Set();

        await Task.WhenAll(asked).WaitAsync(Soon);

        Assert.Equal([1, 1, 1, 1, 1], encoder.Groups);
        Assert.Equal([5, 3, 4, 1, 2], finished);
    }

    [Fact]
    public async Task SamePicture_GoesThroughOnce_AndStaysForThoseWhoStay()
    {
        using var leave = new CancellationTokenSource();
        var leaving = queue.EncodeAsync(Picture(1), leave.Token);
        var staying = queue.EncodeAsync(Picture(1), CancellationToken.None);
        await InTowerAsync(1);
        var late = queue.EncodeAsync(Picture(1), CancellationToken.None);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Soon));
        release.Set();

        Assert.Equal(Expected(1), (await staying.WaitAsync(Soon)).Features);
        Assert.Equal(Expected(1), (await late.WaitAsync(Soon)).Features);
        Assert.False((await queue.EncodeAsync(Picture(1), CancellationToken.None).WaitAsync(Soon)).Ran);
        Assert.Equal(1, encoder.Runs);
    }

    [Fact]
    public async Task PictureThatNobodyWaitsFor_IsStopped_OrNeverBegun()
    {
        encoder.OnEncode = (number, token) =>
        {
            if (number == 1)
                Assert.True(token.WaitHandle.WaitOne(Soon), "the tower was not stopped");
            token.ThrowIfCancellationRequested();
        };
        using var leave = new CancellationTokenSource();
        Task[] leaving = [queue.EncodeAsync(Picture(1), leave.Token), queue.EncodeAsync(Picture(2), leave.Token)];
        await InTowerAsync(1);
        await leave.CancelAsync();
        foreach (var task in leaving)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Soon));

        var (features, ran) = await queue.EncodeAsync(Picture(1), CancellationToken.None).WaitAsync(Soon);

        Assert.True(ran);
        Assert.InRange(encoder.Runs, 2, 3); // the second picture may have begun before who asked for it was gone
        Assert.Equal(Expected(1), features);
    }

    [Fact]
    public async Task LastWhoWaits_CanLeaveAtAnyMoment_AlsoAsTheTowerFinishes()
    {
        const int Rounds = 500;
        release.Set();
        var (reads, stopped, served) = (0, 0, 0);
        var ready = new CancellationTokenSource?[Rounds + 1];
        var finishing = 0; // the number of the round whose tower is done, and about to say so
        clock.OnRead = () =>
        {
            if (++reads % 2 == 0) // the first is before the tower
                Volatile.Write(ref finishing, reads / 2);
        };
        var leaver = new Thread(() =>
        {
            for (var number = 1; number <= Rounds; number++)
            {
                for (var turns = 1; Volatile.Read(ref finishing) < number; turns++)
                {
                    if (turns % 5000 == 0)
                        Thread.Yield(); // nobody else may have a core
                }
                Thread.SpinWait(number % 50); // from before it has said so to after
                ready[number]!.Cancel();
            }
        }) { IsBackground = true };
        leaver.Start();
        for (var round = 1; round <= Rounds; round++)
        {
            var leave = ready[round] = new CancellationTokenSource();
            var picture = new PromptImage(TinyChat.Picture((byte)round, (byte)(round >> 8), 9).Data);
            try
            {
                Assert.Equal(Expected(picture), (await queue.EncodeAsync(picture, leave.Token).WaitAsync(Soon)).Features);
                served++;
            }
            catch (OperationCanceledException)
            {
                stopped++;
            }
        }

        Assert.True(await Task.Run(() => leaver.Join(Soon))); // elsewhere: whoever cancels goes on with what was waiting
        Array.ForEach(ready, leave => leave?.Dispose());
        Assert.Equal(Rounds, stopped + served); // and nothing else was thrown
    }

    [Fact]
    public async Task LongQueue_IsDecodedFromItsFront_AsPlacesBecomeFree()
    {
        const int AtOnce = 8;
        using var leave = new CancellationTokenSource();
        var first = Ask(1);
        await InTowerAsync(1);
        var one = pixels.Size;
        var leaving = Enumerable.Range(2, 4).Select(number => queue.EncodeAsync(Picture(number), leave.Token)).ToList();
        var staying = Ask([.. Enumerable.Range(6, 30)]);
        await DecodedAsync(1 + AtOnce);
        await leave.CancelAsync();
        foreach (var task in leaving)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Soon));
        await DecodedAsync(1 + AtOnce + leaving.Count);
        release.Set();

        await Task.WhenAll(first).WaitAsync(Soon);
        var answers = await Task.WhenAll(staying).WaitAsync(Soon);

        Assert.All(answers.Zip(Enumerable.Range(6, 30)), pair => Assert.Equal(Expected(pair.Second), pair.First.Features));

        async Task DecodedAsync(int count)
        {
            Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => pixels.Size >= count * one, Soon)), $"{count} were not decoded");
            await Task.Delay(50, TestContext.Current.CancellationToken); // for those that should wait
            Assert.Equal(count * one, pixels.Size);
        }
    }

    [Fact]
    public async Task BadPictures_FailAlone()
    {
        var nonsense = new PromptImage(new byte[] { 1, 2, 3 });
        var held = queue.EncodeAsync(Picture(1), CancellationToken.None);
        await InTowerAsync(1);
        var poison = Expected(3)[0];
        var bad = queue.EncodeAsync(nonsense, CancellationToken.None);
        var good = queue.EncodeAsync(Picture(2), CancellationToken.None);
        encoder.Spoil = features => features[0] == poison;
        var spoilt = queue.EncodeAsync(Picture(3), CancellationToken.None);
        var last = queue.EncodeAsync(Picture(4), CancellationToken.None);
        release.Set();

        await Assert.ThrowsAsync<ChatRequestException>(() => bad.WaitAsync(Soon));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => spoilt.WaitAsync(Soon));
        Assert.Contains("not finite", e.Message, StringComparison.Ordinal);
        Assert.Equal(Expected(1), (await held.WaitAsync(Soon)).Features);
        Assert.Equal(Expected(2), (await good.WaitAsync(Soon)).Features);
        Assert.Equal(Expected(4), (await last.WaitAsync(Soon)).Features);
    }

    private Task<(float[] Features, bool Ran)>[] Ask(params int[] numbers) => [.. numbers.Select(number => queue.EncodeAsync(Picture(number), CancellationToken.None))];

    private async Task InTowerAsync(int runs) =>
        Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => encoder.Runs >= runs, Soon)), $"the tower did not begin run {runs}");

    private static PromptImage Picture(int number) => new(TinyChat.Picture((byte)number, 1, 1).Data);

    private static float[] Expected(int number) => Expected(Picture(number));

    private static float[] Expected(PromptImage picture) => new FakeImageEncoder().Encode(Assistant.Vision.Imaging.ImageDecoder.Decode(picture.Data.Span));

    private sealed class Clock : TimeProvider
    {
        public double Now { get; set; }

        public Action? OnRead { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp()
        {
            OnRead?.Invoke();
            return (long)(1e6 * Now);
        }
    }
}
