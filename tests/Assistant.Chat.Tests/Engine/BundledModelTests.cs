using Assistant.Chat.Engine;
using Assistant.Chat.Engine.Scheduling;
using Assistant.Chat.Prompts;
using Assistant.Chat.Tools.Calling;
using Assistant.Vision.Text;
using Assistant.Vision.Weights;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tests.Engine;

/// <summary>The bundled model under the engine: answers of trained weights, whose choices are clear, do not depend on what runs beside them.</summary>
public class BundledModelTests
{
    private static readonly string[] Questions =
    [
        "What can you do?", "Hello!", "How many circles are there?", "Who are you?", "What is left of the red square?",
        "Thank you", "Describe the picture.", "Is there a green star?", "What colour is the triangle?", "Goodbye",
    ];

    [Theory]
    [InlineData(0L)] // cells of its own for each sequence
    [InlineData(64L << 20)] // one pool of cells
    public async Task GreedyAnswers_AreTheSame_AloneAndSideBySide_CachedAndNot(long savedPrefixes)
    {
        var path = Find("models/pocket/pocket-q8_0.gguf");
        Assert.SkipWhen(path is null, "the bundled model is not beside the tests");
        using var model = LlamaModel.Load(path!);
        using var compute = new SemaphoreSlim(1, 1);
        ChatEngine Make(int slots) => new(
            model, new LlamaContextOptions { ContextLength = 512, Threads = 1, FlashAttention = FlashAttention.Disabled }, compute,
            new EngineOptions { Slots = slots, SavedPrefixes = savedPrefixes });
        async Task<string> Ask(ChatEngine engine, string question)
        {
            var prompt = new PromptSequence();
            prompt.Add(model.Vocab.Tokenize($"<|user|>\n{question}<|end|>\n<|assistant|>\n", addSpecial: true, parseSpecial: true));
            var request = new GenerationRequest { Prompt = prompt, Sampling = new SamplingOptions { Temperature = 0 }, MaxTokens = 60 };
            return model.Vocab.Detokenize([.. await engine.GenerateAsync(request, new GenerationReport()).ToListAsync()]);
        }
        var alone = new List<string>();
        foreach (var question in Questions)
        {
            using var fresh = Make(1);
            alone.Add(await Ask(fresh, question));
        }

        using var engine = Make(4);
        var together = await Task.WhenAll(Questions.Select(question => Ask(engine, question)));
        var again = await Task.WhenAll(Questions.Reverse().Select(question => Ask(engine, question)));

        Assert.All(alone, answer => Assert.NotEqual("", answer));
        // llama.cpp sums in another order in batches of other sizes, so the last bits differ: enough to tip a choice between two all but equal tokens.
        Assert.InRange(alone.Zip(together).Count(pair => pair.First == pair.Second), Questions.Length - 1, Questions.Length);
        Assert.InRange(alone.Zip(again.Reverse()).Count(pair => pair.First == pair.Second), Questions.Length - 1, Questions.Length);
        var statistics = engine.Statistics;
        Assert.True(statistics.BatchTokens - statistics.PromptTokens > 1.5 * statistics.Batches, $"hardly anything ran side by side: {statistics}");
    }

    /// <summary>What all offers and calls share is a token each in the bundled vocabulary; trained with one tokenizer, read with another, that must be the same.</summary>
    [Fact]
    public void ToolTalk_IsReadInTheTokensThatTheTrainingWrote()
    {
        var path = Find("models/pocket/pocket-q8_0.gguf");
        Assert.SkipWhen(path is null, "the bundled model is not beside the tests");
        using var model = LlamaModel.Load(path!);
        using var file = GgufFile.Open(path!);
        var trained = SentencePieceTokenizer.FromGguf(file);
        var get = AIFunctionFactory.Create((string city, int days) => city + days, "get_forecast", "The weather of the coming days.");
        var offer = ToolUse.For(new ChatOptions { Tools = [get] }, ChatTemplate.Find("phi3")!)!.Prepare([new ChatMessage(ChatRole.User, "hi")])[0].Text;

        foreach (var text in (string[])[offer, "<tool_call>{\"name\":\"get_forecast\",\"arguments\":{\"city\":\"New York\",\"days\":3}}</tool_call>", "Is \"a\":\"b\" {\"JSON\"}?", "What is left of the cross?"])
            Assert.Equal(trained.Encode(text), model.Vocab.Tokenize(text, addSpecial: false, parseSpecial: false));
        Assert.InRange(trained.Encode(offer).Length, 20, 60);
    }

    [Fact]
    public void Cells_AreShared_WhereAConversationFitsBesideThem()
    {
        var path = Find("models/pocket/pocket-q8_0.gguf");
        Assert.SkipWhen(path is null, "the bundled model is not beside the tests");
        using var model = LlamaModel.Load(path!);
        var options = new LlamaContextOptions { ContextLength = 512, MaxSequences = 2, Threads = 1, FlashAttention = FlashAttention.Disabled };
        using var probe = new LlamaSequenceModel(model, options, long.MaxValue);
        var batch = new LlamaBatch(512);
        for (var i = 0; i < 512; i++)
            batch.AddToken(1, i, sequence: 0, logits: false);
        Assert.Equal(DecodeResult.Ok, probe.Decode(batch, TestContext.Current.CancellationToken));
        var conversation = probe.StateSize(0); // with a few bytes a cell for positions

        using var small = new LlamaSequenceModel(model, options, conversation * 9 / 10);

        Assert.True(probe.IdleSequencesCost);
        Assert.False(small.IdleSequencesCost);
        using var large = new LlamaSequenceModel(model, options, conversation);
        Assert.True(large.IdleSequencesCost);
    }

    private static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        }
        return null;
    }
}
