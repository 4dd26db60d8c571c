using System.Text.Json;

namespace Assistant.Chat.Tests.Tools.Vision;

/// <summary>Folders as Hugging Face serves them: the reference's small networks with the tokenizers and processors that they lack.</summary>
internal sealed class NetworkFolder : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("assistant-tools-");

    public string Root => root.FullName;

    public string Clip() => Make("clip", """{"image_processor_type":"CLIPImageProcessor","size":{"shortest_edge":32},"crop_size":{"height":32,"width":32}}""", folder =>
    {
        var letters = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()).Append(".").Append("-").ToList();
        var ids = letters.Concat(letters.Select(letter => letter + "</w>")).Select((token, id) => (token, id)).Append(("<|startoftext|>", 97)).Append(("<|endoftext|>", 98));
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(ids.ToDictionary(entry => entry.Item1, entry => entry.Item2)));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
    });

    public string Caption() => Make("blip_caption", Blip(32), folder => Bert(folder, 101, 99, 2));

    public string Questions() => Make("blip_vqa", Blip(30), folder => Bert(folder, 97, 95, 45));

    public string Matching() => Make("blip_itm", Blip(32), folder => Bert(folder, 103, 101, 3));

    public string Vilt() => Make("vilt_vqa", """{"image_processor_type":"ViltImageProcessor","size":{"shortest_edge":48},"size_divisor":8}""", folder => Bert(folder, 99, 2, 3));

    public void Dispose() => root.Delete(recursive: true);

    private static string Blip(int size) => $"{{\"image_processor_type\":\"BlipImageProcessor\",\"size\":{{\"height\":{size},\"width\":{size}}}}}";

    /// <summary>Token i is the word "wi", but for BERT's own.</summary>
    private static void Bert(string folder, int size, int begin, int end)
    {
        string[] tokens = [.. Enumerable.Range(0, size).Select(id => $"w{id}")];
        (tokens[0], tokens[1], tokens[begin], tokens[end]) = ("[PAD]", "[UNK]", "[CLS]", "[SEP]");
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', tokens));
    }

    private string Make(string name, string processor, Action<string> addTokenizer)
    {
        var folder = Path.Combine(Root, name);
        if (Directory.Exists(folder))
            return name;
        Directory.CreateDirectory(folder);
        foreach (var file in (string[])["config.json", "model.safetensors"])
            File.Copy(Path.Combine(Fixtures(), name, file), Path.Combine(folder, file));
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), processor);
        addTokenizer(folder);
        return name; // relative to the root, as in appsettings.json
    }

    private static string Fixtures()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Assistant.sln")))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, "tests", "fixtures", "reference");
    }
}
