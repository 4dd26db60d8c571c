using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis;

/// <summary>Four models that answer with one scripted client; their loading is only written down.</summary>
internal sealed class ScriptedModels(ScriptedChatClient client) : IChatModels, ILoadedModels
{
    public static readonly DateTimeOffset ModifiedAt = new(2026, 11, 20, 8, 30, 0, TimeSpan.Zero);

    private readonly List<ModelDescription> models =
    [
        new()
        {
            Name = "llava-phi3",
            Size = 2_926_568_381,
            Digest = new string('a', 64),
            ModifiedAt = ModifiedAt,
            Family = "phi3",
            ParameterCount = 3_821_079_552,
            Quantization = "Q4_K_M",
            ContextLength = 4096,
            EmbeddingLength = 3072,
            Vision = true,
            Template = "phi3",
            System = "You see.",
            Metadata = new Dictionary<string, object?>
            {
                ["general.architecture"] = "phi3",
                ["general.name"] = "left out",
                ["phi3.context_length"] = 4096u,
                ["phi3.attention.layer_norm_rms_epsilon"] = 1e-5f,
                ["tokenizer.ggml.add_bos_token"] = true,
                ["tokenizer.ggml.tokens"] = null,
                ["tokenizer.chat_template"] = "left out",
                ["phi3.rope.dimension_sections"] = new[] { 1, 2, 3 },
            },
            ProjectorMetadata = new Dictionary<string, object?> { ["general.architecture"] = "clip", ["clip.vision.image_size"] = 336u },
            Tensors = [new("token_embd.weight", "Q4_K", [3072, 32064])],
        },
        new() { Name = "text-only", Size = 1000, Digest = new string('b', 64), ModifiedAt = ModifiedAt, Family = "llama", ParameterCount = 12_600_000, Quantization = "Q8_0" },
        new() { Name = "thinker", Size = 2000, Digest = new string('c', 64), ModifiedAt = ModifiedAt, Family = "qwen3", Tools = true, Thinking = true },
        new() { Name = "broken", Problem = "model 'broken': broken.gguf is not there" },
    ];

    public List<string> Log { get; } = [];

    public string DefaultModel => models[0].Name;

    public IReadOnlyList<ModelDescription> List() => models;

    public ModelDescription? Find(string name) =>
        models.Find(model => string.Equals(model.Name, name.Split(":latest")[0], StringComparison.OrdinalIgnoreCase));

    public IChatClient GetClient(string name) => Find(name) is { Problem: { } problem } ? new ScriptedChatClient(new ModelLoadException(problem)) : client;

    public IReadOnlyList<LoadedModel> Loaded() => [new("llava-phi3", 2048, 3_000_000_000), new("text-only", 512, 1000, 500, ModifiedAt)];

    public Task LoadAsync(string name, TimeSpan? keepAlive, int? contextLength, CancellationToken cancellationToken)
    {
        Log.Add($"load {name} {keepAlive?.ToString() ?? "default"}{(contextLength is { } length ? $" with {length}" : "")}");
        return Task.CompletedTask;
    }

    public Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        Log.Add($"unload {name}");
        return Task.CompletedTask;
    }
}
