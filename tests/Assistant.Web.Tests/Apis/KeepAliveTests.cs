using System.Text.Json;
using Assistant.Web.Apis;

namespace Assistant.Web.Tests.Apis;

public class KeepAliveTests
{
    [Theory]
    [InlineData("300", 300)]
    [InlineData("0.25", 0.25)]
    [InlineData("0", 0)]
    [InlineData("\"0\"", 0)]
    [InlineData("\"5m\"", 300)]
    [InlineData("\"1h30m\"", 5400)]
    [InlineData("\"1.5h\"", 5400)]
    [InlineData("\"+2s500ms\"", 2.5)]
    [InlineData("\"250µs\"", 0.00025)]
    public void Durations_AreRead(string json, double seconds) => Assert.Equal(seconds, KeepAlive.Parse(Element(json))!.Value.TotalSeconds, 6);

    [Theory]
    [InlineData("-1")]
    [InlineData("\"-1m\"")]
    [InlineData("1e300")]
    public void NegativeAndEndlessOnes_MeanForever(string json) => Assert.Equal(Timeout.InfiniteTimeSpan, KeepAlive.Parse(Element(json)));

    [Fact]
    public void AbsentOrNull_LeavesItToTheServer()
    {
        Assert.Null(KeepAlive.Parse(null));
        Assert.Null(KeepAlive.Parse(Element("null")));
    }

    [Theory]
    [InlineData("\"5\"")]
    [InlineData("\"5 m\"")]
    [InlineData("\"m\"")]
    [InlineData("\"\"")]
    [InlineData("\"1.2.3s\"")]
    [InlineData("\"5mm\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public void Others_AreRefused(string json)
    {
        var exception = Assert.Throws<ApiException>(() => KeepAlive.Parse(Element(json)));
        Assert.Equal(400, exception.Status);
        Assert.Contains(json, exception.Message, StringComparison.Ordinal);
    }

    private static JsonElement Element(string json) => JsonDocument.Parse(json).RootElement;
}
