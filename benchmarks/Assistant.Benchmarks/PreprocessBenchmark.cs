using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;

namespace Assistant.Benchmarks;

/// <summary>From a JPEG's bytes to a network's input, beside Pillow.</summary>
internal static class PreprocessBenchmark
{
    public static void Run(Plan plan)
    {
        var jpeg = Photo.Jpeg();
        var image = ImageDecoder.Decode(jpeg);
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, jpeg);
            foreach (var size in (int[])[224, 336])
                Compare(plan, size, jpeg, image, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Compare(Plan plan, int size, byte[] jpeg, RgbImage image, string file)
    {
        Console.WriteLine($"A JPEG of {Photo.Width} x {Photo.Height} pixels to CLIP's input of {size} x {size}");
        var processor = new ImageProcessor(ImageProcessorConfig.Clip(size));
        using var pillow = !plan.Peers ? null : PythonPeer.Start("PIL", "preprocess.py", new Dictionary<string, string>(), file, $"{size}");
        var mine = new List<Candidate>
        {
            Candidate.Of("decode", () => ImageDecoder.Decode(jpeg)),
            Candidate.Of("resize, crop", () => processor.Prepare(image)),
            Candidate.Of("decode, resize, crop, normalise", () => processor.Process(ImageDecoder.Decode(jpeg))),
        };
        var theirs = pillow is null ? [] : new List<Candidate>
        {
            pillow.Candidate(": decode", "decode", 1),
            pillow.Candidate(": resize, crop", "resize", 1),
            pillow.Candidate(": decode, resize, crop, normalise", "all", 1),
        };
        var timings = Rounds.Measure(plan, [.. mine, .. theirs]);
        Table.Milliseconds(timings, "ms a picture");
        for (var i = 0; i < theirs.Count; i++)
            Table.Ratio($"{timings[i].Name}: {pillow!.Name} takes", timings[mine.Count + i].RatioTo(timings[i]));
        Console.WriteLine();
    }
}
