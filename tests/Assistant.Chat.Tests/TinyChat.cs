using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;
using Assistant.Vision.Imaging;
using LlamaCpp.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Tests;

/// <summary>A catalog over a folder with tiny models: "seer" takes pictures, "reader" does not.</summary>
internal sealed class TinyChat : IDisposable
{
    public const string Seer = "seer", Reader = "reader";

    private readonly ServiceProvider services;
    private int loads;

    public TinyChat(Action<Dictionary<string, string?>>? configure = null, TinyModel? model = null, FakeImageEncoder? encoder = null, TimeProvider? time = null, bool library = false, string? cache = null, ILoggerProvider? log = null)
    {
        Encoder = encoder ?? new FakeImageEncoder();
        if (model is null)
            File.Copy(TinyModel.DefaultPath, TextPath);
        else
            model.Write(TextPath);
        WriteProjector(ProjectorPath, 64);
        var settings = new Dictionary<string, string?>
        {
            ["DefaultModel"] = Seer,
            ["Models:0:Name"] = Reader,
            ["Models:0:TextModel"] = "text.gguf",
            ["Models:0:Template"] = "phi3",
            ["Models:0:Threads"] = "1",
            ["Models:1:Name"] = Seer,
            ["Models:1:TextModel"] = "text.gguf",
            ["Models:1:Projector"] = "mmproj.gguf",
            ["Models:1:Template"] = "phi3",
            ["Models:1:ContextLength"] = "512",
            ["Models:1:Threads"] = "1",
        };
        configure?.Invoke(settings);
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton<Func<string, Vision.IImageEncoder>>(_ =>
        {
            Interlocked.Increment(ref loads);
            return Encoder;
        });
        if (log is not null)
            collection.AddLogging(builder => builder.AddProvider(log));
        if (time is not null)
            collection.AddSingleton(time);
        services = collection.AddAssistantModels(Configuration, Folder, library ? LibraryFolder : null, cache).BuildServiceProvider();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("assistant-chat-").FullName;

    public string TextPath => Path.Combine(Folder, "text.gguf");

    public string ProjectorPath => Path.Combine(Folder, "mmproj.gguf");

    public IConfigurationRoot Configuration { get; }

    public FakeImageEncoder Encoder { get; }

    /// <summary>How often a model with a projector was loaded.</summary>
    public int Loads => loads;

    public ModelCatalog Catalog => services.GetRequiredService<ModelCatalog>();

    /// <summary>Where pulled models go, if it was made with a library.</summary>
    public string LibraryFolder => Path.Combine(Folder, "models");

    public ModelLibrary Library => services.GetRequiredService<ModelLibrary>();

    public IChatClient Client => Catalog.GetClient(Seer);

    /// <summary>Options that always give the same answer.</summary>
    public static ChatOptions Greedy(int maxTokens = 12) => new() { Temperature = 0, MaxOutputTokens = maxTokens };

    /// <summary>A picture of one colour, as a PNG file.</summary>
    public static DataContent Picture(byte red, byte green, byte blue)
    {
        var image = new RgbImage(4, 4);
        for (var i = 0; i < image.Pixels.Length; i += 3)
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        return new DataContent(ImageEncoder.ToPng(image), "image/png");
    }

    public static ChatMessage User(params AIContent[] contents) => new(ChatRole.User, contents);

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    public static AnswerTimings Timings(ChatResponse response) => Assert.IsType<AnswerTimings>(response.AdditionalProperties?[AnswerTimings.Key]);

    public static void WriteProjector(string path, int width)
    {
        var gguf = new TinyGguf();
        gguf.Add("general.architecture", "clip");
        gguf.Add("clip.has_vision_encoder", true);
        gguf.AddTensor("mm.0.weight", [32, width], new float[32 * width]);
        gguf.AddTensor("mm.2.weight", [width, width], new float[width * width]);
        gguf.Write(path);
    }

    /// <summary>A LoRA adapter of rank 4 for one matrix of the tiny model.</summary>
    public static void WriteAdapter(string path, string architecture)
    {
        const int rank = 4, width = 64;
        var random = new Random(5);
        float[] Values() => [.. Enumerable.Range(0, rank * width).Select(_ => (float)(random.NextDouble() - 0.5))];
        var gguf = new TinyGguf();
        gguf.Add("general.type", "adapter");
        gguf.Add("general.architecture", architecture);
        gguf.Add("adapter.type", "lora");
        gguf.Add("adapter.lora.alpha", (float)rank);
        gguf.AddTensor("blk.0.attn_output.weight.lora_a", [width, rank], Values());
        gguf.AddTensor("blk.0.attn_output.weight.lora_b", [rank, width], Values());
        gguf.Write(path);
    }

    public void Dispose()
    {
        services.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
