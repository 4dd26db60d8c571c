using System.Collections;
using Assistant.Chat.Prompts;
using Assistant.Vision.Weights;

namespace Assistant.Chat.Models;

/// <summary>The files of a configured model, looked at without loading them.</summary>
internal sealed class ModelFiles
{
    private const int LongestArray = 16; // metadata arrays beyond it, such as vocabularies, are left out of descriptions

    private readonly Lock gate = new();
    private (FileStamp Text, FileStamp? Projector, ModelDescription Description)? cached;

    /// <param name="options">The model.</param>
    /// <param name="key">Its configuration key, such as <c>Models:0</c>.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    public ModelFiles(ModelOptions options, string key, string contentRoot)
    {
        (Options, Key) = (options, key);
        TextPath = Path.GetFullPath(options.TextModel, contentRoot);
        ProjectorPath = options.Projector is null ? null : Path.GetFullPath(options.Projector, contentRoot);
    }

    public ModelOptions Options { get; }

    public string Key { get; }

    public string TextPath { get; }

    public string? ProjectorPath { get; }

    /// <summary>The files as they are now.</summary>
    public (FileStamp Text, FileStamp? Projector) Stamps() => (FileStamp.Of(TextPath), ProjectorPath is null ? null : FileStamp.Of(ProjectorPath));

    /// <summary>What is known of the model; what is wrong with its files stands in <see cref="ModelDescription.Problem"/>.</summary>
    public ModelDescription Describe()
    {
        var (text, projector) = Stamps();
        lock (gate)
        {
            if (cached is { } known && known.Text == text && known.Projector == projector)
                return known.Description;
        }
        var description = Read(text, projector);
        lock (gate)
            cached = (text, projector, description);
        return description;
    }

    /// <summary>The template that the model's messages are rendered with.</summary>
    /// <exception cref="ModelLoadException">Neither configuration nor file tells.</exception>
    public ChatTemplate Template(string? jinja, Func<string, bool> isSpecialToken)
    {
        if (Options.Template is { } name && ChatTemplate.Find(name) is { } configured)
            return configured;
        if (ChatTemplate.Recognise(jinja) is { } recognised)
            return recognised;
        // Files converted before templates were stored in them: the vocabulary tells the family.
        if (jinja is null && isSpecialToken("<|end|>") && isSpecialToken("<|user|>"))
            return ChatTemplate.Find("phi3")!;
        if (jinja is null && isSpecialToken("<|im_start|>"))
            return ChatTemplate.Find("chatml")!;
        if (jinja is null && ProjectorPath is not null)
            return ChatTemplate.Find("vicuna")!; // what LLaVA was trained with
        var why = jinja is null ? "its file holds no chat template" : "the chat template of its file is not a known one";
        throw new ModelLoadException(
            $"The model '{Options.Name}' cannot be used: {why}; set {Key}:Template to one of {string.Join(", ", ChatTemplate.BuiltIn.Select(template => template.Name))}.");
    }

    public ModelLoadException Failure(string why, Exception? inner = null) => new($"The model '{Options.Name}' cannot be used: {why}", inner);

    /// <exception cref="ModelLoadException">The projector's rows do not fit the language model.</exception>
    public void CheckWidth(long rows, long embeddingLength)
    {
        if (rows != embeddingLength)
        {
            throw Failure($"the projector {Path.GetFileName(ProjectorPath)} gives rows of width {rows}, the text model {Path.GetFileName(TextPath)} "
                + $"takes rows of width {embeddingLength}; this projector belongs to another model.");
        }
    }

    private ModelDescription Read(FileStamp text, FileStamp? projector)
    {
        var description = new ModelDescription
        {
            Name = Options.Name,
            Size = Math.Max(0, text.Length) + Math.Max(0, projector?.Length ?? 0),
            ModifiedAt = text.Written,
            Vision = projector is not null,
            System = Options.System,
            Template = Options.Template ?? "",
        };
        try
        {
            RequireFile(text, "TextModel");
            using var file = Open(text.Path);
            GgufChecks.ForTextModel(file);
            var architecture = file.Architecture;
            var jinja = file.Metadata.FindString("tokenizer.chat_template");
            description = description with
            {
                Family = architecture,
                ParameterCount = file.ParameterCount,
                Quantization = file.PrevailingType?.ToString() ?? "",
                ContextLength = file.Metadata.GetInt32($"{architecture}.context_length"),
                EmbeddingLength = file.Metadata.GetInt32($"{architecture}.embedding_length"),
                Metadata = Simplify(file.Metadata),
                Tensors = [.. file.Tensors.Select(tensor => new ModelTensor(tensor.Name, tensor.Type.ToString(), tensor.Dimensions))],
            };
            var tokens = file.Metadata.FindStrings("tokenizer.ggml.tokens") ?? [];
            var template = Template(jinja, tokens.Contains);
            description = description with { Template = Options.Template ?? jinja ?? template.Name };
            if (projector is not null)
            {
                RequireFile(projector, "Projector");
                using var vision = Open(projector.Path);
                description = description with { ProjectorMetadata = Simplify(vision.Metadata) };
                if (vision.Architecture != "clip")
                    throw Failure($"{vision.Name} ({Key}:Projector) is a '{vision.Architecture}' model, not a vision projector (mmproj).");
                if (ProjectorWidth(vision) is { } width)
                    CheckWidth(width, description.EmbeddingLength);
            }
            return description with { Digest = text.Digest() };
        }
        catch (ModelLoadException e)
        {
            return description with { Problem = e.Message };
        }
        catch (Exception e) when (e is WeightFileException or IOException or UnauthorizedAccessException)
        {
            return description with { Problem = Failure(e.Message, e).Message };
        }
    }

    private void RequireFile(FileStamp file, string key)
    {
        if (!file.Exists)
            throw Failure($"there is no file '{file.Path}' ({Key}:{key}).");
    }

    private static GgufFile Open(string path) => GgufFile.Open(path);

    /// <summary>Width of a LLaVA projector's rows: the outputs of its last layer; null for kinds that only their own code can tell.</summary>
    private static long? ProjectorWidth(GgufFile file)
    {
        foreach (var name in (string[])["mm.3.weight", "mm.2.weight", "mm.0.weight"])
        {
            if (file.Find(name) is { Dimensions: [_, var outputs] })
                return outputs;
        }
        return null;
    }

    private static Dictionary<string, object?> Simplify(GgufMetadata metadata) =>
        metadata.ToDictionary(pair => pair.Key, pair => pair.Value is ICollection { Count: > LongestArray } ? null : (object?)pair.Value, StringComparer.Ordinal);
}
