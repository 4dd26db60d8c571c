using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Prompts;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Models.Remote;

/// <summary>Answers with a model that a server with OpenAI's protocol runs, such as llama-server, vLLM or Ollama.</summary>
/// <remarks>Streams; pictures go as data URLs; thoughts come as <c>reasoning_content</c> or <c>reasoning</c>. What such a server does not know, it ignores or refuses with a sentence, which is passed on.</remarks>
/// <param name="model">The model; <see cref="ModelOptions.Remote"/> says where it is.</param>
/// <param name="http">Connections.</param>
/// <param name="time">Clock.</param>
internal sealed class RemoteChatClient(ModelOptions model, HttpClient http, TimeProvider time) : IChatClient
{
    private const int LongestError = 64 * 1024;

    private readonly string name = ModelNames.WithoutTag(model.Name);
    private readonly RemoteModelOptions options = model.Remote!;
    private readonly Uri endpoint = new(model.Remote!.Url.TrimEnd('/') + "/chat/completions");
    private readonly ChatClientMetadata metadata = new("openai", new Uri(model.Remote!.Url), ModelNames.WithoutTag(model.Name));

    /// <summary>A client that asks nobody but who it is told to: no redirects, no cookies.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each wait has its own
    };

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, CancellationToken cancellationToken = default)
    {
        var response = await GetStreamingResponseAsync(messages, chatOptions, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
        var message = response.Messages[^1];
        (response.AdditionalProperties, message.AdditionalProperties) = (message.AdditionalProperties, null);
        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="RemoteModelException">The server cannot be reached, is busy, or failed.</exception>
    /// <exception cref="ChatRequestException">The server refuses the request.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var started = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        using var response = await GuardAsync(SendAsync(RemoteRequest.ToJson(options.Model, BaseConversation.Before(model, [.. messages], chatOptions?.Instructions), chatOptions), patience.Token), cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw await RefusalAsync(response, patience.Token).ConfigureAwait(false);
        await using var stream = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);

        var answer = new RemoteAnswer(name, started, time.GetUtcNow());
        var events = SseParser.Create(stream).EnumerateAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        await using (events.ConfigureAwait(false))
        {
            while (await GuardAsync(events.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
            {
                patience.CancelAfter(options.Timeout); // a sign of life
                if (events.Current.Data == "[DONE]")
                    break;
                if (answer.Add(Parse(events.Current.Data)) is { } update)
                    yield return update;
            }
        }
        if (!answer.IsComplete)
            throw new RemoteModelException($"{Who} ended its answer in the middle.");
        yield return answer.Last();
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? metadata : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Nothing to free: the catalog keeps the connections.</summary>
    public void Dispose()
    {
    }

    private string Who => $"The server {endpoint.Authority} of the model '{name}'";

    private async Task<HttpResponseMessage> SendAsync(JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, RemoteRequest.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (options.ApiKey is { Length: > 0 } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Turns what goes wrong on the way into sentences.</summary>
    private async Task<T> GuardAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteModelException($"{Who} was silent for {options.Timeout.TotalSeconds:0.#} s.", busy: true, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RemoteModelException($"{Who} cannot be reached: {e.InnerException?.Message ?? e.Message}", inner: e);
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var said = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        return status switch
        {
            400 or 413 or 422 => new ChatRequestException($"{Who} refuses the request: {said}"),
            401 or 403 => new RemoteModelException($"{Who} wants another key than Remote:ApiKey ({status}): {said}"),
            404 => new RemoteModelException($"{Who} knows no model '{options.Model}', or its Remote:Url is not the base of OpenAI's protocol (404): {said}"),
            429 or 503 => new RemoteModelException($"{Who} is busy ({status}): {said}", busy: true),
            _ => new RemoteModelException($"{Who} answered {status}: {said}"),
        };
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var buffer = new MemoryStream();
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var chunk = new byte[4096];
            while (buffer.Length < LongestError && await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                buffer.Write(chunk, 0, count);
            return RemoteAnswer.ErrorText(JsonNode.Parse(buffer.ToArray())) ?? "it does not say why";
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return "it does not say why";
        }
    }

    private JsonNode Parse(string data)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(data);
        }
        catch (JsonException e)
        {
            throw new RemoteModelException($"{Who} sent something that is no JSON.", inner: e);
        }
        if (RemoteAnswer.ErrorText(json) is { } error)
            throw new RemoteModelException($"{Who} failed: {error}");
        return json as JsonObject ?? throw new RemoteModelException($"{Who} sent something that is no part of an answer.");
    }
}
