using System.Runtime.InteropServices;
using Assistant.Vision.Weights;
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
        new("clip_vision_model", "CLIP image encoder", ["CLIPVisionModel"], ClipVisionConfig.From, json => new ClipVisionModel(ClipVisionConfig.From(json)), CheckpointNames.Clip),
        new("clip_vision_model", "CLIP image encoder", ["CLIPVisionModelWithProjection"], ClipVisionConfig.From, ClipVisionModelWithProjection.From, CheckpointNames.Clip),
        new("clip_text_model", "CLIP text encoder", ["CLIPTextModel"], ClipTextConfig.From, json => new ClipTextModel(ClipTextConfig.From(json)), CheckpointNames.Clip),
        new("clip_text_model", "CLIP text encoder", ["CLIPTextModelWithProjection"], ClipTextConfig.From, ClipTextModelWithProjection.From, CheckpointNames.Clip),
        new("gpt2", "GPT-2", ["GPT2LMHeadModel"], Gpt2Config.From, json => new Gpt2LMHeadModel(Gpt2Config.From(json)), CheckpointNames.Gpt2),
    ];

    private readonly string path; // of what says all this, for messages
    private readonly Func<nn.Module> build;

    private ModelFamily(Kind kind, ModelConfig json)
    {
        (Name, ModelType, Architecture, Sizes) = (kind.Name, kind.ModelType, kind.Architectures[0], Read(json, kind.Sizes));
        Names = name => CheckpointNames.IsBuffer(name) ? null : kind.Names is { } rename ? rename(name) : name;
        (path, build) = (json.Path, () => Read(json, kind.Build));
    }

    private ModelFamily(TorchvisionNetwork network, string path)
    {
        (Name, ModelType, Architecture, Sizes) = (network.Name, network.ModelType, network.Architecture, network.Sizes);
        (this.path, build) = (path, network.Build);
    }

    /// <summary>What people call the family: CLIP, BLIP-2, ViLT, ...</summary>
    public string Name { get; }

    /// <summary><c>model_type</c> of config.json; for torchvision's files, which have none, the network's name in small letters.</summary>
    public string ModelType { get; }

    /// <summary>The class of transformers that the weights belong to, or torchvision's function that makes the network.</summary>
    public string Architecture { get; }

    /// <summary>The sizes that the network is built with: records whose properties are named as config.json's fields, in .NET's spelling; fields that it leaves out have their defaults.</summary>
    public object Sizes { get; }

    /// <summary>Name in the network of a tensor of a published file, for <see cref="Checkpoint.Load"/>; null where they are the same.</summary>
    public Func<string, string?>? Names { get; }

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

    /// <summary>Finds the family of weights that come without a configuration, as torchvision's do: by their names and shapes.</summary>
    /// <param name="file">The weights.</param>
    /// <returns>Null where they belong to no network that is known by its weights: ResNet of basic or bottleneck blocks, and VGG without batch norms.</returns>
    public static ModelFamily? OfWeights(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return TorchvisionNetwork.Of(file) is { } network ? new ModelFamily(network, file.Name) : null;
    }

    /// <summary>Builds the network, its weights random.</summary>
    /// <returns>The caller disposes of it.</returns>
    /// <exception cref="ModelConfigException">The sizes pass one by one and still make no network, such as a table of more rows than there is memory.</exception>
    public nn.Module Build() => Checked(build);

    /// <summary>Builds the network for weights that are loaded next: until then they are memory as it was found. Drawing first values would take longer than loading.</summary>
    /// <param name="dtype">The network's precision.</param>
    /// <returns>The caller disposes of it.</returns>
    /// <exception cref="ModelConfigException">As for <see cref="Build()"/>.</exception>
    public nn.Module BuildUnfilled(ScalarType dtype = ScalarType.Float32) => Checked(() => Layer.Unfilled(build, dtype).to(dtype));

    private nn.Module Checked(Func<nn.Module> build)
    {
        try
        {
            return build();
        }
        catch (Exception broken) when (broken is ExternalException or ArgumentException or OverflowException)
        {
            throw new ModelConfigException($"{path} describes a network that cannot be built: {broken.Message.Split('\n')[0]}", broken);
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
