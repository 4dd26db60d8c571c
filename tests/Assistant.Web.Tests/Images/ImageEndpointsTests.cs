using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Assistant.Chat.Conversations;
using Assistant.Scripted;
using Assistant.Scripted.Web;
using Assistant.Vision.Imaging;

namespace Assistant.Web.Tests.Images;

public sealed class ImageEndpointsTests : IAsyncLifetime
{
    private RunningAssistant? assistant;
    private HttpClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HttpClient Client => client!;

    public async ValueTask InitializeAsync()
    {
        assistant = await RunningAssistant.StartAsync(new ScriptedChatModels(new ScriptedAnswer("-")));
        client = new HttpClient { BaseAddress = new Uri(assistant.Address) };
    }

    [Fact]
    public async Task Upload_IsServedBack_WithoutBeingSniffedOrFetchedAgain()
    {
        var response = await Client.PostAsync("/images", new ByteArrayContent(ImageEncoder.ToPng(new RgbImage(12, 8))), Cancel);
        var stored = await response.Content.ReadFromJsonAsync<JsonObject>(Cancel);
        Assert.Equal((12, 8), ((int)stored!["width"]!, (int)stored["height"]!));
        foreach (var (path, mediaType) in new[] { ($"/images/{stored["hash"]}", "image/png"), ($"/images/{stored["hash"]}/thumbnail", "image/jpeg") })
        {
            var image = await Client.GetAsync(path, Cancel);
            Assert.Equal((HttpStatusCode.OK, mediaType), (image.StatusCode, image.Content.Headers.ContentType?.MediaType));
            Assert.Equal("nosniff", Assert.Single(image.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("default-src 'none'; sandbox", Assert.Single(image.Headers.GetValues("Content-Security-Policy")));
            Assert.Contains("immutable", image.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(image.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await Client.SendAsync(again, Cancel)).StatusCode);
        }
    }

    [Theory]
    [InlineData("text", "this is text", "it looks like text")]
    [InlineData("nothing", "", "it is empty")]
    [InlineData("svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "it looks like SVG")]
    [InlineData("half a PNG", "\u0089PNG\r\n\u001a\n", "damaged or cut off")]
    public async Task FileThatIsNoPicture_IsRefusedWithAReason(string name, string content, string reason)
    {
        var response = await Client.PostAsync("/images", new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(content)), Cancel);
        Assert.Equal((name, HttpStatusCode.BadRequest), (name, response.StatusCode));
        Assert.Contains(reason, (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PictureOfTooManyPixels_IsRefusedByItsHeader()
    {
        var png = ImageEncoder.ToPng(new RgbImage(1, 1));
        byte[] size = [0, 0, 0x75, 0x30]; // 30000
        size.CopyTo(png, 16);
        size.CopyTo(png, 20);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
        var response = await Client.PostAsync("/images", new ByteArrayContent(png), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("30000 x 30000 pixels", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FileOfTooManyBytes_IsRefused(bool declaresItsLength)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/images") { Content = new ByteArrayContent(new byte[ImageStore.MaximumUpload + 1]) };
        request.Headers.TransferEncodingChunked = !declaresItsLength;
        var response = await Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("larger than 40 MB", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/images/nope")]
    [InlineData("/images/..%2F..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/images/..%2Fconversations.db")]
    [InlineData("/images/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/images/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF/thumbnail")]
    public async Task UnknownOrBadHash_IsNotFound(string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await Client.GetAsync(path, Cancel)).StatusCode);

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (assistant is not null)
            await assistant.DisposeAsync();
    }

    /// <summary>PNG's checksum, bit by bit.</summary>
    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
