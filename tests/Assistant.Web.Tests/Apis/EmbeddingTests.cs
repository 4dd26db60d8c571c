using System.Text.Json.Nodes;
using Assistant.Chat.Tests;
using LlamaCpp.Tests;
using OpenAI;
using OpenAI.Embeddings;

namespace Assistant.Web.Tests.Apis;

/// <summary>Embeddings over both protocols, with a CLIP of random weights.</summary>
public sealed class EmbeddingTests : IAsyncLifetime
{
    private static readonly string red = TinyChat.Picture(255, 0, 0).Base64Data.ToString(), blue = TinyChat.Picture(0, 0, 255).Base64Data.ToString();

    private TinyChat? chat;
    private ApiHost? host;

    private ApiHost Host => host!;

    public async ValueTask InitializeAsync()
    {
        chat = new TinyChat(settings =>
        {
            settings["Models:2:Name"] = "clip";
            settings["Models:2:Embedder"] = TinyClip.Folder;
            settings["Models:3:Name"] = "words";
            settings["Models:3:Embedder"] = "text.gguf";
            settings["Models:3:ContextLength"] = "64";
            settings["Models:3:Threads"] = "1";
            settings["Models:4:Name"] = "bert";
            settings["Models:4:Embedder"] = "bert.gguf";
            settings["Models:4:Threads"] = "1";
        });
        new TinyBert { Pooling = 1 }.Write(Path.Combine(chat.Folder, "bert.gguf"));
        host = await ApiHost.StartAsync(chat.Catalog);
    }

    [Fact]
    public async Task TextsAndPictures_BecomeVectorsOfLengthOne_TextsFirst()
    {
        var answer = await PostAsync("/api/embed", $$"""{"model":"clip","input":["red","a dog"],"images":["{{red}}","data:image/png;base64,{{blue}}"]}""");
        var vectors = Vectors(answer["embeddings"]!);
        Assert.Equal(4, vectors.Length);
        Assert.All(vectors, vector => Assert.Equal(1, Length(vector), 1e-4));
        Assert.Equal("clip", (string?)answer["model"]);
        Assert.True((int)answer["prompt_eval_count"]! > 0);

        var alone = Vectors((await PostAsync("/api/embed", $$"""{"model":"clip","images":["{{blue}}"]}"""))["embeddings"]!);
        AssertClose(vectors[3], Assert.Single(alone));
        var text = Vectors((await PostAsync("/api/embed", """{"model":"clip","input":"a dog"}"""))["embeddings"]!);
        AssertClose(vectors[1], Assert.Single(text));
        Assert.NotEqual(vectors[2], vectors[3]);
    }

    [Theory]
    [InlineData("/api/embed", "\"options\":{\"num_ctx\":512}")]
    [InlineData("/v1/embeddings", "\"num_ctx\":512")]
    public async Task ALongerContext_LoadsAnEmbedderAgain(string path, string context)
    {
        var text = string.Concat(Enumerable.Repeat("a red dog ", 20));
        var (status, _, _) = await Host.SendAsync(path, $$"""{"model":"words","input":"{{text}}","truncate":false}""");
        Assert.Equal(400, (int)status);

        (status, _, _) = await Host.SendAsync(path, $$"""{"model":"words","input":"{{text}}","truncate":false,{{context}}}""");

        Assert.Equal(200, (int)status);
        Assert.Equal(512, Assert.Single(chat!.Catalog.Loaded()).ContextLength);
    }

    [Fact]
    public async Task GgufFile_EmbedsTexts_EachForItself()
    {
        var answer = await PostAsync("/api/embed", """{"model":"words","input":["a red dog","a blue cat","a red dog"]}""");
        var vectors = Vectors(answer["embeddings"]!);
        Assert.All(vectors, vector => Assert.Equal((64, 1.0), (vector.Length, Math.Round(Length(vector), 3))));
        AssertClose(vectors[0], vectors[2]);
        Assert.True(vectors[0].Zip(vectors[1], (a, b) => a * b).Sum() < 0.999);
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"words"}""");
        Assert.Equal(["embedding"], JsonNode.Parse(shown)!["capabilities"]!.AsArray().Select(capability => (string?)capability));
    }

    [Fact]
    public async Task Bert_EmbedsTexts_ToItsOwnLength()
    {
        var answer = await PostAsync("/api/embed", """{"model":"bert","input":["a red dog","the blue cats","unheard words"]}""");
        var vectors = Vectors(answer["embeddings"]!);
        var expected = new TinyBert().Forward([2, 5, 6, 7, 3]);
        float[] mean = [.. Enumerable.Range(0, 32).Select(i => (float)expected.Average(state => state[i]))];
        Assert.All(vectors, vector => Assert.Equal(1, Length(vector), 1e-4));
        Assert.All(mean.Zip(vectors[0]), pair => Assert.Equal(pair.First / Length(mean), pair.Second, 0.01));
        Assert.Equal(5 + 6 + 4, (int)answer["prompt_eval_count"]!);

        var cut = Vectors((await PostAsync("/v1/embeddings", """{"model":"bert","input":"a red dog","dimensions":8}"""))["data"]!.AsArray()[0]!["embedding"] is { } numbers ? new JsonArray(numbers.DeepClone()) : [])[0];
        Assert.Equal((8, 1.0), (cut.Length, Math.Round(Length(cut), 3)));
        // Of a text that is too long the first tokens stay, and the mark of its end.
        var words = string.Join(' ', Enumerable.Repeat("red dog", 20));
        var kept = Vectors((await PostAsync("/api/embed", $$"""{"model":"bert","input":["{{words}}","red dog red dog red dog red dog red dog red dog red dog"]}"""))["embeddings"]!);
        AssertClose(kept[1], kept[0]);
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"bert"}""");
        Assert.Equal(("bert", 16), ((string?)JsonNode.Parse(shown)!["details"]!["family"], (int)JsonNode.Parse(shown)!["model_info"]!["bert.context_length"]!));
    }

    [Fact]
    public async Task Dimensions_CutTheVector_AndScaleItAgain()
    {
        var whole = Vectors((await PostAsync("/api/embed", """{"model":"clip","input":"red"}"""))["embeddings"]!)[0];
        var cut = Vectors((await PostAsync("/api/embed", """{"model":"clip","input":"red","dimensions":5}"""))["embeddings"]!)[0];
        Assert.Equal(5, cut.Length);
        Assert.Equal(1, Length(cut), 1e-4);
        AssertClose([.. whole[..5].Select(value => value / (float)Length(whole[..5]))], cut);
    }

    [Fact]
    public async Task OldProtocol_GivesOneVector_AndNoneForAnEmptyPrompt()
    {
        var expected = Vectors((await PostAsync("/api/embed", """{"model":"clip","input":"red"}"""))["embeddings"]!)[0];
        AssertClose(expected, Vector((await PostAsync("/api/embeddings", """{"model":"clip","prompt":"red"}"""))["embedding"]!));
        Assert.Empty((await PostAsync("/api/embeddings", """{"model":"clip","prompt":""}"""))["embedding"]!.AsArray());
        Assert.Empty((await PostAsync("/api/embed", """{"model":"clip","input":[]}"""))["embeddings"]!.AsArray());
        Assert.Empty((await PostAsync("/api/embed", """{"model":"clip","input":""}"""))["embeddings"]!.AsArray());
    }

    [Fact]
    public async Task OpenAI_GivesNumbersOrBase64()
    {
        var numbers = await PostAsync("/v1/embeddings", """{"model":"clip","input":["red","a dog"]}""");
        Assert.Equal(("list", "embedding", 1), ((string?)numbers["object"], (string?)numbers["data"]![0]!["object"], (int)numbers["data"]![1]!["index"]!));
        Assert.True((int)numbers["usage"]!["prompt_tokens"]! > 4);
        var coded = await PostAsync("/v1/embeddings", $$"""{"model":"clip","input":"a dog","images":["{{red}}"],"encoding_format":"base64"}""");
        var bytes = Convert.FromBase64String((string)coded["data"]![0]!["embedding"]!);
        var vector = Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToSingle(bytes, 4 * i)).ToArray();
        AssertClose(Vector(numbers["data"]![1]!["embedding"]!), vector);
        Assert.Equal(2, coded["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task OpenAIsOwnClient_GetsVectors()
    {
        var client = new EmbeddingClient("clip", new System.ClientModel.ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(Host.Address, "v1") });
        var embeddings = (await client.GenerateEmbeddingsAsync(["red", "a dog"], new EmbeddingGenerationOptions { Dimensions = 4 }, ApiHost.Cancel)).Value;
        Assert.Equal(2, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal((4, 1.0), (embedding.ToFloats().Length, Math.Round(Length(embedding.ToFloats().ToArray()), 3))));
    }

    [Fact]
    public async Task Embedder_IsListedAsSuch_LoadedAndUnloaded()
    {
        var (_, _, shown) = await Host.SendAsync("/api/show", """{"model":"clip"}""");
        var model = JsonNode.Parse(shown)!;
        Assert.Equal(["embedding", "vision"], model["capabilities"]!.AsArray().Select(capability => (string?)capability));
        Assert.Equal("clip", (string?)model["model_info"]!["general.architecture"]);
        Assert.NotEmpty(model["tensors"]!.AsArray());
        await Host.SendAsync("/api/generate", """{"model":"clip","keep_alive":"10m"}""");
        Assert.Equal("clip:latest", (string?)Assert.Single((await Host.GetJsonAsync("/api/ps"))["models"]!.AsArray())!["name"]);
        await Host.SendAsync("/api/generate", """{"model":"clip","keep_alive":0}""");
        Assert.Empty((await Host.GetJsonAsync("/api/ps"))["models"]!.AsArray());
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"clip","input":{"a":1}}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"clip","input":[1,2]}""", 400, "invalid input type")]
    [InlineData("/api/embed", """{"model":"clip","input":"x","dimensions":0}""", 400, "0 dimensions were asked for")]
    [InlineData("/api/embed", """{"model":"clip","images":["aGVsbG8gd29ybGQ="]}""", 400, "This is not an image")]
    [InlineData("/api/embed", """{"model":"seer","input":"x"}""", 400, "\"seer\" does not support embeddings; these models do: clip, words, bert")]
    [InlineData("/api/embed", """{"model":"words","images":["aGVsbG8gd29ybGQ="]}""", 400, "The model 'words' embeds texts; input 1 is none")]
    [InlineData("/api/embed", """{"model":"nobody","input":"x"}""", 404, "model 'nobody' not found")]
    [InlineData("/api/embed", """{"input":"x"}""", 400, "model is required")]
    [InlineData("/api/chat", """{"model":"clip","messages":[{"role":"user","content":"x"}]}""", 400, "\"clip\" does not support chat")]
    [InlineData("/api/generate", """{"model":"clip","prompt":"x"}""", 400, "\"clip\" does not support generate")]
    [InlineData("/v1/embeddings", """{"model":"clip","input":"x","encoding_format":"hex"}""", 400, "invalid encoding_format 'hex'")]
    [InlineData("/v1/embeddings", """{"model":"clip"}""", 400, "input is required")]
    public async Task Refusals_AreSentences(string path, string body, int status, string message)
    {
        var (actual, _, text) = await Host.SendAsync(path, body);
        Assert.True(status == (int)actual, text);
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Contains(message, error is JsonObject ? (string?)error["message"] : (string?)error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyInputs_AreCountedInTheRefusal()
    {
        var (status, _, text) = await Host.SendAsync("/api/embed", $$"""{"model":"words","input":[{{string.Join(',', Enumerable.Repeat("\"a\"", 2049))}}]}""");
        Assert.Equal(400, (int)status);
        Assert.Contains("2049 inputs were sent; at most 2048", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clip")]
    [InlineData("words")]
    [InlineData("bert")]
    public async Task TextThatIsTooLong_IsCut_OrRefused(string model)
    {
        var text = string.Join(' ', Enumerable.Repeat("red dog", 200));
        await PostAsync("/api/embed", $$"""{"model":"{{model}}","input":"{{text}}"}""");
        var (status, _, error) = await Host.SendAsync("/api/embed", $$"""{"model":"{{model}}","input":"{{text}}","truncate":false}""");
        Assert.Equal(400, (int)status);
        Assert.Contains("the input length exceeds the context length", error, StringComparison.Ordinal);
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        var (status, _, text) = await Host.SendAsync(path, body);
        Assert.True((int)status == 200, text);
        return JsonNode.Parse(text)!;
    }

    private static float[][] Vectors(JsonNode list) => [.. list.AsArray().Select(vector => Vector(vector!))];

    private static float[] Vector(JsonNode numbers) => [.. numbers.AsArray().Select(number => (float)number!)];

    private static double Length(float[] vector) => Math.Sqrt(vector.Sum(value => (double)value * value));

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        chat!.Dispose();
    }
}
