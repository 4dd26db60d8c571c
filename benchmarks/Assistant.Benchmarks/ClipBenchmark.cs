using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Benchmarks;

/// <summary>CLIP with random weights: pictures and texts a second, beside the machine's limit, plain operators and PyTorch.</summary>
internal static class ClipBenchmark
{
    public static void Run(ClipShape shape, ScalarType dtype, Plan plan)
    {
        Console.WriteLine(Table.Text($"{shape.Title}, {dtype}, {plan.Threads} threads: {shape.ImageGigaflops:F1} GFLOP a picture, {shape.TextGigaflops:F1} GFLOP a text"));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = new ClipModel(shape.Text, shape.Vision, shape.ProjectionDim);
        model.to(dtype);
        model.eval();
        using var peers = TorchPeers.Start(shape, dtype, plan);
        foreach (var batch in plan.Batches)
        {
            Pictures(model, shape, dtype, plan, batch, peers);
            Texts(model, shape, dtype, plan, batch, peers);
        }
    }

    private static void Pictures(ClipModel model, ClipShape shape, ScalarType dtype, Plan plan, int batch, TorchPeers peers)
    {
        using var scope = NewDisposeScope();
        var jpegs = Enumerable.Repeat(Photo.Jpeg(), batch).ToArray();
        var processor = new ImageProcessor(ImageProcessorConfig.Clip(shape.Vision.ImageSize));
        var plain = new PlainTower(model, shape.Vision);
        var pixel_values = randn(batch, 3, shape.Vision.ImageSize, shape.Vision.ImageSize).to(dtype);
        List<Candidate> candidates =
        [
            MatmulLimit.Large(dtype),
            MatmulLimit.Linears(batch * shape.ImageTokens, shape.Vision.HiddenSize, shape.Vision.IntermediateSize, dtype),
            Candidate.Of("tower and projection", () => model.GetImageFeatures(pixel_values).Dispose()),
            Candidate.Of("from JPEG bytes to features", () => FromJpegs(model, processor, jpegs, dtype)),
            Candidate.Of("plain operators: tower and projection", () => plain.Features(pixel_values).Dispose()),
            .. peers.Candidates("vision", batch),
        ];
        var work = batch * shape.ImageGigaflops;
        Print($"pictures/s, {batch} at once", candidates, plan, batch, index => index switch
        {
            0 => MatmulLimit.LargeGigaflops,
            1 => ClipShape.Linears(batch * shape.ImageTokens, shape.Vision.HiddenSize, shape.Vision.IntermediateSize),
            _ => work,
        }, reference: 2);
    }

    private static void Texts(ClipModel model, ClipShape shape, ScalarType dtype, Plan plan, int batch, TorchPeers peers)
    {
        using var scope = NewDisposeScope();
        var input_ids = randint(1, shape.Text.VocabSize - 2, [batch, shape.Text.MaxPositionEmbeddings], dtype: ScalarType.Int64);
        List<Candidate> candidates =
        [
            MatmulLimit.Large(dtype),
            MatmulLimit.Linears(batch * shape.Text.MaxPositionEmbeddings, shape.Text.HiddenSize, shape.Text.IntermediateSize, dtype),
            Candidate.Of($"text encoder and projection, {shape.Text.MaxPositionEmbeddings} tokens", () => model.GetTextFeatures(input_ids).Dispose()),
            .. peers.Candidates("text", batch),
        ];
        var work = batch * shape.TextGigaflops;
        Print($"texts/s, {batch} at once", candidates, plan, batch, index => index switch
        {
            0 => MatmulLimit.LargeGigaflops,
            1 => ClipShape.Linears(batch * shape.Text.MaxPositionEmbeddings, shape.Text.HiddenSize, shape.Text.IntermediateSize),
            _ => work,
        }, reference: 2);
    }

    private static void Print(string unit, List<Candidate> candidates, Plan plan, int pieces, Func<int, double> gigaflops, int reference)
    {
        var timings = Rounds.Measure(plan, candidates);
        var limit = MatmulLimit.LargeGigaflops / timings[0].Median;
        Table.RateHead(unit);
        for (var i = 0; i < timings.Count; i++)
            Table.Rate(timings[i], i < reference ? 1 : pieces, gigaflops(i), limit);
        Console.WriteLine($"  {timings[0].Seconds.Count} rounds");
        foreach (var other in timings.Skip(reference + 1))
            Table.Ratio($"{other.Name}:", other.RatioTo(timings[reference]));
        Console.WriteLine();
    }

    private static void FromJpegs(ClipModel model, ImageProcessor processor, byte[][] jpegs, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var pixels = processor.ProcessBatch(jpegs.Select(jpeg => ImageDecoder.Decode(jpeg)).ToList());
        model.GetImageFeatures(tensor(pixels.Data, [pixels.Count, 3, pixels.Height, pixels.Width]).to(dtype));
    }
}
