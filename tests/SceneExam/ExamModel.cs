using System.Globalization;
using Assistant.Chat.Models;
using Assistant.Vision;
using Assistant.Vision.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SceneExam;

/// <summary>The model that is examined: one of a settings file, perhaps with other files than it names there.</summary>
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
    /// <param name="files">Files to take instead of its own, such as a checkpoint of a training run; null takes its own.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The settings name no such model.</exception>
    public static ExamModel FromSettings(string? settings = null, string? name = null, ExamModelFiles? files = null)
    {
        var path = Path.GetFullPath(settings ?? Path.Combine(Repository.Root, "appsettings.json"));
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} is not there.", path);
        var configuration = new ConfigurationBuilder().AddJsonFile(path).Build();
        if (files is not null)
        {
            var models = configuration.GetSection("Models").GetChildren();
            var model = models.FirstOrDefault(model => name is null ? model["TextModel"] is not null : model["Name"] == name)
                ?? throw new InvalidDataException($"{path} names no model '{name}' whose files could be others.");
            model["TextModel"] = Path.GetFullPath(files.TextModel);
            model["Projector"] = files.Projector is null ? null : Path.GetFullPath(files.Projector);
            model["Threads"] = files.Threads.ToString(CultureInfo.InvariantCulture);
            name = model["Name"];
        }
        return new ExamModel(configuration, Path.GetDirectoryName(path)!, name);
    }

    public void Dispose() => services.Dispose();
}

/// <summary>Files of a model.</summary>
/// <param name="TextModel">GGUF file of the language model.</param>
/// <param name="Projector">GGUF file of vision tower and projector; null if it sees nothing.</param>
/// <param name="Threads">Threads of the language model; 0 for one a processor. On a busy machine 1 is several times as fast.</param>
internal sealed record ExamModelFiles(string TextModel, string? Projector, int Threads);
