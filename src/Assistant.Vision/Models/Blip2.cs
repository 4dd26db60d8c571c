using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a BLIP-2.</summary>
public sealed record Blip2Config
{
    /// <summary>The image encoder.</summary>
    public required BlipVisionConfig Vision { get; init; }
    /// <summary>The Q-Former.</summary>
    public required QFormerConfig QFormer { get; init; }
    /// <summary>The language model.</summary>
    public required OptConfig Text { get; init; }
    /// <summary>Learned queries, and so rows that a picture takes in the prompt.</summary>
    public int NumQueryTokens { get; init; } = 32;
    /// <summary>Token that stands where a row of image features goes; null in old files, whose prompts hold none.</summary>
    public int? ImageTokenIndex { get; init; }

    /// <summary>Reads a <c>config.json</c> of model_type blip-2.</summary>
    /// <exception cref="ModelConfigException">The language model is no OPT, or a field cannot be used.</exception>
    public static Blip2Config From(ModelConfig json)
    {
        var vision = BlipVisionConfig.FromBlip2(json.Object("vision_config"));
        var imageToken = json.Has("image_token_id") ? "image_token_id" : "image_token_index";
        return new Blip2Config
        {
            Vision = vision,
            QFormer = QFormerConfig.From(json.Object("qformer_config"), vision.HiddenSize),
            Text = OptConfig.From(json.Object("text_config")),
            NumQueryTokens = json.Size("num_query_tokens", 32),
            ImageTokenIndex = json.Has(imageToken) ? json.Int(imageToken) : null,
        };
    }
}

/// <summary>BLIP-2: an image encoder, a Q-Former that draws a few rows from it, and an OPT that reads them before its words.</summary>
/// <remarks>Li et al. 2023, arXiv:2301.12597; reference: transformers <c>modeling_blip_2.py</c>, Blip2ForConditionalGeneration. Names are the checkpoint's.</remarks>
public sealed class Blip2ForConditionalGeneration : Module
{
    private readonly BlipVisionModel vision_model;
    private readonly Parameter query_tokens; // [1, queries, qformer width]
    private readonly QFormerModel qformer;
    private readonly Linear language_projection;
    private readonly OptForCausalLM language_model;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public Blip2ForConditionalGeneration(Blip2Config config) : base(nameof(Blip2ForConditionalGeneration))
    {
        Config = config;
        vision_model = new BlipVisionModel(config.Vision);
        query_tokens = Layer.Normal(0.02, 1, config.NumQueryTokens, config.QFormer.Bert.HiddenSize);
        qformer = new QFormerModel(config.QFormer);
        language_projection = Layer.Linear(config.QFormer.Bert.HiddenSize, config.Text.WordEmbedProjDim);
        language_model = new OptForCausalLM(config.Text);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static Blip2ForConditionalGeneration From(ModelConfig json) => new(Blip2Config.From(json));

    /// <summary>The sizes it was built with.</summary>
    public Blip2Config Config { get; }

    /// <summary>The image encoder.</summary>
    public BlipVisionModel VisionModel => vision_model;

    /// <summary>The language model.</summary>
    public OptForCausalLM LanguageModel => language_model;

    /// <summary>What the queries draw from the picture.</summary>
    /// <param name="image_embeds">Output of <see cref="VisionModel"/>, [batch, positions, vision width].</param>
    /// <returns>[batch, queries, qformer width].</returns>
    public Tensor Query(Tensor image_embeds)
    {
        using var scope = NewDisposeScope();
        var queries = query_tokens.expand(image_embeds.shape[0], query_tokens.shape[1], query_tokens.shape[2]);
        return qformer.forward(queries, image_embeds).MoveToOuterDisposeScope();
    }

    /// <summary>Rows for the prompt.</summary>
    /// <param name="query_output">[batch, queries, qformer width].</param>
    /// <returns>[batch, queries, text width].</returns>
    public Tensor Project(Tensor query_output) => language_projection.call(query_output);

    /// <summary>Rows for the prompt, from the picture.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <returns>[batch, queries, text width].</returns>
    public Tensor GetImageFeatures(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        return Project(Query(vision_model.call(pixel_values))).MoveToOuterDisposeScope();
    }

    /// <summary>Token embeddings with image features where image tokens stand; before the first token if the configuration knows no image token.</summary>
    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="image_features">[batch, queries, text width].</param>
    /// <returns>[batch, length, text width], or [batch, queries + length, text width] without image tokens.</returns>
    /// <exception cref="ArgumentException">There are not as many image tokens as rows.</exception>
    public Tensor MergeImageFeatures(Tensor input_ids, Tensor image_features)
    {
        using var scope = NewDisposeScope();
        if (Config.ImageTokenIndex is not { } imageToken)
            return cat([image_features, language_model.Embed(input_ids)], dim: 1).MoveToOuterDisposeScope();
        var mask = input_ids == imageToken; // [batch, length]
        var (wanted, given) = (mask.sum().item<long>(), image_features.shape[0] * image_features.shape[1]);
        if (wanted != given)
            throw new ArgumentException($"The prompt has {wanted} image tokens, the pictures give {given} rows.", nameof(image_features));
        var embeds = language_model.Embed(input_ids.masked_fill(mask, 0)); // the image token may lie beyond the embedding's rows
        return embeds.masked_scatter(mask.unsqueeze(-1), image_features.to(embeds.dtype)).MoveToOuterDisposeScope();
    }

    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">[batch, length], int64, image tokens expanded.</param>
    /// <param name="attention_mask">[batch, positions], 0 for padding; null where there is none.</param>
    /// <returns>Logits, [batch, positions, vocab_size].</returns>
    public Tensor forward(Tensor pixel_values, Tensor input_ids, Tensor? attention_mask = null)
    {
        using var scope = NewDisposeScope();
        return language_model.forward(MergeImageFeatures(input_ids, GetImageFeatures(pixel_values)), attention_mask).MoveToOuterDisposeScope();
    }

    /// <summary>Writes about pictures.</summary>
    /// <param name="pixel_values">[batch, 3, image_size, image_size].</param>
    /// <param name="input_ids">Prompts, [batch, length], int64, image tokens expanded, without padding; null for the image tokens and bos_token_id.</param>
    /// <param name="options">Length (of the new tokens, since the prompt is embeddings), beams and so on; a text ends at eos_token_id if it names no end token.</param>
    /// <param name="onStep">Called after each token.</param>
    /// <param name="cancellationToken">Checked at each token.</param>
    /// <returns>For each picture the texts, best first; their new tokens.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prompt and new tokens are more than the position table; nothing was read.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedSequence>> Generate(
        Tensor pixel_values, Tensor? input_ids, GenerationOptions options,
        Action<GenerationStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var prompt = input_ids ?? Prompt([]).repeat(pixel_values.shape[0], 1);
        var imageRows = Config.ImageTokenIndex is null ? Config.NumQueryTokens : 0; // they stand before the prompt, not in it
        options.CheckPositions((int)prompt.shape[1] + imageRows, Config.Text.MaxPositionEmbeddings, embedded: true);
        using var decoder = language_model.Start(MergeImageFeatures(prompt, GetImageFeatures(pixel_values)));
        return TextGenerator.Generate(decoder, options.EndingAt(Config.Text.EosTokenId), onStep, cancellationToken);
    }

    /// <summary>A prompt for <see cref="Generate"/>: the image tokens, bos_token_id, the text's tokens.</summary>
    /// <param name="tokens">Tokens of the text, without special ones; may be empty.</param>
    /// <returns>[1, length], int64.</returns>
    public Tensor Prompt(IReadOnlyList<long> tokens)
    {
        var images = Config.ImageTokenIndex is { } token ? Enumerable.Repeat((long)token, Config.NumQueryTokens) : [];
        long[] ids = [.. images, Config.Text.BosTokenId, .. tokens];
        return tensor(ids, [1, ids.Length]);
    }
}
