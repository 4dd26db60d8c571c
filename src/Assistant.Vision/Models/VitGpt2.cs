using Assistant.Vision.Generation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Assistant.Vision.Models;

/// <summary>Sizes and special tokens of a ViT with a GPT-2.</summary>
public sealed record VisionEncoderDecoderConfig
{
    /// <summary>The image encoder.</summary>
    public required ViTConfig Encoder { get; init; }
    /// <summary>The text decoder.</summary>
    public required Gpt2Config Decoder { get; init; }
    /// <summary>First token of every text.</summary>
    public int DecoderStartTokenId { get; init; } = 50256;
    /// <summary>Token that ends a text.</summary>
    public int EosTokenId { get; init; } = 50256;

    /// <summary>Reads a <c>config.json</c> of model_type vision-encoder-decoder.</summary>
    /// <exception cref="ModelConfigException">The encoder is no ViT, the decoder is no GPT-2, or a field cannot be used.</exception>
    public static VisionEncoderDecoderConfig From(ModelConfig json)
    {
        var (vision, text) = (json.Object("encoder"), json.Object("decoder"));
        var (encoder, decoder) = (vision.Text("model_type", "vit"), text.Text("model_type", "gpt2"));
        if (encoder != "vit" || decoder != "gpt2")
            throw new ModelConfigException($"a vision-encoder-decoder of '{encoder}' and '{decoder}' is not known; known: vit and gpt2.");
        return new VisionEncoderDecoderConfig
        {
            Encoder = ViTConfig.From(vision),
            Decoder = Gpt2Config.From(text),
            DecoderStartTokenId = json.Int("decoder_start_token_id", text.Int("decoder_start_token_id", text.Int("bos_token_id", 50256))),
            EosTokenId = json.Int("eos_token_id", text.Int("eos_token_id", 50256)),
        };
    }
}

/// <summary>A ViT whose states a GPT-2 with cross attention puts into words.</summary>
/// <remarks>Reference: transformers <c>modeling_vision_encoder_decoder.py</c>, VisionEncoderDecoderModel, as in the published nlpconnect/vit-gpt2-image-captioning. Names are the checkpoint's.</remarks>
public sealed class VisionEncoderDecoderModel : Module
{
    private readonly ViTModel encoder;
    private readonly Gpt2LMHeadModel decoder;
    private readonly Linear? enc_to_dec_proj;
    private readonly long startToken, endToken;

    /// <param name="vision">Sizes of the encoder.</param>
    /// <param name="text">Sizes of the decoder; it gets cross attention.</param>
    /// <param name="decoderStartTokenId">First token of every text.</param>
    /// <param name="eosTokenId">Token that ends a text.</param>
    public VisionEncoderDecoderModel(ViTConfig vision, Gpt2Config text, long decoderStartTokenId, long eosTokenId) : base(nameof(VisionEncoderDecoderModel))
    {
        encoder = new ViTModel(vision, addPooler: false); // files may hold a pooler, which the decoder does not read
        decoder = new Gpt2LMHeadModel(text with { AddCrossAttention = true });
        if (vision.HiddenSize != text.HiddenSize)
            enc_to_dec_proj = Layer.Linear(vision.HiddenSize, text.HiddenSize);
        (startToken, endToken) = (decoderStartTokenId, eosTokenId);
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    /// <exception cref="ModelConfigException">The encoder is no ViT, the decoder is no GPT-2, or a field cannot be used.</exception>
    public static VisionEncoderDecoderModel From(ModelConfig json)
    {
        var sizes = VisionEncoderDecoderConfig.From(json);
        return new VisionEncoderDecoderModel(sizes.Encoder, sizes.Decoder, sizes.DecoderStartTokenId, sizes.EosTokenId);
    }

    /// <summary>The image encoder.</summary>
    public ViTModel Encoder => encoder;

    /// <summary>The text decoder.</summary>
    public Gpt2LMHeadModel Decoder => decoder;

    /// <summary>The picture as the decoder sees it.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <returns>[batch, num_patches + 1, decoder width].</returns>
    public Tensor Encode(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var states = encoder.call(pixel_values);
        return (enc_to_dec_proj is null ? states : enc_to_dec_proj.call(states)).MoveToOuterDisposeScope();
    }

    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <param name="decoder_input_ids">[batch, length], int64, starting with decoder_start_token_id.</param>
    /// <returns>Logits, [batch, length, vocab_size].</returns>
    public Tensor forward(Tensor pixel_values, Tensor decoder_input_ids)
    {
        using var scope = NewDisposeScope();
        return decoder.forward(decoder_input_ids, Encode(pixel_values)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes captions.</summary>
    /// <param name="pixel_values">[batch, channels, image_size, image_size].</param>
    /// <param name="options">Length, beams and so on; a caption ends at eos_token_id if it names no end token.</param>
    /// <param name="prompt_ids">Tokens after the start token that the caption goes on from; null for none.</param>
    /// <param name="onStep">Called after each token.</param>
    /// <param name="cancellationToken">Checked at each token.</param>
    /// <returns>For each picture the captions, best first; their tokens without start token and prompt.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prompt and new tokens are more than the position table; nothing was read.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedSequence>> Generate(
        Tensor pixel_values, GenerationOptions options, IReadOnlyList<long>? prompt_ids = null,
        Action<GenerationStep>? onStep = null, CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        IReadOnlyList<long> prompt = [startToken, .. prompt_ids ?? []];
        options.CheckPositions(prompt.Count, decoder.Config.MaxPositions);
        using var writer = decoder.Start(Enumerable.Repeat(prompt, (int)pixel_values.shape[0]).ToList(), Encode(pixel_values));
        return TextGenerator.Generate(writer, options.EndingAt(endToken), onStep, cancellationToken);
    }
}
