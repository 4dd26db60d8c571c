using System.Collections;
using Assistant.Chat.Models.Library;
using Assistant.Chat.Prompts;
using Assistant.Chat.Prompts.Jinja;
using Assistant.Vision.Weights;

namespace Assistant.Chat.Models;

/// <summary>The GGUF files of a language model: text model, projector, adapters.</summary>
internal sealed class ModelFiles : IModelFiles
{
    private const int LongestArray = 16; // metadata arrays beyond it, such as vocabularies, are left out of descriptions

    private readonly string contentRoot;
    private readonly DescriptionCache descriptions = new();

    /// <param name="options">The model.</param>
    /// <param name="key">Its configuration key, such as <c>Models:0</c>.</param>
    /// <param name="contentRoot">Where relative paths start.</param>
    public ModelFiles(ModelOptions options, string key, string contentRoot)
    {
        (Options, Key, this.contentRoot) = (options, key, contentRoot);
        TextPath = Path.GetFullPath(options.TextModel, contentRoot);
        ProjectorPath = options.Projector is null ? null : Path.GetFullPath(options.Projector, contentRoot);
        Adapters = [.. options.Adapters.Select(adapter => (Path.GetFullPath(adapter.Path, contentRoot), adapter.Scale))];
    }

    public ModelOptions Options { get; }

    public string Key { get; }

    public string TextPath { get; }

    public string? ProjectorPath { get; }

    public IReadOnlyList<(string Path, float Scale)> Adapters { get; }

    /// <inheritdoc/>
    public object Stamp() => Stamps();

    /// <inheritdoc/>
    public ModelDescription Describe() => descriptions.Get(Stamps(), Read);

    /// <inheritdoc/>
    public ModelDescription DescribeWhole()
    {
        var description = Describe();
        if (description.Problem is not null)
            return description;
        using var text = Open(TextPath);
        using var vision = ProjectorPath is null ? null : Open(ProjectorPath);
        return description with
        {
            Metadata = Whole(text.Metadata),
            ProjectorMetadata = vision is null ? null : Whole(vision.Metadata),
        };

        static Dictionary<string, object?> Whole(GgufMetadata metadata) => metadata.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int ContextFor(int contextLength)
    {
        var trained = Describe().ContextLength;
        return contextLength == 0 ? trained : Math.Min(contextLength, trained);
    }

    /// <inheritdoc/>
    public long EstimateMemory(int contextLength)
    {
        var files = Stamps();
        // The tower computes with twice the bytes that its file of half floats has.
        return Math.Max(0, files.Text.Length) + Slots(contextLength) * SlotMemory(contextLength)
            + 2 * Math.Max(0, files.Projector?.Length ?? 0) + files.Adapters.Sum(adapter => Math.Max(0, adapter.Length))
            + SavedPrefixes;
    }

    /// <summary>Most bytes of conversations that had to leave their slot.</summary>
    public long SavedPrefixes => ByteSize.Parse(Options.SavedPrefixes, ModelMemory.MachineMemory) ?? 0;

    /// <summary>Requests that it answers side by side: as configured, or as many as fit a quarter of the machine's memory.</summary>
    public int Slots(int contextLength) => (int)Math.Clamp(ModelMemory.MachineMemory / 4 / Math.Max(1, SlotMemory(contextLength)), 1, Options.Slots);

    /// <summary>Bytes of a conversation's keys and values.</summary>
    private long SlotMemory(int contextLength)
    {
        var description = Describe();
        long Number(string key, long otherwise) => description.Metadata.GetValueOrDefault($"{description.Family}.{key}") is IConvertible value and not (string or bool)
            ? value.ToInt64(System.Globalization.CultureInfo.InvariantCulture) : otherwise;
        var (blocks, heads) = (Number("block_count", 0), Math.Max(1, Number("attention.head_count", 1)));
        var width = Number("attention.head_count_kv", heads) * Number("attention.key_length", description.EmbeddingLength / heads);
        return 4L * ContextFor(contextLength) * blocks * width; // keys and values of 2 bytes each
    }

    /// <inheritdoc/>
    public ModelInMemory Load(int contextLength, ModelSurroundings surroundings, IProgress<float> progress, CancellationToken cancellationToken) =>
        ModelRuntime.Load(this, contextLength, surroundings, progress, cancellationToken);

    /// <summary>The template that the model's messages are rendered with.</summary>
    /// <exception cref="ModelLoadException">Neither configuration nor file tells.</exception>
    public ChatTemplate Template(string? jinja, Func<string, bool> isSpecialToken, TemplateTokens? tokens = null)
    {
        if (Options.Template is { } name && ChatTemplate.Find(name) is { } configured)
            return configured;
        if (Options.Template is { } written)
            return Execute($"{Key}:Template", ChatTemplate.IsFile(written) ? ReadTemplate(written) : written, tokens);
        if (jinja is not null)
            return Execute("the chat template of its file", jinja, tokens);
        // Files converted before templates were stored in them: the vocabulary tells the family.
        if (jinja is null && isSpecialToken("<|end|>") && isSpecialToken("<|user|>"))
            return ChatTemplate.Find("phi3")!;
        if (jinja is null && isSpecialToken("<|im_start|>"))
            return ChatTemplate.Find("chatml")!;
        if (jinja is null && ProjectorPath is not null)
            return ChatTemplate.Find("vicuna")!; // what LLaVA was trained with
        throw new ModelLoadException(
            $"The model '{Options.Name}' cannot be used: its file holds no chat template; set {Key}:Template to one of {string.Join(", ", ChatTemplate.BuiltIn.Select(template => template.Name))}.");
    }

    private ChatTemplate Execute(string what, string jinja, TemplateTokens? tokens)
    {
        try
        {
            return new JinjaChatTemplate(jinja, tokens);
        }
        catch (JinjaException e)
        {
            // A family's own template goes on where the file's cannot be read.
            return ChatTemplate.Recognise(jinja) ?? throw Failure(
                $"{what} cannot be executed: {e.Message}; set {Key}:Template to one of {string.Join(", ", ChatTemplate.BuiltIn.Select(template => template.Name))} or to a template in Jinja.", e);
        }
    }

    private string ReadTemplate(string file)
    {
        var path = Path.GetFullPath(file, contentRoot);
        return File.Exists(path) ? File.ReadAllText(path) : throw Failure($"there is no file '{path}' ({Key}:Template).");
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

    private FileStamps Stamps() => new(
        FileStamp.Of(TextPath), ProjectorPath is null ? null : FileStamp.Of(ProjectorPath), [.. Adapters.Select(adapter => FileStamp.Of(adapter.Path))]);

    private ModelDescription Read(FileStamps files)
    {
        var (text, projector) = (files.Text, files.Projector);
        var description = new ModelDescription
        {
            Name = Options.Name,
            Size = Math.Max(0, text.Length) + Math.Max(0, projector?.Length ?? 0) + files.Adapters.Sum(adapter => Math.Max(0, adapter.Length)),
            ModifiedAt = text.Written,
            Vision = projector is not null,
            System = Options.System,
            Messages = [.. BaseConversation.Messages(Options)],
            License = Options.License,
            Parameters = ModelParameters.Of(Options),
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
                License = Options.License ?? file.Metadata.FindString("general.license"),
                ParameterCount = file.ParameterCount,
                Quantization = file.PrevailingType?.ToString() ?? "",
                ContextLength = file.Metadata.GetInt32($"{architecture}.context_length"),
                EmbeddingLength = file.Metadata.GetInt32($"{architecture}.embedding_length"),
                Metadata = Simplify(file.Metadata),
                Tensors = [.. file.Tensors.Select(tensor => new ModelTensor(tensor.Name, tensor.Type.ToString(), tensor.Dimensions))],
            };
            var tokens = file.Metadata.FindStrings("tokenizer.ggml.tokens") ?? [];
            var template = Template(jinja, tokens.Contains);
            description = description with { Template = Options.Template ?? jinja ?? template.Name, Tools = template.TakesTools, Thinking = template.Thinks };
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
            foreach (var (index, adapter) in files.Adapters.Index())
            {
                RequireFile(adapter, $"Adapters:{index}:Path");
                using var lora = Open(adapter.Path);
                CheckAdapter(lora, architecture, $"{Key}:Adapters:{index}");
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

    /// <summary>Refuses what is no adapter of this architecture: llama.cpp looks at shapes, and only at some.</summary>
    private void CheckAdapter(GgufFile file, string architecture, string key)
    {
        if (file.Metadata.FindString("general.type") != "adapter" || file.Metadata.FindString("adapter.type") != "lora")
            throw Failure($"{file.Name} ({key}) is not a LoRA adapter.");
        if (file.Architecture != architecture)
            throw Failure($"the adapter {file.Name} ({key}) was made for a '{file.Architecture}' model, {Path.GetFileName(TextPath)} is a '{architecture}' model.");
        GgufChecks.ForAdapter(file);
        foreach (var tensor in file.Tensors)
        {
            if (!tensor.Name.EndsWith(".lora_a", StringComparison.Ordinal) && !tensor.Name.EndsWith(".lora_b", StringComparison.Ordinal))
                throw Failure($"the adapter {file.Name} ({key}) holds '{tensor.Name}', which is no part of one.");
        }
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

    private sealed record FileStamps(FileStamp Text, FileStamp? Projector, FileStamp[] Adapters)
    {
        public bool Equals(FileStamps? other) => other is not null && Text == other.Text && Projector == other.Projector && Adapters.AsSpan().SequenceEqual(other.Adapters);

        public override int GetHashCode() => HashCode.Combine(Text, Projector, Adapters.Length);
    }
}
