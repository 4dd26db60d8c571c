using Assistant.Vision.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Vision.Tests.Models;

/// <summary>Every network runs in bfloat16 too, masks included, and stays near its float32 self.</summary>
public class PrecisionTests
{
    private static readonly long[] Words = [3, 1, 4, 1];

    public static TheoryData<string> Families() => ["bert", "vit", "blip", "gpt2", "opt", "vilt", "blip2", "resnet", "vgg"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Bfloat16_StaysNearFloat32(string family)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(7);
        var (model, run) = Build(family);
        model.eval();
        var exact = run(ScalarType.Float32);
        model.to(ScalarType.BFloat16);
        var rounded = run(ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        var difference = (rounded.to(ScalarType.Float32) - exact).abs().max().item<float>();
        var scale = exact.abs().max().item<float>();
        Assert.True(difference <= 0.05 * scale, $"{family}: largest difference {difference} of {scale}");
        model.Dispose();
    }

    private static (nn.Module Model, Func<ScalarType, Tensor> Run) Build(string family)
    {
        var ids = tensor(Words).unsqueeze(0).repeat(2, 1);
        var mask = ones_like(ids);
        mask[1, 3] = tensor(0L);
        var pixels = randn(2, 3, 16, 16);
        var bert = new BertConfig { VocabSize = 10, HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 64, MaxPositionEmbeddings = 12 };
        var blipText = new BlipTextConfig { Bert = bert with { TypeVocabSize = 0, EncoderHiddenSize = 32 }, BosTokenId = 1, SepTokenId = 2 };
        var vit = new ViTConfig { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 64, ImageSize = 16, PatchSize = 8 };
        var blipVision = new BlipVisionConfig { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 64, ImageSize = 16, PatchSize = 8 };
        var opt = new OptConfig { VocabSize = 12, HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, FfnDim = 64, MaxPositionEmbeddings = 16, WordEmbedProjDim = 32 };
        switch (family)
        {
            case "bert":
                var text = new BertModel(bert);
                return (text, _ => text.LastHiddenState(ids, mask));
            case "vit":
                var classifier = new ViTForImageClassification(vit, 5);
                return (classifier, type => classifier.call(pixels.to(type)));
            case "blip":
                var answerer = new BlipForQuestionAnswering(new BlipConfig { Vision = blipVision, Text = blipText });
                return (answerer, type => answerer.forward(pixels.to(type), ids, mask, ids));
            case "gpt2":
                var captioner = new VisionEncoderDecoderModel(vit, new Gpt2Config { VocabSize = 12, MaxPositions = 16, HiddenSize = 32, NumLayers = 2, NumHeads = 4 }, 1, 2);
                return (captioner, type => captioner.forward(pixels.to(type), ids));
            case "opt":
                var writer = new OptForCausalLM(opt);
                return (writer, _ => writer.forward(writer.Embed(ids), mask));
            case "vilt":
                var vilt = new ViltForQuestionAnswering(new ViltConfig { Vision = vit, Text = bert }, ["yes", "no"]);
                var small = ones(2, 16, 16, dtype: ScalarType.Int64);
                small[1].narrow(1, 8, 8).fill_(0);
                return (vilt, type => vilt.forward(ids, pixels.to(type), mask, pixel_mask: small));
            case "blip2":
                var blip2 = new Blip2ForConditionalGeneration(new Blip2Config { Vision = blipVision, QFormer = new QFormerConfig { Bert = bert with { EncoderHiddenSize = 32 } }, Text = opt, NumQueryTokens = 3 });
                return (blip2, type => blip2.forward(pixels.to(type), ids));
            case "resnet":
                var resnet = ResNet.ResNet18(5);
                var picture = randn(1, 3, 64, 64);
                return (resnet, type => resnet.call(picture.to(type)));
            default:
                var vgg = new Vgg([[4], [8]], 5);
                return (vgg, type => vgg.call(pixels.to(type)));
        }
    }
}
