using System.Text.Json.Serialization;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>Head of every completion object; one id and one time throughout a stream.</summary>
/// <param name="Id">Such as <c>chatcmpl-...</c>.</param>
/// <param name="Object">Kind of the object.</param>
/// <param name="Created">Unix time, in seconds.</param>
/// <param name="Model">The name as the client sent it.</param>
internal abstract record CompletionObject(
    [property: JsonPropertyOrder(-1)] string Id,
    [property: JsonPropertyOrder(-1)] string Object,
    [property: JsonPropertyOrder(-1)] long Created,
    [property: JsonPropertyOrder(-1)] string Model)
{
    [JsonPropertyOrder(-1)]
    public string SystemFingerprint { get; init; } = "fp_assistant";
}

/// <summary>A whole answer.</summary>
internal sealed record ChatCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices, Usage Usage, ServerTimings? Timings = null) : CompletionObject(Id, Object, Created, Model);

/// <summary>The only choice of a whole answer.</summary>
internal sealed record ChatChoice(int Index, AnswerMessage Message, string FinishReason, ChoiceLogprobs? Logprobs = null);

/// <summary>How likely the tokens of a choice were.</summary>
internal sealed record ChoiceLogprobs(IReadOnlyList<TokenProbability> Content);

/// <summary>The model's message.</summary>
internal sealed record AnswerMessage
{
    public string Role { get; init; } = "assistant";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Content { get; init; }

    /// <summary>The model's thoughts.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The same under llama-server's name.</summary>
    public string? ReasoningContent => Reasoning;

    public IReadOnlyList<AnswerToolCall>? ToolCalls { get; init; }
}

/// <summary>One event of a streamed answer.</summary>
internal sealed record ChatChunk(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChunkChoice> Choices, Usage? Usage = null) : CompletionObject(Id, Object, Created, Model)
{
    /// <summary>Only in the last.</summary>
    public ServerTimings? Timings { get; init; }

    /// <summary>Before the first word, where the request asks.</summary>
    public PromptProgressState? PromptProgress { get; init; }
}

/// <summary>What an event adds.</summary>
internal sealed record ChunkChoice(
    int Index, ChunkDelta Delta, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason = null, ChoiceLogprobs? Logprobs = null);

/// <summary>The addition; empty where the answer finishes.</summary>
internal sealed record ChunkDelta
{
    /// <summary>Only in the first.</summary>
    public string? Role { get; init; }

    public string? Content { get; init; }
    /// <summary>The model's thoughts.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The same under llama-server's name.</summary>
    public string? ReasoningContent => Reasoning;

    public IReadOnlyList<AnswerToolCall>? ToolCalls { get; init; }
}

/// <summary>A call that the model asks for.</summary>
internal sealed record AnswerToolCall(string Id, int Index, string Type, AnswerFunctionCall Function);

/// <summary>Which function, and its arguments as JSON text.</summary>
internal sealed record AnswerFunctionCall(string Name, string Arguments);

/// <summary>Tokens read and written, and how many of the oldest messages did not fit the context (not in OpenAI's own protocol).</summary>
internal sealed record Usage(
    int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails, int? TruncatedMessages = null);

/// <summary>Where the time went, as llama-server tells it; milliseconds. What cannot be told is left out.</summary>
/// <param name="CacheN">Tokens of the prompt that were known from an earlier request.</param>
/// <param name="PromptN">Tokens of the prompt that were read.</param>
/// <param name="PromptMs">Reading them.</param>
/// <param name="PromptPerTokenMs">Reading one.</param>
/// <param name="PromptPerSecond">Tokens read in a second.</param>
/// <param name="PredictedN">Tokens of the answer.</param>
/// <param name="PredictedMs">Writing them.</param>
/// <param name="PredictedPerTokenMs">Writing one.</param>
/// <param name="PredictedPerSecond">Tokens written in a second.</param>
/// <param name="VisionMs">Running the vision tower, which <paramref name="PromptMs"/> leaves out; not in llama-server's own.</param>
internal sealed record ServerTimings(
    int CacheN, int PromptN, double PromptMs, double? PromptPerTokenMs, double? PromptPerSecond,
    int PredictedN, double PredictedMs, double? PredictedPerTokenMs, double? PredictedPerSecond, double? VisionMs);

/// <summary>How far a prompt was read, as llama-server tells it.</summary>
/// <param name="Total">Its tokens, pictures included.</param>
/// <param name="Cache">Those known from an earlier request.</param>
/// <param name="Processed">Those in the context now, known ones included.</param>
/// <param name="TimeMs">Since reading began.</param>
internal sealed record PromptProgressState(int Total, int Cache, int Processed, long TimeMs);

/// <summary>How many of the prompt's tokens were known from an earlier request.</summary>
internal sealed record PromptTokensDetails(int CachedTokens);

/// <summary>A whole answer of the older protocol, or one event of its stream.</summary>
internal sealed record TextCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<TextChoice> Choices, Usage? Usage = null) : CompletionObject(Id, Object, Created, Model);

/// <summary>Its text.</summary>
internal sealed record TextChoice(
    int Index, string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason = null, TextLogprobs? Logprobs = null);

/// <summary>How likely the tokens of a text were, in the older protocol's columns.</summary>
/// <param name="Tokens">Their texts.</param>
/// <param name="TokenLogprobs">Natural logarithms of their probabilities.</param>
/// <param name="TopLogprobs">For each the likeliest tokens at its place.</param>
/// <param name="TextOffset">Where each begins in the text of this object.</param>
internal sealed record TextLogprobs(
    IReadOnlyList<string> Tokens, IReadOnlyList<float> TokenLogprobs, IReadOnlyList<IReadOnlyDictionary<string, float>> TopLogprobs, IReadOnlyList<int> TextOffset);

/// <summary>Answer of <c>/v1/models</c>.</summary>
internal sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <summary>A model.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">Unix time of its file, in seconds.</param>
/// <param name="OwnedBy">Always <c>library</c>.</param>
/// <param name="Meta">What its file says, as llama-server tells it; null where it lies on another server or cannot be read.</param>
internal sealed record ModelCard(string Id, string Object, long Created, string OwnedBy, ModelMeta? Meta);

/// <summary>Sizes of a model.</summary>
/// <param name="NCtxTrain">Context that it was trained with, in tokens.</param>
/// <param name="NEmbd">Width of a token's embedding.</param>
/// <param name="NParams">Parameters.</param>
/// <param name="Size">Bytes of its files.</param>
internal sealed record ModelMeta(int NCtxTrain, int NEmbd, long NParams, long Size);

/// <summary>Any error.</summary>
internal sealed record OpenAIError(OpenAIErrorBody Error);

/// <summary>Its fields; the nulls are written.</summary>
internal sealed record OpenAIErrorBody(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code = null);
