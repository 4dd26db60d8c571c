using System.Text.Json;
using Assistant.Chat.Engine;
using Assistant.Chat.Models;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.OpenAI;

/// <summary>From OpenAI's requests to messages and options.</summary>
internal static class OpenAIRequestMapping
{
    /// <summary>The options of a chat completion.</summary>
    /// <exception cref="ApiException">A field has a wrong value or asks for what the model cannot do.</exception>
    public static ChatOptions ToChatOptions(this ChatCompletionRequest request, ModelDescription model)
    {
        var options = ToCommonOptions(request, model);
        options.AskForLogprobs(request.Logprobs, request.TopLogprobs);
        options.Bias(request.LogitBias);
        options.MaxOutputTokens = Positive(request.MaxCompletionTokens ?? request.MaxTokens);
        options.ResponseFormat = ToResponseFormat(request.ResponseFormat);
        options.Reasoning = AnswerConstraints.ToReasoning(request.ReasoningEffort ?? request.Reasoning?.Effort, "reasoning_effort", model);
        options.Tools = AnswerConstraints.ToTools(request.Tools);
        options.ToolMode = AnswerConstraints.ToToolMode(request.ToolChoice);
        options.AllowMultipleToolCalls = request.ParallelToolCalls;
        options.Follow(request.Grammar, "response_format", request.VisionTools == true);
        if (request is { ReturnProgress: true, Stream: true })
            (options.AdditionalProperties ??= [])[PromptProgress.Request] = true;
        return options;
    }

    /// <summary>The options of a text completion.</summary>
    /// <exception cref="ApiException">A field has a wrong value.</exception>
    public static ChatOptions ToChatOptions(this CompletionRequest request, ModelDescription model)
    {
        if (request.Suffix is { Length: > 0 })
            throw ApiException.BadRequest($"{model.FullName()} does not support insert");
        var options = ToCommonOptions(request, model);
        options.AskForLogprobs(request.Logprobs is not null, request.Logprobs);
        options.Bias(request.LogitBias);
        options.MaxOutputTokens = Positive(request.MaxTokens);
        options.Follow(request.Grammar, "response_format", visionTools: false);
        return options;
    }

    /// <summary>The prompt of a text completion.</summary>
    /// <exception cref="ApiException">There is none, or more than one.</exception>
    public static IList<ChatMessage> ToMessages(this CompletionRequest request) => request.Prompt switch
    {
        { ValueKind: JsonValueKind.String } text => [new ChatMessage(ChatRole.User, text.GetString())],
        { ValueKind: JsonValueKind.Array } texts when texts.GetArrayLength() == 1 && texts[0].ValueKind == JsonValueKind.String =>
            [new ChatMessage(ChatRole.User, texts[0].GetString())],
        _ => throw ApiException.BadRequest("prompt must be a string"),
    };

    /// <summary>The messages of a chat completion; parts keep their order.</summary>
    /// <exception cref="ApiException">There is none, or one has an unknown role or part.</exception>
    public static IList<ChatMessage> ToMessages(this ChatCompletionRequest request)
    {
        if (request.Messages is null or { Count: 0 })
            throw ApiException.BadRequest("[] is too short - 'messages'");
        return [.. request.Messages.Select((message, index) => ToMessage(message ?? new RequestMessage(), index + 1))];
    }

    private static ChatOptions ToCommonOptions(OpenAIRequest request, ModelDescription model) => request.N is > 1 ? throw ApiException.BadRequest($"n is {request.N}; one choice is written for a request") : new()
    {
        ModelId = model.Name,
        // This protocol's defaults, not Ollama's.
        Temperature = request.Temperature ?? 1,
        TopP = request.TopP ?? 1,
        TopK = request.TopK,
        Seed = request.Seed,
        FrequencyPenalty = request.FrequencyPenalty,
        PresencePenalty = request.PresencePenalty,
        StopSequences = ToStopSequences(request.Stop),
        AdditionalProperties = ToAdditionalProperties(request),
    };

    private static AdditionalPropertiesDictionary? ToAdditionalProperties(OpenAIRequest request)
    {
        var properties = new AdditionalPropertiesDictionary();
        if (KeepAlive.Parse(request.KeepAlive) is { } keepAlive)
            properties[KeepAlive.Key] = keepAlive;
        foreach (var (name, value) in (ReadOnlySpan<(string, object?)>)[("num_ctx", request.NumCtx), ("min_p", request.MinP), ("typical_p", request.TypicalP),
            ("repeat_penalty", request.RepeatPenalty), ("repeat_last_n", request.RepeatLastN), ("loop_limit", request.LoopLimit)])
        {
            if (value is not null)
                properties[name] = value;
        }
        if (request.Truncate == false)
            properties["truncate"] = false;
        return properties.Count == 0 ? null : properties;
    }

    private static int? Positive(int? count) => count > 0 ? count : null;

    private static IList<string>? ToStopSequences(JsonElement? stop) => stop switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } texts when texts.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String) =>
            [.. texts.EnumerateArray().Select(text => text.GetString()!)],
        _ => throw ApiException.BadRequest("stop must be a string or an array of strings"),
    };

    private static ChatResponseFormatJson? ToResponseFormat(ResponseFormat? format) => format?.Type switch
    {
        null or "text" => null,
        "json_object" when format.Schema is { ValueKind: JsonValueKind.Object } schema => ChatResponseFormat.ForJsonSchema(schema),
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when format.JsonSchema?.Schema is { ValueKind: JsonValueKind.Object } schema =>
            ChatResponseFormat.ForJsonSchema(schema, format.JsonSchema.Name, format.JsonSchema.Description),
        "json_schema" => throw ApiException.BadRequest("response_format of type json_schema needs json_schema.schema, an object"),
        _ => throw ApiException.BadRequest($"invalid response_format type '{format.Type}'; there are text, json_object and json_schema"),
    };

    private static ChatMessage ToMessage(RequestMessage message, int number)
    {
        if (message.Content is null && message.ToolCalls is null or { Count: 0 })
            throw ApiException.BadRequest($"message {number} has no content");
        List<AIContent> contents = [.. (message.Content ?? []).Select((part, index) => ToContent(part, number, index + 1))];
        return message.Role?.ToLowerInvariant() switch
        {
            "system" or "developer" => new ChatMessage(ChatRole.System, [.. contents]),
            "user" => new ChatMessage(ChatRole.User, [.. contents]),
            "assistant" => new ChatMessage(ChatRole.Assistant, [.. ToThoughts(message), .. contents, .. (message.ToolCalls ?? []).Select(call => ToCall(call, number))]),
            "tool" when contents.Exists(content => content is not TextContent) => throw ApiException.BadRequest($"message {number} is a tool's result and holds a picture; a user's message can show it"),
            "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId ?? "", string.Concat(contents.OfType<TextContent>()))]),
            _ => throw ApiException.BadRequest($"message {number} has the role '{message.Role}'; there are system, developer, user, assistant and tool"),
        };
    }

    private static IEnumerable<AIContent> ToThoughts(RequestMessage message) =>
        (message.ReasoningContent ?? message.Reasoning) is { Length: > 0 } thoughts ? [new TextReasoningContent(thoughts)] : [];

    private static AIContent ToContent(ContentPart? part, int message, int number) => part?.Type switch
    {
        "text" => new TextContent(part.Text ?? throw ApiException.BadRequest($"part {number} of message {message} has no text")),
        "image_url" => part.ImageUrl?.ToContent() ?? throw ApiException.BadRequest($"invalid image input: part {number} of message {message} has no image_url.url"),
        _ => throw ApiException.BadRequest($"part {number} of message {message} has the type '{part?.Type}'; there are text and image_url"),
    };

    private static FunctionCallContent ToCall(RequestToolCall call, int message)
    {
        if (call?.Function?.Name is not { Length: > 0 } name)
            throw ApiException.BadRequest($"a tool call of message {message} names no function");
        try
        {
            var arguments = JsonSerializer.Deserialize(call.Function.Arguments is { Length: > 0 } text ? text : "{}", OpenAIJson.Wire.JsonObject);
            return new FunctionCallContent(call.Id ?? "", name, arguments?.ToDictionary(argument => argument.Key, object? (argument) => argument.Value));
        }
        catch (JsonException)
        {
            throw ApiException.BadRequest($"the arguments of tool call '{name}' in message {message} are no JSON object");
        }
    }
}
