using System.Text.Json;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis.Ollama;

/// <summary>From Ollama's requests to messages and options.</summary>
internal static class OllamaRequestMapping
{
    /// <summary>Stands for a picture in the text of a prompt.</summary>
    private const string ImagePlaceholder = "[img]";

    /// <summary>The options of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that it names.</param>
    /// <param name="unknownOption">Told of options that there are none of.</param>
    /// <exception cref="ApiException">A field has a wrong type or asks for what the model cannot do.</exception>
    public static ChatOptions ToChatOptions(this OllamaRequest request, ModelDescription model, Action<string> unknownOption)
    {
        var options = new ChatOptions
        {
            ModelId = model.Name,
            ResponseFormat = ToResponseFormat(request.Format),
            Reasoning = AnswerConstraints.ToReasoning(ToEffort(request.Think), "think", model),
            Tools = AnswerConstraints.ToTools((request as OllamaChatRequest)?.Tools),
            ToolMode = AnswerConstraints.ToToolMode((request as OllamaChatRequest)?.ToolChoice),
        };
        if (request.Options is { } values)
            OllamaOptions.Apply(values, options, unknownOption);
        options.AskForLogprobs(request.Logprobs, request.TopLogprobs);
        if (KeepAlive.Parse(request.KeepAlive) is { } keepAlive)
            (options.AdditionalProperties ??= [])[KeepAlive.Key] = keepAlive;
        if (request.Truncate == false)
            (options.AdditionalProperties ??= [])["truncate"] = false;
        options.Follow(request.Grammar, "format", request.VisionTools == true);
        if (request is OllamaGenerateRequest generate)
            AddGenerate(generate, model, options.AdditionalProperties ??= []);
        return options;
    }

    /// <summary>Refuses models that write no answers, in the words that clients know.</summary>
    public static void RequireCompletion(this ModelDescription model, string what)
    {
        if (!model.Completion)
            throw ApiException.BadRequest($"\"{model.Name}\" does not support {what}: it turns its input into vectors");
    }

    private static void AddGenerate(OllamaGenerateRequest request, ModelDescription model, AdditionalPropertiesDictionary properties)
    {
        if (model.RemoteHost is { } host && (request.Raw == true || request.Context is { Count: > 0 }))
            throw ApiException.BadRequest($"{(request.Raw == true ? "raw mode" : "context")} needs the model's tokens, and {model.FullName()} runs on {host}; /api/chat takes a conversation's messages");
        if (request.Raw == true)
        {
            properties["raw"] = true;
            return;
        }
        properties[TokenContext.Request] = true;
        if (request.Context is { Count: > 0 } context)
            properties[TokenContext.Key] = context;
    }

    /// <summary>The messages of <c>/api/generate</c>.</summary>
    /// <exception cref="ApiException">Fields contradict each other or are not offered.</exception>
    public static IList<ChatMessage> ToMessages(this OllamaGenerateRequest request, ModelDescription model)
    {
        if (request.Raw == true && (request.Template is { Length: > 0 } || request.System is { Length: > 0 } || request.Context is { Count: > 0 }))
            throw ApiException.BadRequest("raw mode does not support template, system, or context");
        if (request.Suffix is { Length: > 0 })
            throw ApiException.BadRequest($"{model.FullName()} does not support insert");
        if (request.Template is { Length: > 0 })
            throw ApiException.BadRequest("a template in the request is not offered: the model's own is used; raw mode takes a prompt that is templated already");
        if (request is { Context.Count: > 0, VisionTools: true })
            throw ApiException.BadRequest("vision_tools is true beside a context, which says nothing of pictures; /api/chat takes a conversation's messages");

        var user = new ChatMessage(ChatRole.User, PlaceImages(request.Prompt ?? "", request.Images ?? []));
        return request.System is { Length: > 0 } system ? [new ChatMessage(ChatRole.System, system), user] : [user];
    }

    /// <summary>The messages of <c>/api/chat</c>; each keeps its own pictures.</summary>
    /// <exception cref="ApiException">A message has an unknown role.</exception>
    public static IList<ChatMessage> ToMessages(this OllamaChatRequest request)
    {
        var messages = new List<ChatMessage>();
        var pending = new List<FunctionCallContent>();
        foreach (var (index, message) in (request.Messages ?? []).Index())
        {
            if (message is null)
                throw ApiException.BadRequest($"message {index + 1} is null");
            messages.Add(message.Role?.ToLowerInvariant() switch
            {
                "system" => new ChatMessage(ChatRole.System, message.Content ?? ""),
                "user" => new ChatMessage(ChatRole.User, PlaceImages(message.Content ?? "", message.Images ?? [])),
                "assistant" => ToAssistantMessage(message, index, pending),
                "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(TakeCallId(message, pending), message.Content ?? "")]),
                _ => throw ApiException.BadRequest($"message {index + 1} has the role '{message.Role}'; there are system, user, assistant and tool"),
            });
        }
        return messages;
    }

    /// <summary>Puts pictures before the text, or where placeholders stand in it, in their order.</summary>
    public static IList<AIContent> PlaceImages(string text, IReadOnlyList<ImagePayload> images)
    {
        if (images.Any(image => image is null))
            throw ApiException.BadRequest("a picture must be a base64 string, not null");
        var parts = images.Count == 0 ? [text] : text.Split(ImagePlaceholder);
        var placed = Math.Min(images.Count, parts.Length - 1);
        // Those without a placeholder lead.
        List<AIContent> contents = [.. images.Skip(placed).Select(image => image.ToContent())];
        for (var i = 0; i < placed; i++)
        {
            if (parts[i].Length > 0)
                contents.Add(new TextContent(parts[i]));
            contents.Add(images[i].ToContent());
        }
        // Placeholders without a picture are text like any other.
        var rest = string.Join(ImagePlaceholder, parts.Skip(placed));
        if (rest.Length > 0 || contents.Count == 0)
            contents.Add(new TextContent(rest));
        return contents;
    }

    private static ChatMessage ToAssistantMessage(OllamaMessage message, int index, List<FunctionCallContent> pending)
    {
        var contents = new List<AIContent>();
        if (message.Thinking is { Length: > 0 } thinking)
            contents.Add(new TextReasoningContent(thinking));
        if (message.Content is { Length: > 0 } text)
            contents.Add(new TextContent(text));
        foreach (var (number, call) in (message.ToolCalls ?? []).Index())
        {
            if (call?.Function?.Name is not { } name)
                throw ApiException.BadRequest($"tool call {number + 1} of message {index + 1} names no function");
            // Older clients send calls back without their id; a result then finds its call by name.
            var content = new FunctionCallContent(
                call.Id ?? $"call_{index}_{number}",
                name,
                call.Function.Arguments?.ToDictionary(argument => argument.Key, object? (argument) => argument.Value));
            contents.Add(content);
            pending.Add(content);
        }
        return new ChatMessage(ChatRole.Assistant, contents);
    }

    private static string TakeCallId(OllamaMessage message, List<FunctionCallContent> pending)
    {
        var call = pending.Find(call => call.CallId == message.ToolCallId)
            ?? pending.Find(call => call.Name == message.ToolName)
            ?? pending.FirstOrDefault();
        if (call is null)
            return message.ToolCallId ?? message.ToolName ?? "";
        pending.Remove(call);
        return call.CallId;
    }

    private static ChatResponseFormatJson? ToResponseFormat(JsonElement? format) => format switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("") => null,
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("json") => ChatResponseFormat.Json,
        { ValueKind: JsonValueKind.Object } schema => ChatResponseFormat.ForJsonSchema(schema),
        _ => throw ApiException.BadRequest("invalid format: expected \"json\" or a JSON schema"),
    };

    private static string? ToEffort(JsonElement? think) => think switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.True } => "medium",
        { ValueKind: JsonValueKind.False } => "none",
        { ValueKind: JsonValueKind.String } level => level.GetString(),
        _ => throw ApiException.BadRequest("invalid think value: expected true, false, \"low\", \"medium\", \"high\" or \"max\""),
    };
}
