using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a BLIP.</summary>
public sealed record BlipConfig
{
    /// <summary>The image encoder.</summary>
    public required BlipVisionConfig Vision { get; init; }
    /// <summary>Text encoder and decoder.</summary>
    public required BlipTextConfig Text { get; init; }
    /// <summary>Width of the space in which pictures and texts are compared.</summary>
    public int ImageTextHiddenSize { get; init; } = 256;

    /// <summary>Reads a <c>config.json</c> of model_type blip.</summary>
    /// <remarks>The image encoder's width decides what cross attention reads, whatever text_config says, as in the reference.</remarks>
    public static BlipConfig From(ModelConfig json)
    {
        var vision = BlipVisionConfig.From(json.Object("vision_config"));
        var text = BlipTextConfig.From(json.Object("text_config"));
        return new BlipConfig
        {
            Vision = vision,
            Text = text with { Bert = text.Bert with { EncoderHiddenSize = vision.HiddenSize } },
            ImageTextHiddenSize = json.Size("image_text_hidden_size", 256),
        };
    }
}

/// <summary>BLIP that captions: image encoder and text decoder.</summary>
/// <remarks>Li et al. 2022, arXiv:2201.12086; reference: transformers <c>modeling_blip.py</c>, BlipForConditionalGeneration. Names are the checkpoint's.</remarks>
public sealed class BlipForConditionalGeneration : Module
{
    private readonly BlipVisionModel vision_model;
    private readonly BlipTextDecoder text_decoder;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public BlipForConditionalGeneration(BlipConfig config) : base(nameof(BlipForConditionalGeneration))
    {
        Config = config;
        vision_model = new BlipVisionModel(config.Vision);
        text_decoder = new BlipTextDecoder(config.Text);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static BlipForConditionalGeneration From(ModelConfig json) => new(BlipConfig.From(json));

    /// <summary>The sizes it was built with.</summary>
    public BlipConfig Config { get; }

    /// <summary>The image encoder.</summary>
    public BlipVisionModel VisionModel => vision_model;

    /// <summary>The text decoder.</summary>
    public BlipTextDecoder TextDecoder => text_decoder;

    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">[batch, length], int64, starting with bos_token_id.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public Tensor forward(Tensor pixel_values, Tensor input_ids)
    {
        using var scope = NewDisposeScope();
        return text_decoder.forward(input_ids, vision_model.call(pixel_values)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes captions.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="options">Length, beams and so on; a caption ends at sep_token_id if it names no end token.</param>
    /// <param name="prompt_ids">A tokenised prefix as the tokenizer gives it, with its first token ([CLS], replaced by bos_token_id) and its last ([SEP], dropped); null for none.</param>
    /// <param name="onStep">Called after each token.</param>
    /// <param name="cancellationToken">Checked at each token.</param>
    /// <returns>For each picture the captions, best first; their tokens without the prompt.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prompt and new tokens are more than the position table; nothing was read.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedSequence>> Generate(
        Tensor pixel_values, GenerationOptions options, IReadOnlyList<long>? prompt_ids = null,
        Action<GenerationStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        if (prompt_ids is { Count: < 2 })
            throw new ArgumentException($"A tokenised prefix holds at least its first and last token; this one has {prompt_ids.Count}.", nameof(prompt_ids));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        IReadOnlyList<long> prompt = prompt_ids is null ? [Config.Text.BosTokenId] : [Config.Text.BosTokenId, .. prompt_ids.Skip(1).SkipLast(1)];
        options.CheckPositions(prompt.Count, Config.Text.Bert.MaxPositionEmbeddings);
        using var decoder = text_decoder.Start(Enumerable.Repeat(prompt, (int)pixel_values.shape[0]).ToList(), vision_model.call(pixel_values));
        return TextGenerator.Generate(decoder, options.EndingAt(Config.Text.SepTokenId), onStep, cancellationToken);
    }
}

/// <summary>BLIP that answers questions: image encoder, question encoder, answer decoder.</summary>
/// <remarks>Reference: transformers <c>modeling_blip.py</c>, BlipForQuestionAnswering.</remarks>
public sealed class BlipForQuestionAnswering : Module
{
    private readonly BlipVisionModel vision_model;
    private readonly BlipTextModel text_encoder;
    private readonly BlipTextDecoder text_decoder;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    /// <exception cref="ModelConfigException">Image and text encoder differ in width.</exception>
    public BlipForQuestionAnswering(BlipConfig config) : base(nameof(BlipForQuestionAnswering))
    {
        // As in the reference, the answer's cross attention is built for the picture's width and reads the question's states.
        if (config.Vision.HiddenSize != config.Text.Bert.HiddenSize)
            throw new ModelConfigException($"vision_config.hidden_size {config.Vision.HiddenSize} and text_config.hidden_size {config.Text.Bert.HiddenSize} must be equal in a BLIP that answers questions.");
        Config = config;
        vision_model = new BlipVisionModel(config.Vision);
        text_encoder = new BlipTextModel(config.Text);
        text_decoder = new BlipTextDecoder(config.Text);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static BlipForQuestionAnswering From(ModelConfig json) => new(BlipConfig.From(json));

    /// <summary>The sizes it was built with.</summary>
    public BlipConfig Config { get; }

    /// <summary>The image encoder.</summary>
    public BlipVisionModel VisionModel => vision_model;

    /// <summary>The question encoder.</summary>
    public BlipTextModel TextEncoder => text_encoder;

    /// <summary>The answer decoder.</summary>
    public BlipTextDecoder TextDecoder => text_decoder;

    /// <summary>The question, read with the picture in view.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <returns>[batch, length, hidden_size].</returns>
    public Tensor EncodeQuestion(Tensor pixel_values, Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return text_encoder.Encode(input_ids, attention_mask, vision_model.call(pixel_values)).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of an answer's tokens, for training.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">The question, [batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for the question's padding; null where there is none. As in the reference the answer attends to all positions of the encoded question, padding included.</param>
    /// <param name="decoder_input_ids">The answer so far, [batch, answer length], int64, starting with bos_token_id.</param>
    /// <returns>Logits, [batch, answer length, vocab_size].</returns>
    public Tensor forward(Tensor pixel_values, Tensor input_ids, Tensor? attention_mask, Tensor decoder_input_ids)
    {
        using var scope = NewDisposeScope();
        return text_decoder.forward(decoder_input_ids, EncodeQuestion(pixel_values, input_ids, attention_mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes answers. Like the reference, it lets the decoder see all of the question's positions, padding included.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">The questions, [batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <param name="options">Length, beams and so on; an answer ends at sep_token_id if it names no end token.</param>
    /// <param name="onStep">Called after each token.</param>
    /// <param name="cancellationToken">Checked at each token.</param>
    /// <returns>For each question the answers, best first; their tokens without the start token.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or the new tokens are more than the position table; nothing was read.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedSequence>> Generate(
        Tensor pixel_values, Tensor input_ids, Tensor? attention_mask, GenerationOptions options,
        Action<GenerationStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        IReadOnlyList<long> start = [Config.Text.BosTokenId];
        options.CheckPositions(start.Count, Config.Text.Bert.MaxPositionEmbeddings);
        using var decoder = text_decoder.Start(
            Enumerable.Repeat(start, (int)input_ids.shape[0]).ToList(), EncodeQuestion(pixel_values, input_ids, attention_mask));
        return TextGenerator.Generate(decoder, options.EndingAt(Config.Text.SepTokenId), onStep, cancellationToken);
    }
}

/// <summary>BLIP that says whether a text fits a picture: by reading both together (ITM) or by comparing projections (ITC).</summary>
/// <remarks>Reference: transformers <c>modeling_blip.py</c>, BlipForImageTextRetrieval.</remarks>
public sealed class BlipForImageTextRetrieval : Module
{
    private readonly BlipVisionModel vision_model;
    private readonly BlipTextModel text_encoder;
    private readonly Linear vision_proj, text_proj;
    private readonly Linear itm_head;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public BlipForImageTextRetrieval(BlipConfig config) : base(nameof(BlipForImageTextRetrieval))
    {
        Config = config;
        vision_model = new BlipVisionModel(config.Vision);
        text_encoder = new BlipTextModel(config.Text);
        vision_proj = Layer.Linear(config.Vision.HiddenSize, config.ImageTextHiddenSize);
        text_proj = Layer.Linear(config.Text.Bert.HiddenSize, config.ImageTextHiddenSize);
        itm_head = Layer.Linear(config.Text.Bert.HiddenSize, 2);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static BlipForImageTextRetrieval From(ModelConfig json) => new(BlipConfig.From(json));

    /// <summary>The sizes it was built with.</summary>
    public BlipConfig Config { get; }

    /// <summary>The image encoder.</summary>
    public BlipVisionModel VisionModel => vision_model;

    /// <summary>The text encoder.</summary>
    public BlipTextModel TextEncoder => text_encoder;

    /// <summary>Whether text b fits picture b, read together.</summary>
    /// <param name="image_embeds">Output of <see cref="VisionModel"/>, [batch, positions, width].</param>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <returns>Logits, [batch, 2]: column 0 for "does not match", 1 for "matches".</returns>
    public Tensor MatchLogits(Tensor image_embeds, Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        var states = text_encoder.Encode(input_ids, attention_mask, image_embeds);
        return itm_head.call(states.select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Pictures in the common space.</summary>
    /// <param name="image_embeds">Output of <see cref="VisionModel"/>, [images, positions, width].</param>
    /// <returns>[images, image_text_hidden_size], of length 1.</returns>
    public Tensor GetImageFeatures(Tensor image_embeds)
    {
        using var scope = NewDisposeScope();
        return F.normalize(vision_proj.call(image_embeds.select(1, 0)), dim: -1).MoveToOuterDisposeScope();
    }

    /// <summary>Texts in the common space, read without a picture.</summary>
    /// <param name="input_ids">[texts, length], int64.</param>
    /// <param name="attention_mask">[texts, length], 0 for padding; null where there is none.</param>
    /// <returns>[texts, image_text_hidden_size], of length 1.</returns>
    public Tensor GetTextFeatures(Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return F.normalize(text_proj.call(text_encoder.Encode(input_ids, attention_mask).select(1, 0)), dim: -1).MoveToOuterDisposeScope();
    }

    /// <summary>Cosine of every picture with every text.</summary>
    /// <param name="image_features">[images, image_text_hidden_size].</param>
    /// <param name="text_features">[texts, image_text_hidden_size].</param>
    /// <returns>[images, texts].</returns>
    public static Tensor ContrastiveScores(Tensor image_features, Tensor text_features)
    {
        using var scope = NewDisposeScope();
        return matmul(image_features, text_features.t()).MoveToOuterDisposeScope();
    }
}
