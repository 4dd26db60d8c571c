using System.Text.Json.Nodes;

namespace Assistant.Web.Apis.LlamaServer;

/// <summary>Body of <c>POST /tokenize</c>.</summary>
internal sealed record TokenizeRequest
{
    public string? Content { get; init; }

    /// <summary>Whether the tokens that begin and end a text are added. Absent means false.</summary>
    public bool? AddSpecial { get; init; }

    /// <summary>Whether spelt-out special tokens count as such. Absent means true.</summary>
    public bool? ParseSpecial { get; init; }

    /// <summary>Whether each token's text comes along. Absent means false.</summary>
    public bool? WithPieces { get; init; }

    /// <summary>Absent means the default model.</summary>
    public string? Model { get; init; }
}

/// <summary>Answer of <c>POST /tokenize</c>: ids, or objects with <c>id</c> and <c>piece</c>, which is an array of bytes where it is no text.</summary>
internal sealed record TokenizeAnswer(IReadOnlyList<JsonNode> Tokens);

/// <summary>Body of <c>POST /detokenize</c>.</summary>
internal sealed record DetokenizeRequest
{
    public IReadOnlyList<int>? Tokens { get; init; }

    /// <summary>Absent means the default model.</summary>
    public string? Model { get; init; }
}

/// <summary>Answer of <c>POST /detokenize</c>.</summary>
internal sealed record DetokenizeAnswer(string Content);

/// <summary>Answer of <c>POST /apply-template</c>; <c>[img]</c> stands for a picture.</summary>
internal sealed record PromptAnswer(string Prompt);

/// <summary>Answer of <c>POST /v1/chat/completions/input_tokens</c>.</summary>
internal sealed record InputTokensAnswer(string Object, int InputTokens);

/// <summary>Body of <c>POST /models/load</c> and <c>/models/unload</c>.</summary>
internal sealed record RouteRequest
{
    /// <summary>Absent means the default model.</summary>
    public string? Model { get; init; }
}

/// <summary>Answer of <c>POST /models/load</c> and <c>/models/unload</c>.</summary>
internal sealed record Done(bool Success);

/// <summary>Answer of <c>GET /models</c>.</summary>
internal sealed record RoutedModels(string Object, IReadOnlyList<RoutedModel> Data);

/// <summary>A model and where it is.</summary>
internal sealed record RoutedModel(string Id, string Object, string OwnedBy, long Created, RoutedStatus Status);

/// <param name="Value"><c>unloaded</c>, <c>loading</c>, <c>loaded</c>, or <c>failed</c> where its files cannot be used.</param>
internal sealed record RoutedStatus(string Value);

/// <summary>Answer of <c>GET /props</c>.</summary>
/// <param name="DefaultGenerationSettings">What holds where a request does not say.</param>
/// <param name="TotalSlots">Requests answered side by side; null while the model is not loaded.</param>
/// <param name="ModelPath">The model's name: paths are not told.</param>
/// <param name="ModelAlias">Its name.</param>
/// <param name="ChatTemplate">Its chat template: the file's text or the name of a built-in one.</param>
/// <param name="Modalities">What it takes besides text.</param>
/// <param name="MediaMarker">Stands for a picture in rendered prompts.</param>
/// <param name="BuildInfo">The server's version.</param>
/// <param name="IsSleeping">Whether it has to be loaded first.</param>
internal sealed record PropsAnswer(
    GenerationDefaults DefaultGenerationSettings, int? TotalSlots, string ModelPath, string ModelAlias, string ChatTemplate, Modalities Modalities, string MediaMarker, string BuildInfo, bool IsSleeping);

/// <summary>Context and sampling where a request does not say.</summary>
internal sealed record GenerationDefaults(int NCtx, DefaultParameters Params);

/// <summary>Sampling where a request does not say; -1 stands for no limit and for a random seed.</summary>
internal sealed record DefaultParameters(
    int NPredict, long Seed, float Temperature, int TopK, float TopP, float MinP, float TypicalP, int RepeatLastN, float RepeatPenalty, float PresencePenalty, float FrequencyPenalty,
    IReadOnlyList<string> Stop);

/// <summary>What a model takes besides text.</summary>
internal sealed record Modalities(bool Vision, bool Audio);

/// <summary>Any error.</summary>
internal sealed record LlamaServerError(LlamaServerErrorBody Error);

/// <summary>Its fields; the counts where a prompt does not fit the context.</summary>
internal sealed record LlamaServerErrorBody(int Code, string Message, string Type, int? NPromptTokens = null, int? NCtx = null);
