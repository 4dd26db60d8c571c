using System.Text.Json;
using Assistant.Web.Apis;
using Assistant.Web.Apis.Ollama;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Tests.Apis.Ollama;

public class OllamaOptionsTests
{
    [Fact]
    public void Options_GoToPropertiesOrKeepTheirName()
    {
        var (options, unknown) = Apply("""
            {
              "temperature": 0.25, "top_p": 0.5, "top_k": 7, "presence_penalty": 1, "frequency_penalty": -0.5, "num_predict": 99, "seed": 42, "stop": ["a", "b"],
              "min_p": 0.05, "typical_p": 0.9, "repeat_penalty": 1.1, "repeat_last_n": -1, "loop_limit": 20, "num_ctx": 8192.0, "num_batch": 128, "num_keep": 4, "num_gpu": 0, "main_gpu": 1,
              "num_thread": 2, "use_mmap": false, "NUM_CTX": 4096, "mirostat": 2, "nonsense": {}
            }
            """);
        Assert.Equal((0.25f, 0.5f, 7, 1f, -0.5f), (options.Temperature, options.TopP, options.TopK, options.PresencePenalty, options.FrequencyPenalty));
        Assert.Equal((99, 42L), (options.MaxOutputTokens, options.Seed));
        Assert.Equal(["a", "b"], options.StopSequences!);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["min_p"] = 0.05f, ["typical_p"] = 0.9f, ["repeat_penalty"] = 1.1f, ["repeat_last_n"] = -1, ["loop_limit"] = 20, ["num_ctx"] = 4096, ["num_batch"] = 128, ["num_keep"] = 4,
                ["num_gpu"] = 0, ["main_gpu"] = 1, ["num_thread"] = 2, ["use_mmap"] = false,
            },
            options.AdditionalProperties!.ToDictionary());
        Assert.Equal(["mirostat", "nonsense"], unknown);
    }

    [Fact]
    public void NullsAndTheWordsForNone_LeaveDefaults()
    {
        var (options, unknown) = Apply("""{"temperature": null, "num_predict": -1, "seed": -1, "top_k": null, "whatever": null}""");
        Assert.Null(options.Temperature);
        Assert.Null(options.MaxOutputTokens);
        Assert.Null(options.Seed);
        Assert.Null(options.AdditionalProperties);
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("""{"num_ctx":"big"}""", "option \"num_ctx\" must be of type integer")]
    [InlineData("""{"temperature":"hot"}""", "option \"temperature\" must be of type float32")]
    [InlineData("""{"temperature":1e99}""", "option \"temperature\" must be of type float32")]
    [InlineData("""{"use_mmap":1}""", "option \"use_mmap\" must be of type boolean")]
    [InlineData("""{"stop":[1]}""", "option \"stop\" must be of type array of strings")]
    public void WrongType_NamesTheOption(string json, string message)
    {
        var exception = Assert.Throws<ApiException>(() => Apply(json));
        Assert.Equal((400, message), (exception.Status, exception.Message));
    }

    [Theory]
    [InlineData("""{"top_k":40.9}""", 40)]
    [InlineData("""{"top_k":1e30}""", int.MaxValue)]
    [InlineData("""{"top_k":-99999999999}""", int.MinValue)]
    public void Integers_AreTruncatedAndClamped(string json, int expected) => Assert.Equal(expected, Apply(json).Options.TopK);

    private static (ChatOptions Options, List<string> Unknown) Apply(string json)
    {
        var (options, unknown) = (new ChatOptions(), new List<string>());
        OllamaOptions.Apply(JsonDocument.Parse(json).RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value)), options, unknown.Add);
        return (options, unknown);
    }
}
