using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Assistant.Web.Tests.Apis;

/// <summary>Every request of docs/requests.http is understood.</summary>
public partial class RequestTourTests(SharedApiHost shared) : IClassFixture<SharedApiHost>
{
    [Fact]
    public async Task EveryRequest_IsAnswered()
    {
        var (variables, requests) = Read(await File.ReadAllTextAsync(FindTour(), ApiHost.Cancel));
        variables["host"] = shared.Host.Address.ToString().TrimEnd('/');
        variables["model"] = "llava-phi3";
        Assert.True(requests.Count > 10);
        foreach (var request in requests)
        {
            var text = Variable().Replace(request, match => variables[match.Groups[1].Value]);
            var (head, body) = text.Split("\n\n", 2) is [var first, var rest] ? (first, rest) : (text, "");
            var line = head.Split('\n')[0].Split(' ');
            var message = new HttpRequestMessage(new HttpMethod(line[0]), line[1]) { Content = line[0] == "GET" ? null : new StringContent(body, Encoding.UTF8) };
            using var response = await shared.Host.Client.SendAsync(message, ApiHost.Cancel);
            var expected = body.Contains("nobody", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            Assert.True(expected == response.StatusCode, $"{request}\n{await response.Content.ReadAsStringAsync(ApiHost.Cancel)}");
        }
    }

    private static (Dictionary<string, string> Variables, List<string> Requests) Read(string tour)
    {
        var variables = tour.Split('\n').Where(line => line.StartsWith('@')).Select(line => line[1..].Split('=', 2)).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim());
        var requests = Separator().Split(tour).Skip(1).Select(request => request.Trim()).ToList();
        return (variables, requests);
    }

    private static string FindTour()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var tour = Path.Combine(folder.FullName, "docs", "requests.http");
            if (File.Exists(tour))
                return tour;
        }
        throw new FileNotFoundException("docs/requests.http is in no folder above the tests.");
    }

    [GeneratedRegex("^###.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Variable();
}
