using Assistant.Vision.Generation;
using Assistant.Vision.Imaging;
using Assistant.Vision.Imaging.Processors;
using Assistant.Vision.Models;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using static TorchSharp.torch;

namespace Assistant.Vision.Pipelines;

/// <summary>How questions are answered.</summary>
public sealed record AnswerOptions
{
    /// <summary>How many answers ViLT gives, best first.</summary>
    public int TopK { get; init; } = 5;

    /// <summary>Length, beams and so on of a written answer (BLIP, BLIP-2); null for greedy search of at most 30 new tokens.</summary>
    public GenerationOptions? Generation { get; init; }
}

/// <summary>Answers questions about pictures: BLIP and BLIP-2 write the answer, ViLT takes it from its list.</summary>
/// <remarks>
/// Safe for several threads: tokenizer and image preparation run side by side, the one copy of the weights is used by one call at a time, and a call that waits can be
/// cancelled. Questions of one call run in pieces of a few pictures, so memory does not grow with their number, and of questions that need no padding, so that each
/// gets the answer that it gets alone: BLIP, like its reference, lets the answer look at the padding of a question.
/// </remarks>
public sealed class VisualQuestionAnswerer : IDisposable
{
    private readonly SharedModel<nn.Module> model;
    private readonly TextTokenizer tokenizer;
    private readonly ImageProcessor processor;
    private readonly Func<string, string> prompt;
    private readonly int? longest;
    private readonly Writer? writer;
    private readonly Action<int, GenerationOptions>? checkLength; // of the longest question, where its length decides whether the answer fits

    private delegate IReadOnlyList<IReadOnlyList<GeneratedSequence>> Writer(
        nn.Module model, Tensor pixel_values, TextBatch questions, GenerationOptions options, Action<GenerationStep>? onStep, CancellationToken cancellationToken);

    private VisualQuestionAnswerer(
        SharedModel<nn.Module> model, TextTokenizer tokenizer, ImageProcessor processor, int? longest = null, Writer? writer = null, Func<string, string>? prompt = null, Action<int, GenerationOptions>? checkLength = null)
    {
        (this.model, this.tokenizer, this.processor, this.longest, this.writer, this.checkLength) = (model, tokenizer, processor, longest, writer, checkLength);
        this.prompt = prompt ?? (question => question);
    }

    /// <summary>Opens a folder of Salesforce/blip-vqa-base, dandelin/vilt-b32-finetuned-vqa, Salesforce/blip2-opt-2.7b and their like.</summary>
    /// <param name="folder">Holds config.json, preprocessor_config.json, the tokenizer's files and the weights.</param>
    /// <param name="dtype">Float32, or BFloat16: half the memory; faster where the processor has it (AVX512-BF16, AMX), slower elsewhere.</param>
    /// <exception cref="ModelConfigException">config.json cannot be used, or describes another network.</exception>
    /// <exception cref="WeightFileException">The weights or the tokenizer cannot be used.</exception>
    /// <exception cref="InvalidDataException">preprocessor_config.json cannot be used.</exception>
    /// <exception cref="FileNotFoundException">The folder or one of its files is missing.</exception>
    public static VisualQuestionAnswerer Open(string folder, ScalarType dtype = ScalarType.Float32)
    {
        var opened = PipelineFolder.Open(folder, "a question answerer", dtype, "BlipForQuestionAnswering", "ViltForQuestionAnswering", "Blip2ForConditionalGeneration");
        return opened.Sizes switch
        {
            BlipConfig sizes => OpenBlip(opened, sizes),
            ViltConfig sizes => OpenVilt(opened, sizes),
            var sizes => OpenBlip2(opened, (Blip2Config)sizes),
        };
    }

    /// <summary>Whether answers are written (BLIP, BLIP-2) instead of taken from a list (ViLT).</summary>
    public bool IsGenerative => writer is not null;

    /// <summary>Answers one question.</summary>
    /// <param name="image">An upright picture of any size.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">How many answers, or how they are written; null for the defaults.</param>
    /// <param name="onToken">Called after each token of a written answer, on the calling thread.</param>
    /// <param name="cancellationToken">Checked at each token and while waiting for another call.</param>
    /// <returns>The answers, best first.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or prompt and new tokens are more than the network's positions; the message names both.</exception>
    public IReadOnlyList<VisualAnswer> Answer(
        RgbImage image, string question, AnswerOptions? options = null, Action<GenerationProgress>? onToken = null, CancellationToken cancellationToken = default) =>
        Answer([new VisualQuestion(image, question)], options, onToken, cancellationToken)[0];

    /// <summary>Answers questions.</summary>
    /// <param name="questions">Pictures and questions. BLIP-2 reads "Question: ... Answer:". ViLT's and BLIP's questions lose what is too long for them.</param>
    /// <param name="options">How many answers, or how they are written; null for the defaults.</param>
    /// <param name="onToken">Called after each token of written answers, on the calling thread.</param>
    /// <param name="cancellationToken">Checked at each token, between batches and while waiting for another call.</param>
    /// <returns>For each question the answers, best first.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or a prompt and its new tokens are more than the network's positions; the message names both, and no question was answered.</exception>
    public IReadOnlyList<IReadOnlyList<VisualAnswer>> Answer(
        IReadOnlyList<VisualQuestion> questions, AnswerOptions? options = null, Action<GenerationProgress>? onToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var texts = questions.Select(question => prompt(question.Question)).ToList();
        var groups = Enumerable.Range(0, questions.Count).GroupBy(index => tokenizer.Encode(texts[index], maxLength: longest).Ids.Count).ToList();
        if (groups.Count > 0)
            checkLength?.Invoke(groups.Max(group => group.Key), options?.Generation ?? TextWriting.Defaults);
        var answers = new IReadOnlyList<VisualAnswer>[questions.Count];
        foreach (var items in groups.SelectMany(group => group.Chunk(TextWriting.ItemsAtOnce)))
        {
            var pixels = processor.ProcessBatch([.. items.Select(index => questions[index].Image)]);
            var batch = tokenizer.EncodeBatch([.. items.Select(index => texts[index])], longest);
            foreach (var (index, answer) in items.Zip(Answer(pixels, batch, options, onToken, items, cancellationToken)))
                answers[index] = answer;
        }
        return answers;
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => model.Dispose();

    /// <summary>Answers to prepared pictures and questions.</summary>
    internal IReadOnlyList<IReadOnlyList<VisualAnswer>> Answer(
        PixelBatch pixels, TextBatch questions, AnswerOptions? options = null, Action<GenerationProgress>? onToken = null, IReadOnlyList<int>? items = null, CancellationToken cancellationToken = default)
    {
        options ??= new AnswerOptions();
        var report = TextWriting.Report(onToken, tokenizer, items ?? [.. Enumerable.Range(0, pixels.Count)], prefix: []);
        return model.Run(network =>
        {
            var pixel_values = pixels.PixelValues(model.Precision);
            return writer is null
                ? Listed((ViltForQuestionAnswering)network, pixel_values, pixels, questions, options.TopK)
                : writer(network, pixel_values, questions, options.Generation ?? TextWriting.Defaults, report, cancellationToken)
                    .Select(IReadOnlyList<VisualAnswer> (row) => [.. row.Select(text => new VisualAnswer(tokenizer.TextOf(text.Tokens), text.Score))]).ToList();
        }, cancellationToken);
    }

    /// <summary>ViLT's answers are independent of each other: several may be right, so each has its own sigmoid.</summary>
    private static List<IReadOnlyList<VisualAnswer>> Listed(ViltForQuestionAnswering vilt, Tensor pixel_values, PixelBatch pixels, TextBatch questions, int topK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var logits = vilt.forward(questions.Ids(), pixel_values, questions.Mask(), questions.Types(), pixels.PixelMask());
        return logits.Rows().Select(IReadOnlyList<VisualAnswer> (row) =>
            [.. row.Best(topK).Select(index => new VisualAnswer(vilt.Answers[index], VectorMath.Sigmoid(row[index])))]).ToList();
    }

    private static VisualQuestionAnswerer OpenBlip(PipelineFolder opened, BlipConfig sizes)
    {
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(BertTokenizer.FromFolder, sizes.Text.Bert.VocabSize);
        var model = opened.Load<nn.Module>();
        return new VisualQuestionAnswerer(model, tokenizer, processor, sizes.Text.Bert.MaxPositionEmbeddings, (network, pixel_values, questions, options, onStep, cancellationToken) =>
            ((BlipForQuestionAnswering)network).Generate(pixel_values, questions.Ids(), questions.Mask(), options, onStep, cancellationToken));
    }

    private static VisualQuestionAnswerer OpenVilt(PipelineFolder opened, ViltConfig sizes)
    {
        var processor = opened.Processor(imageSize: null);
        var tokenizer = opened.Tokenizer(BertTokenizer.FromFolder, sizes.Text.VocabSize);
        var model = opened.Load<nn.Module>();
        return new VisualQuestionAnswerer(model, tokenizer, processor, sizes.Text.MaxPositionEmbeddings);
    }

    private static VisualQuestionAnswerer OpenBlip2(PipelineFolder opened, Blip2Config sizes)
    {
        var processor = opened.Processor(sizes.Vision.ImageSize);
        var tokenizer = opened.Tokenizer(Gpt2Tokenizer.FromFolder, sizes.Text.VocabSize);
        var model = opened.Load<nn.Module>();
        return new VisualQuestionAnswerer(model, tokenizer, processor, longest: null, (network, pixel_values, questions, options, onStep, cancellationToken) =>
        {
            var blip2 = (Blip2ForConditionalGeneration)network;
            var rows = questions.InputIds.Chunk(questions.Columns).Select(row => blip2.Prompt(row)).ToArray();
            return blip2.Generate(pixel_values, cat(rows, dim: 0), options, onStep, cancellationToken);
        }, question => $"Question: {question} Answer:", (length, options) =>
            options.CheckPositions(sizes.NumQueryTokens + 1 + length, sizes.Text.MaxPositionEmbeddings, embedded: true)); // the picture, bos_token_id, the question
    }
}
