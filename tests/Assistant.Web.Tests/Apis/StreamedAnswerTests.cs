using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Web.Tests.Apis;

public class StreamedAnswerTests
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"x"}""", "\"response\":\"first\"")]
    [InlineData("/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""", "\"content\":\"first\"")]
    [InlineData("/v1/chat/completions", """{"model":"llava-phi3","stream":true,"messages":[{"role":"user","content":"x"}]}""", "\"content\":\"first\"")]
    [InlineData("/v1/completions", """{"model":"llava-phi3","stream":true,"prompt":"x"}""", "\"text\":\"first\"")]
    public async Task Leaving_StopsTheAnswer_AndEachChunkHasLeftAtOnce(string path, string body, string first)
    {
        await using var host = await ApiHost.StartAsync("first", ScriptedChatClient.WaitForCancellation);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ApiHost.Cancel);
        using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ApiHost.Cancel)))
        {
            // The model waits: what can be read now was not held back.
            Assert.Contains(first, await reader.ReadLineAsync(ApiHost.Cancel), StringComparison.Ordinal);
            Assert.False(host.Chat.Cancelled.IsCompleted);
        }
        response.Dispose();
        await host.Chat.Cancelled.WaitAsync(patience, ApiHost.Cancel);
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"llava-phi3","stream":false,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"user","content":"x"}]}""")]
    public async Task LeavingBeforeTheFirstWord_StopsTheAnswer(string path, string body)
    {
        await using var host = await ApiHost.StartAsync(ScriptedChatClient.WaitForCancellation);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(ApiHost.Cancel);
        var answer = host.Client.PostAsync(path, new StringContent(body), leave.Token);
        await host.Chat.Asked.WaitAsync(patience, ApiHost.Cancel);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await host.Chat.Cancelled.WaitAsync(patience, ApiHost.Cancel);
    }

    [Fact]
    public async Task Stopping_EndsAnAnswerWithALastLine()
    {
        await using var host = await ApiHost.StartAsync("first", ScriptedChatClient.WaitForCancellation);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate") { Content = new StringContent("""{"model":"llava-phi3","prompt":"x"}""") };
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ApiHost.Cancel);
        await host.StopAsync().WaitAsync(patience, ApiHost.Cancel);
        var text = await response.Content.ReadAsStringAsync(ApiHost.Cancel);
        Assert.Contains("{\"error\":\"the answer was interrupted", text, StringComparison.Ordinal);
        Assert.True(host.Chat.Cancelled.IsCompleted);
    }

    [Theory]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"x"}""", "response")]
    [InlineData("/api/generate", """{"model":"llava-phi3","prompt":"x","stream":false}""", "response")]
    public async Task Characters_TravelAsUtf8(string path, string body, string field)
    {
        string[] words = ["Grüße ", "👩‍👩‍👧‍👦", " 日本 ", "\"<&>\u2028\n\t\\", "🏳️‍🌈"];
        await using var host = await ApiHost.StartAsync([.. words]);
        using var response = await host.PostAsync(path, body);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(ApiHost.Cancel));
        Assert.Contains("Grüße ", text, StringComparison.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
        Assert.Equal(string.Concat(words), string.Concat(lines.Select(line => (string?)line[field])));
    }

    [Fact]
    public async Task BodyOf40Megabytes_IsRead_Chunked()
    {
        await using var host = await ApiHost.StartAsync("ok");
        var picture = new byte[10_000_000];
        Random.Shared.NextBytes(picture);
        var image = Convert.ToBase64String(picture);
        var body = $$"""{"model":"llava-phi3","prompt":"x","stream":false,"images":["{{image}}","data:image/png;base64,{{image}}","{{image.Replace("/", "\\/", StringComparison.Ordinal)}}"]}""";
        Assert.True(body.Length > 40_000_000);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate") { Content = new StringContent(body) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var images = host.Chat.LastRequest.Messages[0].Contents.OfType<Microsoft.Extensions.AI.DataContent>().ToArray();
        Assert.Equal(3, images.Length);
        Assert.All(images, image => Assert.True(image.Data.Span.SequenceEqual(picture)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LargerBody_IsRefusedWithTheSetting(bool chunked)
    {
        await using var host = await ApiHost.StartAsync(new() { ["Apis:MaxRequestBodyMegabytes"] = "1" }, ["never"]);
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(new string(' ', 1_200_000)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await host.Client.SendAsync(request, ApiHost.Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(
            "the request body is larger than 1 MiB; \"Apis:MaxRequestBodyMegabytes\" in appsettings.json sets the limit",
            (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(ApiHost.Cancel))!["error"]!["message"]);
    }
}
