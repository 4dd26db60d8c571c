using System.Globalization;
using Assistant.Chat.Models;
using Assistant.Vision;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SceneExam;

/// <summary>The model that is examined: one of a settings file, or two model files.</summary>
internal sealed class ExamModel : IDisposable
{
    private readonly ServiceProvider services;

    private ExamModel(IConfiguration configuration, string contentRoot, string? name)
    {
        services = new ServiceCollection()
            .AddSingleton<Func<string, IImageEncoder>>(LlavaImageEncoder.Load)
            .AddAssistantModels(configuration, contentRoot)
            .BuildServiceProvider();
        var models = services.GetRequiredService<IChatModels>();
        Name = name ?? models.DefaultModel;
        Client = models.GetClient(Name);
    }

    /// <summary>Its name in the settings.</summary>
    public string Name { get; }

    /// <summary>What answers; loads the model at the first question.</summary>
    public IChatClient Client { get; }

    /// <summary>A model that a settings file names.</summary>
    /// <param name="settings">Path of an appsettings.json; null for the one above this program.</param>
    /// <param name="name">Name of the model; null for the default one.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ExamModel FromSettings(string? settings, string? name)
    {
        var path = Path.GetFullPath(settings ?? Path.Combine(Repository.Root, "appsettings.json"));
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} is not there.", path);
        return new ExamModel(new ConfigurationBuilder().AddJsonFile(path).Build(), Path.GetDirectoryName(path)!, name);
    }

    /// <summary>A model given by its files, such as a checkpoint of a training run.</summary>
    /// <param name="textModel">GGUF file of the language model.</param>
    /// <param name="projector">GGUF file of vision tower and projector.</param>
    /// <param name="threads">Threads of the language model; 0 for one a processor. On a busy machine 1 is several times as fast.</param>
    public static ExamModel FromFiles(string textModel, string? projector, int threads)
    {
        var values = new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "examined",
            ["Models:0:TextModel"] = Path.GetFullPath(textModel),
            ["Models:0:Projector"] = projector is null ? null : Path.GetFullPath(projector),
            ["Models:0:Threads"] = threads.ToString(CultureInfo.InvariantCulture),
        };
        return new ExamModel(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), Environment.CurrentDirectory, "examined");
    }

    public void Dispose() => services.Dispose();
}
