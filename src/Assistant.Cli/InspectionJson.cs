using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Vision.Models;

namespace Assistant.Cli;

/// <summary>An inspection as JSON for programs.</summary>
internal static class InspectionJson
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // not meant for a web page
    };

    /// <summary>Writes one object.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="depth">Levels of modules to list; the totals count all.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ModelInspection inspection, int depth, TextWriter output)
    {
        var rows = ModuleTree.Of(inspection.Tensors).Descendants(depth).ToList();
        output.WriteLine(JsonSerializer.Serialize(new
        {
            inspection.Path,
            inspection.Format,
            Family = inspection.Family?.Name,
            inspection.Family?.ModelType,
            inspection.Family?.Architecture,
            Config = inspection.Family is { } family ? Sizes(family) : null,
            Metadata = inspection.Metadata.ToDictionary(),
            TensorCount = inspection.Tensors.Count,
            Values = inspection.Tensors.Sum(tensor => tensor.Values),
            Bytes = inspection.Tensors.Sum(tensor => tensor.Bytes),
            Modules = rows.Where(row => row.Tensor is null).Select(row => new { Name = row.Path, Tensors = row.TensorCount, row.Values }),
            Tensors = rows.Select(row => row.Tensor).OfType<InspectedTensor>(),
        }, Wire));
    }

    /// <summary>A network's sizes under config.json's spelling.</summary>
    public static JsonObject Sizes(ModelFamily family) => JsonSerializer.SerializeToNode(family.Sizes, family.Sizes.GetType(), Wire)!.AsObject();
}
