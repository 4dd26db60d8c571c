using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>A kind of network that published folders hold: which config.json means it, its sizes, how it is built, and what its files call its tensors.</summary>
public sealed class ModelFamily
{
    private static readonly Kind[] Known =
    [
        new("clip", "CLIP", ["CLIPModel"], json => new { TextConfig = ClipTextConfig.From(json.Object("text_config")), VisionConfig = ClipVisionConfig.From(json.Object("vision_config")), ProjectionDim = json.Size("projection_dim", 512) }, ClipModel.From, null),
        new("blip", "BLIP", ["BlipForConditionalGeneration"], BlipConfig.From, BlipForConditionalGeneration.From, CheckpointNames.Blip),
        new("blip", "BLIP", ["BlipForQuestionAnswering"], BlipConfig.From, BlipForQuestionAnswering.From, CheckpointNames.Blip),
        new("blip", "BLIP", ["BlipForImageTextRetrieval"], BlipConfig.From, BlipForImageTextRetrieval.From, CheckpointNames.Blip),
        new("blip-2", "BLIP-2", ["Blip2ForConditionalGeneration"], Blip2Config.From, Blip2ForConditionalGeneration.From, CheckpointNames.Blip2),
        new("opt", "OPT", ["OPTForCausalLM"], OptConfig.From, json => new OptForCausalLM(OptConfig.From(json)), CheckpointNames.Blip2),
        new("vision-encoder-decoder", "ViT-GPT2", ["VisionEncoderDecoderModel"], json => new { Encoder = ViTConfig.From(json.Object("encoder")), Decoder = Gpt2Config.From(json.Object("decoder")) }, VisionEncoderDecoderModel.From, CheckpointNames.Gpt2),
        new("vilt", "ViLT", ["ViltForQuestionAnswering"], ViltConfig.From, ViltForQuestionAnswering.From, CheckpointNames.Vilt),
        new("vit", "ViT", ["ViTForImageClassification"], ViTConfig.From, ViTForImageClassification.From, null),
        new("vit", "ViT", ["ViTModel"], ViTConfig.From, json => new ViTModel(ViTConfig.From(json)), null),
        new("bert", "BERT", ["BertModel", "BertForMaskedLM", "BertForPreTraining"], BertConfig.From, BertModel.From, CheckpointNames.Bert),
        new("llava", "LLaVA", ["LlavaForConditionalGeneration"], LlavaConfig.From, json => new LlavaForConditionalGeneration(LlavaConfig.From(json)), null),
        new("phi3", "Phi-3", ["Phi3ForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
        new("llama", "LLaMA", ["LlamaForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
        new("mistral", "Mistral", ["MistralForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
    ];

    private readonly Kind kind;
    private readonly ModelConfig json;

    private ModelFamily(Kind kind, ModelConfig json) => (this.kind, this.json, Sizes) = (kind, json, kind.Sizes(json));

    /// <summary>What people call the family: CLIP, BLIP-2, ViLT, ...</summary>
    public string Name => kind.Name;

    /// <summary><c>model_type</c> of config.json.</summary>
    public string ModelType => kind.ModelType;

    /// <summary>The class of transformers that the weights belong to.</summary>
    public string Architecture => kind.Architectures[0];

    /// <summary>The sizes that the network is built with: records whose properties are named as config.json's fields, in .NET's spelling; fields that it leaves out have their defaults.</summary>
    public object Sizes { get; }

    /// <summary>Name in the network of a tensor of a published file, for <see cref="Checkpoint.Load"/>; null where they are the same.</summary>
    public Func<string, string?>? Names => kind.Names;

    /// <summary>Finds the family of a configuration.</summary>
    /// <exception cref="ModelConfigException">It names a network that is not known here, or a field cannot be used; the message names both what it says and what there is.</exception>
    public static ModelFamily Of(ModelConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var (type, architectures) = (json.Text("model_type"), json.Texts("architectures"));
        var kinds = Known.Where(kind => kind.ModelType == type).ToList();
        if (kinds.Count == 0)
            throw new ModelConfigException($"{json.Path}: networks of model_type '{type}' are not known; known: {string.Join(", ", Known.Select(kind => kind.ModelType).Distinct())}.");
        var found = architectures.Count == 0 ? kinds[0] : kinds.Find(kind => kind.Architectures.Intersect(architectures).Any());
        return found is null
            ? throw new ModelConfigException($"{json.Path}: the architecture {string.Join(", ", architectures)} of model_type '{type}' is not known; known: {string.Join(", ", kinds.SelectMany(kind => kind.Architectures))}.")
            : new ModelFamily(found, json);
    }

    /// <summary>Builds the network, its weights random.</summary>
    /// <returns>The caller disposes of it.</returns>
    public nn.Module Build() => kind.Build(json);

    private sealed record Kind(string ModelType, string Name, string[] Architectures, Func<ModelConfig, object> Sizes, Func<ModelConfig, nn.Module> Build, Func<string, string?>? Names);
}
