using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assistant.Chat.Models.Library;

/// <summary>Asks servers of models; what goes wrong becomes a <see cref="PullException"/>.</summary>
internal sealed class RegistryConnection(HttpClient http, PullOptions options)
{
    private const int LongestDocument = 16 * 1024 * 1024;

    public PullOptions Options => options;

    /// <summary>A client that follows redirects to where the files lie, but not from https to http.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxAutomaticRedirections = 5,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // files take as long as they take; silence is watched
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("assistant", "1.0") } },
    };

    /// <summary>Reads a JSON document.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="notFound">The sentence for 404.</param>
    /// <param name="accept">Media type.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<JsonObject> GetJsonAsync(Uri address, string notFound, string accept, CancellationToken cancellationToken)
    {
        var bytes = await GetBytesAsync(address, notFound, accept, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw new PullException($"{address.Host} sent JSON of another kind for {address.AbsolutePath}");
        }
        catch (JsonException e)
        {
            throw new PullException($"{address.Host} sent no JSON for {address.AbsolutePath}", e);
        }
    }

    /// <summary>Reads a small document.</summary>
    public async Task<byte[]> GetBytesAsync(Uri address, string notFound, string accept, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Silence);
        try
        {
            using var response = await SendAsync(address, range: 0, accept, patience.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
                throw new PullException(notFound);
            if (!response.IsSuccessStatusCode)
                throw Refusal(address, response.StatusCode);
            if (response.Content.Headers.ContentLength > LongestDocument)
                throw new PullException($"{address.Host} sent a document of {response.Content.Headers.ContentLength} bytes for {address.AbsolutePath}");
            using var buffer = new MemoryStream();
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            var chunk = new byte[16 * 1024];
            while (await stream.ReadAsync(chunk, patience.Token).ConfigureAwait(false) is > 0 and var count)
            {
                buffer.Write(chunk, 0, count);
                if (buffer.Length > LongestDocument)
                    throw new PullException($"{address.Host} sent a document without end for {address.AbsolutePath}");
            }
            return buffer.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new PullException($"{address.Authority} cannot be reached: {Reason(e)}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PullException($"{address.Authority} was silent for {options.Silence.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>Begins a request; the caller reads the body.</summary>
    public async Task<HttpResponseMessage> SendAsync(Uri address, long range, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd(accept);
        if (range > 0)
            request.Headers.Range = new RangeHeaderValue(range, null);
        if (options.HuggingFaceToken is { Length: > 0 } token && address.Host == new Uri(options.HuggingFace).Host)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    public static PullException Refusal(Uri address, HttpStatusCode status) => new(status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            $"{address.Authority} does not give {address.AbsolutePath} to everybody ({(int)status}); it may not exist, or want an access token (Pull:HuggingFaceToken in appsettings.json)",
        HttpStatusCode.TooManyRequests => $"{address.Authority} is asked too often (429); try again later",
        _ => $"{address.Authority} answered {(int)status} for {address.AbsolutePath}",
    });

    public static string Reason(Exception exception) => exception.InnerException?.Message ?? exception.Message;
}
