using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Models;

/// <summary>A kind of network that published folders hold: which config.json means it, its sizes, how it is built, and what its files call its tensors.</summary>
public sealed class ModelFamily
{
    private static readonly Kind[] Known =
    [
        new("clip", "CLIP", ["CLIPModel"], ClipConfig.From, ClipModel.From, CheckpointNames.Clip),
        new("blip", "BLIP", ["BlipForConditionalGeneration"], BlipConfig.From, BlipForConditionalGeneration.From, CheckpointNames.Blip),
        new("blip", "BLIP", ["BlipForQuestionAnswering"], BlipConfig.From, BlipForQuestionAnswering.From, CheckpointNames.Blip),
        new("blip", "BLIP", ["BlipForImageTextRetrieval"], BlipConfig.From, BlipForImageTextRetrieval.From, CheckpointNames.Blip),
        new("blip-2", "BLIP-2", ["Blip2ForConditionalGeneration"], Blip2Config.From, Blip2ForConditionalGeneration.From, CheckpointNames.Blip2),
        new("opt", "OPT", ["OPTForCausalLM"], OptConfig.From, json => new OptForCausalLM(OptConfig.From(json)), CheckpointNames.Blip2),
        new("vision-encoder-decoder", "ViT-GPT2", ["VisionEncoderDecoderModel"], VisionEncoderDecoderConfig.From, VisionEncoderDecoderModel.From, CheckpointNames.Gpt2),
        new("vilt", "ViLT", ["ViltForQuestionAnswering"], ViltConfig.From, ViltForQuestionAnswering.From, CheckpointNames.Vilt),
        new("vit", "ViT", ["ViTForImageClassification"], ViTConfig.From, ViTForImageClassification.From, CheckpointNames.ViT),
        new("vit", "ViT", ["ViTModel"], ViTConfig.From, json => new ViTModel(ViTConfig.From(json)), null),
        new("resnet", "ResNet", ["ResNetForImageClassification"], ResNetConfig.From, ResNet.From, CheckpointNames.ResNet),
        new("bert", "BERT", ["BertModel", "BertForMaskedLM", "BertForPreTraining"], BertConfig.From, BertModel.From, CheckpointNames.Bert),
        new("llava", "LLaVA", ["LlavaForConditionalGeneration"], LlavaConfig.From, json => new LlavaForConditionalGeneration(LlavaConfig.From(json)), null),
        new("phi3", "Phi-3", ["Phi3ForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
        new("llama", "LLaMA", ["LlamaForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
        new("mistral", "Mistral", ["MistralForCausalLM"], DecoderConfig.From, CausalLanguageModel.From, null),
    ];

    private readonly Kind kind;
    private readonly ModelConfig json;

    private ModelFamily(Kind kind, ModelConfig json) => (this.kind, this.json, Sizes) = (kind, json, Read(json, kind.Sizes));

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
    /// <param name="json">config.json.</param>
    /// <param name="preferred">The architectures to look for first where config.json names none and several share its model_type.</param>
    /// <exception cref="ModelConfigException">It names a network that is not known here, or a field cannot be used; the message names both what it says and what there is.</exception>
    public static ModelFamily Of(ModelConfig json, params IReadOnlyList<string> preferred)
    {
        ArgumentNullException.ThrowIfNull(json);
        var (type, architectures) = (json.Text("model_type"), json.Texts("architectures"));
        var kinds = Known.Where(kind => kind.ModelType == type).ToList();
        if (kinds.Count == 0)
            throw new ModelConfigException($"{json.Path}: networks of model_type '{type}' are not known; known: {string.Join(", ", Known.Select(kind => kind.ModelType).Distinct())}.");
        var found = architectures.Count == 0 ? kinds.Find(kind => kind.Architectures.Intersect(preferred).Any()) ?? kinds[0] : kinds.Find(kind => kind.Architectures.Intersect(architectures).Any());
        return found is null
            ? throw new ModelConfigException($"{json.Path}: the architecture {string.Join(", ", architectures)} of model_type '{type}' is not known; known: {string.Join(", ", kinds.SelectMany(kind => kind.Architectures))}.")
            : new ModelFamily(found, json);
    }

    /// <summary>Builds the network, its weights random.</summary>
    /// <returns>The caller disposes of it.</returns>
    /// <exception cref="ModelConfigException">The sizes pass one by one and still make no network, such as a table of more rows than there is memory.</exception>
    public nn.Module Build() => Build(kind.Build);

    /// <summary>Builds the network for weights that are loaded next: until then they are memory as it was found. Drawing first values would take longer than loading.</summary>
    /// <param name="dtype">The network's precision.</param>
    /// <returns>The caller disposes of it.</returns>
    /// <exception cref="ModelConfigException">As for <see cref="Build()"/>.</exception>
    public nn.Module BuildUnfilled(ScalarType dtype = ScalarType.Float32) => Build(sizes => Layer.Unfilled(() => kind.Build(sizes), dtype).to(dtype));

    private nn.Module Build(Func<ModelConfig, nn.Module> build)
    {
        try
        {
            return Read(json, build);
        }
        catch (Exception broken) when (broken is ExternalException or ArgumentException or OverflowException)
        {
            throw new ModelConfigException($"{json.Path} describes a network that cannot be built: {broken.Message.Split('\n')[0]}", broken);
        }
    }

    /// <summary>Reads a configuration, its errors naming the file.</summary>
    private static T Read<T>(ModelConfig json, Func<ModelConfig, T> read)
    {
        try
        {
            return read(json);
        }
        catch (ModelConfigException broken) when (!broken.Message.StartsWith(json.Path, StringComparison.Ordinal))
        {
            throw new ModelConfigException($"{json.Path}: {broken.Message}", broken);
        }
    }

    private sealed record Kind(string ModelType, string Name, string[] Architectures, Func<ModelConfig, object> Sizes, Func<ModelConfig, nn.Module> Build, Func<string, string?>? Names);
}
