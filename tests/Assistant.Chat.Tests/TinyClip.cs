using System.Text.Json;

namespace Assistant.Chat.Tests;

/// <summary>The reference's tiny CLIP with a tokenizer of letters, as a folder that a model entry can name.</summary>
internal static class TinyClip
{
    private static readonly Lazy<string> folder = new(Make);

    /// <summary>The folder, made once beside the tests.</summary>
    public static string Folder => folder.Value;

    private static string Make()
    {
        var source = Find();
        var made = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "tiny-clip")).FullName;
        foreach (var name in (string[])["config.json", "model.safetensors"])
            File.Copy(Path.Combine(source, name), Path.Combine(made, name), overwrite: true);
        File.WriteAllText(Path.Combine(made, "preprocessor_config.json"), """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":32},"crop_size":{"height":32,"width":32}}""");
        var letters = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()).ToList();
        var vocabulary = letters.Concat(letters.Select(letter => letter + "</w>")).Select((token, id) => (token, id))
            .Append(("<|startoftext|>", 97)).Append(("<|endoftext|>", 98)).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        File.WriteAllText(Path.Combine(made, "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(made, "merges.txt"), "#version: 0.2\n");
        return made;
    }

    private static string Find()
    {
        for (var parent = new DirectoryInfo(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            var fixture = Path.Combine(parent.FullName, "tests", "fixtures", "reference", "clip");
            if (Directory.Exists(fixture))
                return fixture;
        }
        throw new DirectoryNotFoundException("tests/fixtures/reference/clip is in no folder above the tests.");
    }
}
