using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Vision.Models;

/// <summary>Sizes of a ViLT.</summary>
public sealed record ViltConfig
{
    /// <summary>Blocks, patches and position table; <see cref="ViTConfig.ImageSize"/> is the size the table was trained at, pictures may have others.</summary>
    public required ViTConfig Vision { get; init; }
    /// <summary>Text embeddings.</summary>
    public required BertConfig Text { get; init; }
    /// <summary>Kinds of input: text, picture, and a second picture in some models.</summary>
    public int ModalityTypeVocabSize { get; init; } = 2;

    /// <summary>Reads a <c>config.json</c> of model_type vilt.</summary>
    /// <exception cref="ModelConfigException">A field cannot be used.</exception>
    public static ViltConfig From(ModelConfig json)
    {
        // A limit makes the reference drop patches at random, also outside training; no published checkpoint sets one.
        if (json.Int("max_image_length", -1) is var limit && limit >= 0)
            throw new ModelConfigException($"max_image_length {limit} is not supported; only -1, all patches, is.");
        return new ViltConfig
        {
            Vision = ViTConfig.From(json, imageSize: 384, patchSize: 32),
            Text = BertConfig.From(json) with
            {
                MaxPositionEmbeddings = json.Size("max_position_embeddings", 40),
                HiddenDropoutProb = json.Number("hidden_dropout_prob", 0),
            },
            ModalityTypeVocabSize = json.Size("modality_type_vocab_size", 2),
        };
    }
}

/// <summary>Text and patches in one sequence.</summary>
internal sealed class ViltEmbeddings : Module
{
    private readonly ViTConfig config;
    private readonly BertEmbeddings text_embeddings;
    private readonly Parameter cls_token;               // [1, 1, hidden_size]
    private readonly ViTPatchEmbeddings patch_embeddings;
    private readonly Parameter position_embeddings;     // [1, num_patches + 1, hidden_size]
    private readonly Embedding token_type_embeddings;   // row 0 for text, 1 for the picture
    private readonly Dropout dropout;

    public ViltEmbeddings(ViltConfig config) : base(nameof(ViltEmbeddings))
    {
        this.config = config.Vision;
        text_embeddings = new BertEmbeddings(config.Text);
        cls_token = Parameter(zeros(1, 1, config.Vision.HiddenSize));
        patch_embeddings = new ViTPatchEmbeddings(config.Vision);
        position_embeddings = Parameter(zeros(1, config.Vision.Grid * config.Vision.Grid + 1, config.Vision.HiddenSize));
        token_type_embeddings = Layer.Embedding(config.ModalityTypeVocabSize, config.Vision.HiddenSize);
        dropout = Dropout(config.Vision.HiddenDropoutProb);
        RegisterComponents();
    }

    /// <returns>[batch, length + 1 + patches, hidden_size] and what of it counts, int64.</returns>
    public (Tensor States, Tensor Mask) forward(Tensor input_ids, Tensor pixel_values, Tensor? attention_mask, Tensor? token_type_ids, Tensor? pixel_mask)
    {
        using var scope = NewDisposeScope();
        var kinds = token_type_embeddings.weight!;
        var text = text_embeddings.forward(input_ids, token_type_ids) + kinds[0]; // [batch, length, hidden_size]
        var (image, image_mask) = EmbedImages(pixel_values, pixel_mask);
        var mask = cat([attention_mask?.to(ScalarType.Int64) ?? ones_like(input_ids), image_mask], dim: 1);
        return (cat([text, image + kinds[1]], dim: 1).MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope());
    }

    /// <summary>Patches of each picture without its padding, the position table stretched to it; rows up to the largest are filled with zeros that nothing sees.</summary>
    private (Tensor States, Tensor Mask) EmbedImages(Tensor pixel_values, Tensor? pixel_mask)
    {
        var x = patch_embeddings.call(pixel_values); // [batch, hidden_size, rows, columns]
        var (batch, hidden, rows, columns) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var sizes = pixel_mask is null ? Enumerable.Repeat((rows, columns), (int)batch).ToList() : PatchGrids(pixel_mask, rows, columns);
        var most = sizes.Max(size => size.rows * size.columns);
        var table = position_embeddings.narrow(1, 1, config.Grid * config.Grid).transpose(1, 2).reshape(1, hidden, config.Grid, config.Grid);
        var pictures = new List<Tensor>();
        var masks = new List<Tensor>();
        for (var index = 0; index < sizes.Count; index++)
        {
            var (height, width) = sizes[index];
            var positions = F.interpolate(table, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: true);
            var patches = x[index].narrow(1, 0, height).narrow(2, 0, width) + positions[0]; // [hidden_size, height, width]
            var states = patches.flatten(1).t();                                           // [height × width, hidden_size]
            var padding = most - states.shape[0];
            pictures.Add(padding == 0 ? states : cat([states, zeros(padding, hidden, dtype: states.dtype)], dim: 0));
            masks.Add(cat([ones(states.shape[0] + 1, dtype: ScalarType.Int64), zeros(padding, dtype: ScalarType.Int64)], dim: 0));
        }
        var cls = (cls_token + position_embeddings.narrow(1, 0, 1)).expand(batch, 1, hidden);
        var embedded = cat([cls, stack(pictures.ToArray())], dim: 1); // [batch, 1 + patches, hidden_size]
        return (dropout.call(embedded), stack(masks.ToArray()));
    }

    /// <summary>How many rows and columns of patches each picture has: the padding mask sampled at the patch grid, by the nearest pixel up and left.</summary>
    private static List<(long rows, long columns)> PatchGrids(Tensor pixel_mask, long rows, long columns)
    {
        var (height, width) = (pixel_mask.shape[1], pixel_mask.shape[2]);
        var down = pixel_mask.select(2, 0).index_select(1, Samples(height, rows)).to(ScalarType.Int64).sum(1).data<long>().ToArray();
        var across = pixel_mask.select(1, 0).index_select(1, Samples(width, columns)).to(ScalarType.Int64).sum(1).data<long>().ToArray();
        var grids = down.Zip(across, (r, c) => (rows: r, columns: c)).ToList();
        var empty = grids.FindIndex(grid => grid.rows == 0 || grid.columns == 0);
        return empty < 0 ? grids : throw new ArgumentException($"pixel_mask leaves nothing of picture {empty}.", nameof(pixel_mask));
    }

    private static Tensor Samples(long pixels, long patches) =>
        tensor(Enumerable.Range(0, (int)patches).Select(patch => patch * pixels / patches).ToArray());
}

/// <summary>ViLT: one transformer over words and patches.</summary>
/// <remarks>Kim et al. 2021, arXiv:2102.03334; reference: transformers <c>modeling_vilt.py</c>, ViltModel. Names are the checkpoint's.</remarks>
public sealed class ViltModel : Module
{
    private readonly ViltEmbeddings embeddings;
    private readonly ViTEncoder encoder;
    private readonly LayerNorm layernorm;
    private readonly BertPooler pooler;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    public ViltModel(ViltConfig config) : base(nameof(ViltModel))
    {
        embeddings = new ViltEmbeddings(config);
        encoder = new ViTEncoder(config.Vision);
        layernorm = LayerNorm(config.Vision.HiddenSize, config.Vision.LayerNormEps);
        pooler = new BertPooler(config.Vision.HiddenSize);
        RegisterComponents();
    }

    /// <param name="input_ids">[batch, length], int64.</param>
    /// <param name="pixel_values">[batch, channels, height, width]: the largest picture's size, smaller ones padded at right and bottom.</param>
    /// <param name="attention_mask">[batch, length], 0 for padding; null where there is none.</param>
    /// <param name="token_type_ids">[batch, length], int64; null for zeros.</param>
    /// <param name="pixel_mask">[batch, height, width], 0 for padding; null where there is none.</param>
    /// <returns><c>last_hidden_state</c>, [batch, length + 1 + patches, hidden_size]: the text, the class token, the patches row by row; rows of padding carry no meaning.</returns>
    /// <exception cref="ArgumentException">The text is longer than the position table, or a picture is empty.</exception>
    public Tensor forward(Tensor input_ids, Tensor pixel_values, Tensor? attention_mask = null, Tensor? token_type_ids = null, Tensor? pixel_mask = null)
    {
        using var scope = NewDisposeScope();
        var (x, counts) = embeddings.forward(input_ids, pixel_values, attention_mask, token_type_ids, pixel_mask);
        return layernorm.call(encoder.States(x, Attention.PaddingMask(counts, x.dtype)).Last()).MoveToOuterDisposeScope();
    }

    /// <summary><c>pooler_output</c>: tanh of a projection of the first word's state.</summary>
    /// <param name="last_hidden_state">[batch, positions, hidden_size].</param>
    /// <returns>[batch, hidden_size].</returns>
    public Tensor Pool(Tensor last_hidden_state) => pooler.call(last_hidden_state);
}

/// <summary>ViLT that answers questions out of a fixed list of answers.</summary>
/// <remarks>Reference: transformers <c>modeling_vilt.py</c>, ViltForQuestionAnswering.</remarks>
public sealed class ViltForQuestionAnswering : Module
{
    private readonly ViltModel vilt;
    private readonly Sequential classifier;

    /// <param name="config">Sizes; weights are random until a checkpoint is loaded.</param>
    /// <param name="answers">The answers, in the order of the logits.</param>
    public ViltForQuestionAnswering(ViltConfig config, IReadOnlyList<string> answers) : base(nameof(ViltForQuestionAnswering))
    {
        Answers = answers;
        var hidden = config.Vision.HiddenSize;
        vilt = new ViltModel(config);
        classifier = Sequential(Layer.Linear(hidden, 2 * hidden), LayerNorm(2 * hidden), GELU(), Layer.Linear(2 * hidden, answers.Count));
        RegisterComponents();
    }

    /// <summary>Builds the network that a config.json describes; weights are random.</summary>
    public static ViltForQuestionAnswering From(ModelConfig json) => new(ViltConfig.From(json), json.Labels());

    /// <summary>The answers, in the order of the logits.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>The transformer.</summary>
    public ViltModel Vilt => vilt;

    /// <summary>Scores of the answers, independent of each other: several may be right, so their sigmoid is meant.</summary>
    /// <param name="pooled">Output of <see cref="ViltModel.Pool"/>, [batch, hidden_size].</param>
    /// <returns>Logits, [batch, answers].</returns>
    public Tensor Classify(Tensor pooled) => classifier.call(pooled);

    /// <summary>Scores of the answers.</summary>
    /// <inheritdoc cref="ViltModel.forward"/>
    /// <returns>Logits, [batch, answers].</returns>
    public Tensor forward(Tensor input_ids, Tensor pixel_values, Tensor? attention_mask = null, Tensor? token_type_ids = null, Tensor? pixel_mask = null)
    {
        using var scope = NewDisposeScope();
        return Classify(vilt.Pool(vilt.forward(input_ids, pixel_values, attention_mask, token_type_ids, pixel_mask))).MoveToOuterDisposeScope();
    }
}
