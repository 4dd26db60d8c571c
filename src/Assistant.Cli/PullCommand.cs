using System.CommandLine;
using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;
using Microsoft.Extensions.Configuration;

namespace Assistant.Cli;

/// <summary><c>pull</c>: brings a model into the data directory; a server that runs there sees it at once.</summary>
internal static class PullCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "A name of models/catalog.json, name[:tag] of Ollama's registry, or hf.co/user/repository[:quantization]; without one, the known names are listed.", Arity = ArgumentArity.ZeroOrOne };
        var settings = new Option<string>("--settings") { Description = "The settings file; the models' folder and the registries stand there.", DefaultValueFactory = _ => "appsettings.json", HelpName = "file" };
        var command = new Command("pull", "Pulls a model from Hugging Face or a registry; an interrupted pull goes on where it stopped.") { name, settings };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            try
            {
                var file = Path.GetFullPath(result.GetValue(settings)!);
                var root = Path.GetDirectoryName(file)!;
                var isDefault = result.GetResult(settings) is null or { Implicit: true };
                var configuration = new ConfigurationBuilder().AddJsonFile(file, optional: isDefault).AddEnvironmentVariables().Build();
                var known = KnownModels.Read(Path.Combine(root, "models", "catalog.json"));
                if (result.GetValue(name) is not { Length: > 0 } wanted)
                {
                    foreach (var model in known)
                        await output.WriteLineAsync($"{model.Name,-16} {model.Description}");
                    return 0;
                }
                if (configuration.GetSection(nameof(ModelsOptions.Models)).GetChildren().Any(model => ModelNames.Equal(model[nameof(ModelOptions.Name)] ?? "", wanted)))
                    throw new PullException($"the model '{wanted}' stands in \"Models\" of {Path.GetFileName(file)} and cannot be pulled; change it there");
                var data = configuration["DataDirectory"] is { Length: > 0 } configured ? configured : "data";
                var options = configuration.GetSection(PullOptions.Section).Get<PullOptions>() ?? new PullOptions();
                if (new PullOptionsValidator().Validate(null, options) is { Failed: true } invalid)
                    throw new PullException(invalid.FailureMessage);
                using var puller = new ModelPuller(new ModelRegistry(Path.Combine(Path.GetFullPath(data, root), "models")), options, known);
                var bar = new ProgressBar(output, isTerminal: !Console.IsOutputRedirected && output == Console.Out);
                await foreach (var step in puller.PullAsync(wanted, cancellationToken))
                    bar.Show(step);
                bar.End();
                return 0;
            }
            catch (OperationCanceledException)
            {
                await error.WriteLineAsync("\nStopped; the same command goes on from here.");
                return 130;
            }
            catch (Exception problem) when (problem is PullException or ChatRequestException or ModelLoadException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
            {
                var place = problem is InvalidDataException { InnerException: not null } ? " " + problem.GetBaseException().Message : ""; // the line in the settings
                await error.WriteLineAsync($"\n{problem.Message}{place}");
                return 1;
            }
        });
        return command;
    }
}
