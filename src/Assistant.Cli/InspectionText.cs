using System.Globalization;
using System.Text.Json.Nodes;

namespace Assistant.Cli;

/// <summary>An inspection as a table for people.</summary>
internal static class InspectionText
{
    private const int LongestValue = 100; // chat templates are pages long

    /// <summary>Writes it.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="depth">Levels of modules to show.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ModelInspection inspection, int depth, TextWriter output)
    {
        if (inspection.Family is { } family)
        {
            output.WriteLine($"{family.Name}: {family.Architecture}");
            WritePairs(Flat("", InspectionJson.Sizes(family)).ToList(), output);
            output.WriteLine();
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ModelInspection.Printable(Path.GetFileName(Path.TrimEndingDirectorySeparator(inspection.Path)))}: {inspection.Format}"));
        WritePairs(inspection.Metadata, output);
        output.WriteLine();
        WriteTable(ModuleTree.Of(inspection.Tensors).Descendants(depth).ToList(), output);
        WriteTotals(inspection.Tensors, output);
    }

    private static void WritePairs(IReadOnlyList<KeyValuePair<string, string>> pairs, TextWriter output)
    {
        var width = pairs.Select(pair => pair.Key.Length).DefaultIfEmpty().Max();
        foreach (var (key, value) in pairs)
        {
            var shown = ModelInspection.Printable(value.Length > LongestValue ? value[..LongestValue] + " ..." : value);
            output.WriteLine($"  {ModelInspection.Printable(key).PadRight(width)}  {shown}");
        }
    }

    private static void WriteTable(IReadOnlyList<ModuleTree> rows, TextWriter output)
    {
        if (rows.Count == 0)
            return;
        var cells = rows.Select(Cells).ToList();
        var widths = Enumerable.Range(0, 4).Select(column => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
            output.WriteLine($"  {row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}");
        output.WriteLine();
    }

    private static string[] Cells(ModuleTree row)
    {
        var values = (row.Tensor?.Values ?? row.Values).ToString("N0", CultureInfo.InvariantCulture);
        var name = new string(' ', 2 * (row.Depth - 1)) + ModelInspection.Printable(row.Name);
        return row.Tensor is { } tensor
            ? [name, tensor.Type, $"[{string.Join(", ", tensor.Shape)}]", values]
            : [name, "", row.TensorCount == 1 ? "1 tensor" : $"{row.TensorCount} tensors", values];
    }

    private static void WriteTotals(IReadOnlyList<InspectedTensor> tensors, TextWriter output)
    {
        foreach (var type in tensors.GroupBy(tensor => tensor.Type).OrderByDescending(type => type.Sum(tensor => tensor.Values)))
            output.WriteLine($"  {type.Key,-8}  {Total(type.ToList())}");
        output.WriteLine($"  {"total",-8}  {Total(tensors)}");
    }

    private static string Total(IReadOnlyCollection<InspectedTensor> tensors) => string.Create(CultureInfo.InvariantCulture,
        $"{tensors.Count} tensors, {tensors.Sum(tensor => tensor.Values):N0} values, {tensors.Sum(tensor => tensor.Bytes) / (1024.0 * 1024):N1} MiB");

    /// <summary>The leaves of a JSON object under dotted names.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Flat(string prefix, JsonObject json) => json.SelectMany(field => field.Value switch
    {
        JsonObject inner => Flat($"{prefix}{field.Key}.", inner),
        null => [], // a limit or a projection that this network does not have
        JsonArray { Count: > 8 } list => [KeyValuePair.Create(prefix + field.Key, $"[{list.Count} values]")],
        JsonArray list => [KeyValuePair.Create(prefix + field.Key, list.ToJsonString())],
        var value => [KeyValuePair.Create(prefix + field.Key, value.ToString())],
    });
}
