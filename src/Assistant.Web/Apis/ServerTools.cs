using System.Runtime.CompilerServices;
using Assistant.Chat.Models;
using Assistant.Chat.Tools;
using Assistant.Chat.Tools.Vision;
using Microsoft.Extensions.AI;

namespace Assistant.Web.Apis;

/// <summary>The server's own tools on pictures, for programs: used where a request asks for them, or where the configuration offers them to all and the request has no tools of its own.</summary>
internal static class ServerTools
{
    /// <summary>Asks a model; calls of the server's tools are answered here, within the bounds of the section "Tools", and not shown to the client.</summary>
    /// <param name="context">The request.</param>
    /// <param name="models">The models.</param>
    /// <param name="name">Which one.</param>
    /// <param name="messages">The conversation; without a picture there is nothing to use tools on.</param>
    /// <param name="options">Its options.</param>
    /// <param name="wanted">What the request's <c>vision_tools</c> says; null leaves it to the configuration.</param>
    /// <exception cref="ApiException">They are asked for, but there are none, or the request brings its own.</exception>
    public static IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        HttpContext context, IChatModels models, string name, IList<ChatMessage> messages, ChatOptions options, bool? wanted)
    {
        var (client, cancelled) = (models.GetClient(name), context.AnswerCancelled());
        var tools = context.RequestServices.GetService<VisionTools>();
        var brings = options.Tools is { Count: > 0 };
        if (options.AdditionalProperties?.ContainsKey("grammar") == true)
            wanted = false; // an answer that a grammar binds has no place for calls
        if (wanted == true && brings)
            throw ApiException.BadRequest("vision_tools is true and the request brings tools of its own; the calls of one answer are made either here or by the client");
        if (wanted == true && tools?.Options.HasNetworks != true)
            throw ApiException.BadRequest($"vision_tools is true, but this server has no tools on pictures; the section \"{ToolsOptions.Section}\" of appsettings.json names their networks");
        if (brings || tools is null || !(wanted ?? tools.Options.OverHttp) || tools.For(messages) is not { Count: > 0 } offered)
            return client.GetStreamingResponseAsync(messages, options, cancelled);
        options.Tools = offered;
        return WithoutCalls(client.UseToolCalling(tools.Options).GetStreamingResponseAsync(messages, options, cancelled), cancelled);
    }

    /// <summary>The words of all rounds. The updates themselves stay as they are: the stage that makes the calls reads them, too.</summary>
    private static async IAsyncEnumerable<ChatResponseUpdate> WithoutCalls(IAsyncEnumerable<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            yield return new ChatResponseUpdate(update.Role, [.. update.Contents.Where(content => content is not (FunctionCallContent or FunctionResultContent))])
            {
                FinishReason = update.FinishReason,
                AdditionalProperties = update.AdditionalProperties,
            };
        }
    }
}
