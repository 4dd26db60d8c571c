using System.CommandLine;
using System.Runtime.InteropServices;
using Assistant.Vision.Models;
using Assistant.Vision.Weights;

namespace Assistant.Cli;

/// <summary><c>inspect</c>: what a model's folder or weight file holds, read from its headers alone.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A folder as Hugging Face serves it, or a safetensors, PyTorch or GGUF file." };
        var depth = new Option<int>("--depth") { Description = "How many levels of modules to show; deeper ones are summed up. 0 shows the totals alone.", DefaultValueFactory = _ => int.MaxValue, HelpName = "levels" };
        var json = new Option<bool>("--json") { Description = "Write JSON instead of a table." };
        var check = new Option<bool>("--check") { Description = "Also build the network that config.json describes and compare the weights' names and shapes with it; takes the network's memory." };
        depth.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
                result.AddError("--depth must not be negative.");
        });
        var command = new Command("inspect", "Shows a model's family, sizes, parameters, shapes and types.") { path, depth, json, check };
        command.SetAction(result =>
        {
            var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            try
            {
                var inspection = ModelInspection.Of(result.GetValue(path)!);
                if (result.GetValue(check))
                    inspection.Check();
                if (result.GetValue(json))
                    InspectionJson.Write(inspection, result.GetValue(depth), output);
                else
                    InspectionText.Write(inspection, result.GetValue(depth), output);
                return 0;
            }
            catch (Exception problem) when (problem is WeightFileException or ModelConfigException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine(ModelInspection.Printable(problem.Message));
                return 1;
            }
            catch (Exception problem) when (problem is ExternalException or ArgumentException or OverflowException)
            {
                // Sizes that pass one by one and still make no network, such as a table of more rows than there is memory.
                error.WriteLine($"config.json describes a network that cannot be built: {ModelInspection.Printable(problem.Message.Split('\n')[0])}");
                return 1;
            }
        });
        return command;
    }
}
