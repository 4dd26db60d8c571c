using Assistant.Chat.Engine;
using Assistant.Chat.Prompts;
using Assistant.Vision;
using Assistant.Vision.Weights;
using LlamaCpp;

namespace Assistant.Chat.Models;

/// <summary>A model in memory: weights, context, template, and what encodes pictures for it.</summary>
internal sealed class ModelRuntime : ModelInMemory
{
    private readonly LlamaModel model;
    private readonly IImageEncoder? encoder;

    private ModelRuntime(ModelFiles files, LlamaModel model, ChatEngine engine, IImageEncoder? encoder, ChatTemplate template, ModelSurroundings surroundings)
    {
        (this.model, this.encoder, Options, Engine, Template) = (model, encoder, files.Options, engine, template);
        Images = encoder is null ? null : new ImageFeatureSource(encoder, surroundings.Features, surroundings.Pixels);
        Tokenizer = new PromptTokenizer(model.Vocab, encoder, files.Options.Name);
        // A stop that is one special token ends the answer exactly; one that is not is looked for in the text.
        var stops = template.Stops.ToLookup(stop => model.Vocab.FindSpecial(stop) is not null);
        StopTokens = stops[true].Select(stop => model.Vocab.FindSpecial(stop)!.Value).ToHashSet();
        StopTexts = [.. stops[false], .. files.Options.Stop];
    }

    public ModelOptions Options { get; }

    public ChatEngine Engine { get; }

    public ChatTemplate Template { get; }

    public PromptTokenizer Tokenizer { get; }

    public ImageFeatureSource? Images { get; }

    public IReadOnlySet<int> StopTokens { get; }

    public IReadOnlyList<string> StopTexts { get; }

    public LlamaVocab Vocab => model.Vocab;

    public LlamaModel Model => model;

    /// <inheritdoc/>
    public override int ContextLength => Engine.ContextLength;

    /// <inheritdoc/>
    public override int Slots => Engine.Slots;

    /// <inheritdoc/>
    public override string Summary => $"{model.Description}, context of {ContextLength} tokens, {Engine.Slots} at a time";

    /// <inheritdoc/>
    public override (int Active, int Waiting) Requests => Engine.Statistics is var statistics ? (statistics.Active, statistics.Waiting) : default;

    /// <summary>Loads a model; blocks for as long as that takes.</summary>
    /// <exception cref="ModelLoadException">Its files cannot be used.</exception>
    public static ModelRuntime Load(ModelFiles files, int contextLength, ModelSurroundings surroundings, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var description = files.Describe(); // llama.cpp aborts the process on some broken files: nothing reaches it unchecked
        if (description.Problem is { } problem)
            throw new ModelLoadException(problem);
        LlamaModel? model = null;
        ChatEngine? engine = null;
        IImageEncoder? encoder = null;
        var adapters = new List<(LoraAdapter Adapter, float Scale)>();
        try
        {
            model = LlamaModel.Load(files.TextPath, new LlamaModelOptions { Progress = progress, CancellationToken = cancellationToken });
            var template = files.Template(model.ChatTemplate, text => model.Vocab.FindSpecial(text) is not null, Tokens(model.Vocab));
            engine = new ChatEngine(model, ContextOptions(files, contextLength), surroundings.Compute, EngineOptions(files, contextLength));
            foreach (var (path, scale) in files.Adapters)
                adapters.Add((LoraAdapter.Load(model, path), scale));
            engine.SetAdapters([.. adapters]);
            if (files.ProjectorPath is not null)
            {
                encoder = (surroundings.CreateEncoder ?? throw files.Failure("this program has no image encoder."))(files.ProjectorPath);
                files.CheckWidth(encoder.EmbeddingLength, model.EmbeddingLength);
            }
            return new ModelRuntime(files, model, engine, encoder, template, surroundings);
        }
        catch (Exception e)
        {
            encoder?.Dispose();
            engine?.Dispose();
            model?.Dispose();
            if (e is LlamaException or WeightFileException or IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException or ArgumentException)
                throw files.Failure(e.Message, e);
            throw;
        }
        finally
        {
            foreach (var (adapter, _) in adapters)
                adapter.Dispose(); // the context keeps what it has attached
        }
    }

    public override void Dispose()
    {
        Engine.Dispose();
        Images?.Dispose();
        encoder?.Dispose();
        model.Dispose();
    }

    private static EngineOptions EngineOptions(ModelFiles files, int contextLength) => new()
    {
        Slots = files.Slots(contextLength),
        MaxQueue = files.Options.MaxQueue,
        SavedPrefixes = files.SavedPrefixes,
    };

    private static TemplateTokens Tokens(LlamaVocab vocab) => new(
        vocab.BeginOfSequence is { } begin ? vocab.GetText(begin) : null, vocab.EndOfSequence is { } end ? vocab.GetText(end) : null, vocab.AddsBeginOfSequence);

    private static LlamaContextOptions ContextOptions(ModelFiles files, int contextLength) => new()
    {
        ContextLength = files.ContextFor(contextLength),
        Threads = files.Options.Threads,
        FlashAttention = files.Options.FlashAttention ? FlashAttention.Enabled : FlashAttention.Disabled,
    };
}
