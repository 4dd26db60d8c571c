using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Chat.Tests;

namespace Assistant.Web.Tests.Apis;

/// <summary>Ten thousand requests that are almost right: each gets an answer that is not the server's fault, and the next valid one is answered.</summary>
public class HostileRequestTests
{
    private const int Count = 10_000, AtOnce = 8;

    private static readonly (string Method, string Path, string Body)[] seeds =
    [
        ("POST", "/api/generate", """{"model":"llava-phi3","prompt":"what is it","images":["PICTURE"],"stream":false,"options":{"temperature":0.5,"top_k":3,"stop":["x"],"num_ctx":512},"keep_alive":"5m","format":"json","think":false,"raw":false}"""),
        ("POST", "/api/generate", """{"model":"text-only","prompt":"a","suffix":"b","system":"s","template":"t","context":[1,2],"truncate":true,"shift":true,"_debug_render_only":false,"keep_alive":-1}"""),
        ("POST", "/api/chat", """{"model":"thinker","messages":[{"role":"system","content":"s"},{"role":"user","content":"u","images":["data:image/png;base64,PICTURE"]},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},{"role":"tool","content":"r","tool_name":"f"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}],"think":"low","stream":true}"""),
        ("POST", "/api/chat", """{"model":"llava-phi3","messages":[{"role":"user","content":"u"}],"format":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":3}},"required":["a"]}}"""),
        ("POST", "/api/embed", """{"model":"llava-phi3","input":["a","b"],"images":["PICTURE"],"truncate":true,"dimensions":5,"keep_alive":3}"""),
        ("POST", "/api/embeddings", """{"model":"llava-phi3","prompt":"a","options":{}}"""),
        ("POST", "/api/show", """{"model":"llava-phi3","verbose":true,"system":"s","options":{"top_k":3,"stop":["a"]}}"""),
        ("POST", "/api/pull", """{"model":"tiny:latest","insecure":false,"stream":false}"""),
        ("POST", "/api/copy", """{"source":"seer","destination":"me/copy:v1"}"""),
        ("DELETE", "/api/delete", """{"model":"me/copy:v1"}"""),
        ("POST", "/api/create", """{"model":"made","from":"seer","system":"s","parameters":{"temperature":1,"stop":["a"]},"messages":[{"role":"user","content":"a"}],"adapters":{"a":"sha256:00"},"stream":false}"""),
        ("POST", "/api/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000", "no model"),
        ("POST", "/api/push", """{"model":"x"}"""),
        ("GET", "/api/tags", ""),
        ("GET", "/api/ps", ""),
        ("GET", "/api/version", ""),
        ("POST", "/v1/chat/completions", """{"model":"llava-phi3","messages":[{"role":"developer","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,PICTURE","detail":"low"}}]}],"stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":3,"temperature":1,"top_p":0.5,"stop":"x","seed":7,"logit_bias":{"5":1},"grammar":"","n":1,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}"""),
        ("POST", "/v1/chat/completions", """{"model":"thinker","messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"reasoning_effort":"low"}"""),
        ("POST", "/v1/completions", """{"model":"text-only","prompt":"a","max_tokens":3,"stream":false,"echo":false,"logprobs":0}"""),
        ("POST", "/v1/embeddings", """{"model":"llava-phi3","input":["a"],"encoding_format":"base64","dimensions":3}"""),
        ("GET", "/v1/models", ""),
        ("GET", "/v1/models/llava-phi3", ""),
        ("POST", "/tokenize", """{"model":"llava-phi3","content":"a","add_special":true,"parse_special":false,"with_pieces":true}"""),
        ("POST", "/detokenize", """{"model":"llava-phi3","tokens":[1,2,3]}"""),
        ("POST", "/apply-template", """{"model":"llava-phi3","messages":[{"role":"user","content":"u","reasoning_content":"r"}]}"""),
        ("GET", "/props?model=llava-phi3", ""),
    ];

    [Fact]
    public async Task TenThousandMalformedRequests_AreAnswered_AndSoIsTheNextValidOne()
    {
        using var chat = new TinyChat(
            settings =>
            {
                settings["Pull:OllamaRegistry"] = settings["Pull:HuggingFace"] = "http://127.0.0.1:1"; // nobody is there
                settings["Pull:Retries"] = "0";
            },
            library: true);
        await using var host = await ApiHost.StartAsync(null, ["ok", ScriptedChatClient.Last()], catalog: null, chat.Library);
        var bad = new List<string>();
        var statuses = new Dictionary<int, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ApiHost.Cancel }, async (number, cancel) =>
        {
            var (method, path, body) = Mutate(number);
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body.Length > 0)
                request.Content = new ByteArrayContent(body);
            using var response = await host.Client.SendAsync(request, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            var status = (int)response.StatusCode;
            lock (bad)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                // 502: the registry is not there. 501: not offered. Anything else of the kind would be a fault of ours.
                if (status is >= 500 and not (501 or 502) || text.Contains("   at ", StringComparison.Ordinal) || text.Contains("the server's log says why", StringComparison.Ordinal))
                    bad.Add($"#{number} {method} {path} {Encoding.UTF8.GetString(body)[..Math.Min(body.Length, 600)]} -> {status} {text}");
            }
        });
        Assert.True(bad.Count == 0, $"{bad.Count} faults, such as\n{string.Join('\n', bad.Take(3))}");
        Assert.True(statuses[400] > 2000, "most of them are malformed indeed");
        Assert.True(statuses[200] > 500, "and some are not");
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task BytesThatAreNoHttp_LeaveTheServerAlive()
    {
        await using var host = await ApiHost.StartAsync("ok", ScriptedChatClient.Last());
        for (var number = 0; number < 200; number++)
        {
            var random = new Random(number);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port, ApiHost.Cancel);
            byte[] bytes = (number % 5) switch
            {
                0 => RandomBytes(random, 500),
                1 => Encoding.ASCII.GetBytes($"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: {random.NextInt64(-5, long.MaxValue)}\r\n\r\n{{\"model\":"),
                2 => Encoding.ASCII.GetBytes("POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx"),
                3 => Encoding.ASCII.GetBytes($"GET /{new string('a', random.Next(1, 20000))} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                _ => Encoding.ASCII.GetBytes("GET /api/../../etc/passwd%00%2e%2e HTTP/1.1\r\nHost: \r\nX: " + new string('b', random.Next(60000)) + "\r\n\r\n"),
            };
            await socket.SendAsync(bytes, SocketFlags.None, ApiHost.Cancel);
            socket.LingerState = new LingerOption(true, 0); // leaves at once, in the middle of whatever the server does
        }
        await AssertAnswersAsync(host);
    }

    private static async Task AssertAnswersAsync(ApiHost host)
    {
        var (status, _, text) = await host.SendAsync("/api/generate", """{"model":"llava-phi3","prompt":"hello","stream":false}""");
        Assert.Equal((HttpStatusCode.OK, "ok"), (status, (string?)JsonNode.Parse(text)!["response"]));
    }

    /// <summary>The same request for the same number.</summary>
    private static (string Method, string Path, byte[] Body) Mutate(int number)
    {
        var random = new Random(number);
        var (method, path, body) = seeds[random.Next(seeds.Length)];
        body = body.Replace("PICTURE", Samples.Png, StringComparison.Ordinal);
        if (random.Next(10) == 0)
            path = seeds[random.Next(seeds.Length)].Path; // right for another endpoint
        if (random.Next(20) == 0)
            path += new string[] { "/", "/x", "%2e%2e/", "?a=%ff", "//", "/%F0%9F%90%B6" }[random.Next(6)];
        if (random.Next(20) == 0)
            method = new string[] { "PUT", "PATCH", "OPTIONS", "HEAD", "DELETE", "GET" }[random.Next(6)];
        if (body.Length == 0)
            return (method, path, random.Next(4) == 0 ? RandomBytes(random, 50) : []);
        return (method, path, random.Next(3) switch
        {
            0 => MutateBytes(random, Encoding.UTF8.GetBytes(body)),
            1 when body[0] == '{' => Encoding.UTF8.GetBytes(MutateJson(random, JsonNode.Parse(body)!).ToJsonString()),
            _ => Encoding.UTF8.GetBytes(MutateText(random, body)),
        });
    }

    private static byte[] MutateBytes(Random random, byte[] bytes)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes = bytes[..at];
                    break;
                case 2:
                    bytes = [.. bytes[..at], .. RandomBytes(random, 6), .. bytes[at..]];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 20))..]];
                    break;
            }
            if (bytes.Length == 0)
                return [(byte)'{'];
        }
        return bytes;
    }

    private static string MutateText(Random random, string text)
    {
        string[] pieces =
        [
            "null", "1e999", "-1", "99999999999999999999", "\"\"", "[]", "{}", "true", "\"\\ud800\"", "\"\\u0000\"", new string('[', 200), new string('{', 3), "{\"a\":" + new string('[', 100),
            "\"data:image/png;base64,\"", "\"http://127.0.0.1/x.png\"", "\"../../etc/passwd\"", "0.1", "\"" + new string('x', 5000) + "\"", "\uFEFF", "NaN", "/*", "'",
        ];
        var piece = pieces[random.Next(pieces.Length)];
        var marks = Enumerable.Range(0, text.Length).Where(i => text[i] is ':' or ',' or '[').ToList();
        if (marks.Count == 0)
            return piece;
        var from = marks[random.Next(marks.Count)] + 1;
        var to = text.IndexOfAny([',', '}', ']'], Math.Min(from, text.Length - 1));
        return text[..from] + piece + (to < from ? "" : text[to..]);
    }

    /// <summary>Valid JSON with a value of another kind somewhere.</summary>
    private static JsonNode MutateJson(Random random, JsonNode root)
    {
        JsonNode? Odd() => random.Next(12) switch
        {
            0 => null,
            1 => JsonValue.Create(random.NextInt64(long.MinValue, long.MaxValue)),
            2 => JsonValue.Create(random.NextDouble() * 1e300),
            3 => JsonValue.Create("\ud83d"),
            4 => new JsonArray(),
            5 => new JsonObject { ["type"] = "array", ["minItems"] = 9, ["maxItems"] = 2 },
            6 => JsonValue.Create(random.Next(2) == 0),
            7 => new JsonArray(null, 1, "x", new JsonObject()),
            8 => JsonValue.Create(-1),
            9 => JsonValue.Create(""),
            10 => Nested(40),
            _ => new JsonObject { ["url"] = 7, ["role"] = new JsonArray() },
        };
        var node = root;
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } json:
                    var key = json.ElementAt(random.Next(json.Count)).Key;
                    if (random.Next(3) == 0 || json[key] is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
                    {
                        json[key] = Odd();
                        return root;
                    }
                    node = json[key]!;
                    break;
                case JsonArray { Count: > 0 } list:
                    var index = random.Next(list.Count);
                    if (random.Next(3) == 0 || list[index] is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
                    {
                        list[index] = Odd();
                        return root;
                    }
                    node = list[index]!;
                    break;
            }
        }
    }

    private static JsonNode Nested(int depth) => depth == 0 ? new JsonObject() : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["a"] = Nested(depth - 10) } };

    private static byte[] RandomBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(1, most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
