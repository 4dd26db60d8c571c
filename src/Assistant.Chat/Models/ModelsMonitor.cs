using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Assistant.Chat.Models;

/// <summary>Follows the configuration of the models. A change that is not valid leaves the valid one in force; what is wrong with it is logged once and stands in <see cref="Problem"/>.</summary>
/// <remarks>The framework's monitor throws into the file watcher instead, which swallows it.</remarks>
public sealed class ModelsMonitor : IOptionsMonitor<ModelsOptions>, IDisposable
{
    private static readonly SortedSet<string> settings = new(typeof(ModelOptions).GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);

    private readonly Lock gate = new();
    private readonly IConfiguration configuration;
    private readonly IEnumerable<IValidateOptions<ModelsOptions>> validators;
    private readonly ILogger<ModelsMonitor>? logger;
    private readonly List<Action<ModelsOptions, string?>> listeners = [];
    private readonly IDisposable subscription;

    /// <summary>Reads the configuration and begins to follow it.</summary>
    /// <param name="configuration">Holds the keys of <see cref="ModelsOptions"/>.</param>
    /// <param name="validators">Check it.</param>
    /// <param name="logger">Told of changes that are not taken over; null for nobody.</param>
    /// <exception cref="OptionsValidationException">The configuration at the start is not valid.</exception>
    public ModelsMonitor(IConfiguration configuration, IEnumerable<IValidateOptions<ModelsOptions>> validators, ILogger<ModelsMonitor>? logger = null)
    {
        (this.configuration, this.validators, this.logger) = (configuration, validators, logger);
        CurrentValue = Read();
        subscription = ChangeToken.OnChange(configuration.GetReloadToken, Follow);
    }

    /// <inheritdoc/>
    public ModelsOptions CurrentValue { get; private set; }

    /// <summary>Why the last change of the configuration is not in force, in one sentence; null where it is.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc/>
    public ModelsOptions Get(string? name) => CurrentValue;

    /// <inheritdoc/>
    public IDisposable OnChange(Action<ModelsOptions, string?> listener)
    {
        lock (gate)
            listeners.Add(listener);
        return new Subscription(() =>
        {
            lock (gate)
                listeners.Remove(listener);
        });
    }

    /// <summary>Notes that the file of the configuration cannot even be read; what was in force stays.</summary>
    public void Refuse(string problem)
    {
        var sentence = $"The changed configuration of the models is not used: {problem}";
        if (sentence != Problem) // one change of a file is often seen twice
            logger?.LogError("{Problem}", sentence);
        Problem = sentence;
    }

    /// <summary>Stops following.</summary>
    public void Dispose() => subscription.Dispose();

    private void Follow()
    {
        List<Action<ModelsOptions, string?>> told;
        lock (gate)
        {
            try
            {
                (CurrentValue, Problem) = (Read(), null);
            }
            catch (OptionsValidationException e)
            {
                Refuse(string.Join("; ", e.Failures));
                return;
            }
            told = [.. listeners];
        }
        foreach (var listener in told)
            listener(CurrentValue, null);
    }

    private ModelsOptions Read()
    {
        var options = new ModelsOptions { DefaultModel = configuration[nameof(ModelsOptions.DefaultModel)] };
        options.ModelMemoryLimit = configuration[nameof(ModelsOptions.ModelMemoryLimit)] ?? options.ModelMemoryLimit;
        // One by one: bound as a list, a model with a wrong value would be left out without a word.
        var failures = new List<string>();
        foreach (var section in configuration.GetSection(nameof(ModelsOptions.Models)).GetChildren())
            options.Models.Add(Read(section, failures));
        // Problems of all kinds in one message; those of values that could not be read stand for themselves.
        failures.AddRange(validators.Select(validator => validator.Validate(Options.DefaultName, options)).Where(result => result.Failed).SelectMany(result => result.Failures ?? []));
        return failures.Count == 0 ? options : throw new OptionsValidationException(Options.DefaultName, typeof(ModelsOptions), failures);
    }

    private static ModelOptions Read(IConfigurationSection section, List<string> failures)
    {
        var model = new ModelOptions();
        var unknown = section.GetChildren().Where(child => !settings.Contains(child.Key)).ToList();
        failures.AddRange(unknown.Select(child => $"{child.Path}: there is no such setting of a model; there are {string.Join(", ", settings)}"));
        try
        {
            section.Bind(model, binder => binder.ErrorOnUnknownConfiguration = unknown.Count == 0);
        }
        catch (InvalidOperationException e)
        {
            failures.Add(e.Message);
        }
        return model;
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
