using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Calling;

/// <summary>Reads an answer as it grows: words pass at once, calls of tools come out whole.</summary>
/// <remarks>
/// All common notations are understood, whichever was asked for: <c>&lt;tool_call&gt;</c> (Hermes, Qwen), <c>[TOOL_CALLS]</c> (Mistral, also with a name before the arguments),
/// <c>&lt;|tool_call|&gt;</c> and <c>functools</c> (Phi-4-mini), <c>&lt;|python_tag|&gt;</c> and <c>&lt;function=name&gt;</c> (Llama 3), and an answer that is the JSON of a call, fenced or not.
/// What looks like a call but is none comes out as text: nothing is lost.
/// </remarks>
public sealed class ToolCallReader
{
    private const int LongestCall = 1 << 20; // characters held back at most

    private static readonly string[] closings = ["</tool_call>", "<|/tool_call|>", "</function>", "```", ",", ";"];

    private readonly HashSet<string> names;
    private string held = "";
    private bool started; // words were written: JSON from here on is part of them
    private bool afterCall;

    /// <summary>Makes a reader.</summary>
    /// <param name="toolNames">Names of the tools; JSON without a mark is a call only if it names one of them.</param>
    public ToolCallReader(IEnumerable<string> toolNames) => names = [.. toolNames];

    /// <summary>Marks that begin a call.</summary>
    public static IReadOnlyList<string> Marks { get; } = ["<tool_call>", "[TOOL_CALLS]", "<|tool_call|>", "<|python_tag|>", "<function=", "functools["];

    /// <summary>Marks that begin or end a call. Some are control tokens, which print as nothing otherwise.</summary>
    public static IReadOnlyList<string> AllMarks { get; } = [.. Marks, .. closings];

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Adds text.</summary>
    /// <returns>What is certain now: words and calls, in order.</returns>
    public IReadOnlyList<AIContent> Add(string text)
    {
        held += text;
        return Read(atEnd: false);
    }

    /// <summary>What was held back, once the answer has ended.</summary>
    public IReadOnlyList<AIContent> Flush() => Read(atEnd: true);

    private List<AIContent> Read(bool atEnd)
    {
        var contents = new List<AIContent>();
        while (held.Length > 0 && Step(contents, atEnd))
        {
        }
        return contents;
    }

    /// <summary>Takes one piece off what is held; false where more must come first.</summary>
    private bool Step(List<AIContent> contents, bool atEnd)
    {
        if (afterCall && !SkipClosing(atEnd))
            return false;
        if (held.Length == 0)
            return false;
        if (!started)
        {
            switch (BareJson(contents, atEnd))
            {
                case Found.Call:
                    return true;
                case Found.Unknown:
                    return false;
            }
        }
        var (at, mark) = Marks.Select(mark => (At: held.IndexOf(mark, StringComparison.Ordinal), Mark: mark)).Where(found => found.At >= 0).OrderBy(found => found.At).FirstOrDefault((At: -1, Mark: ""));
        if (at < 0)
        {
            var certain = atEnd ? held.Length : held.Length - LongestBeginning();
            return Emit(contents, certain);
        }
        if (at > 0)
            return Emit(contents, at);
        switch (Marked(contents, mark, atEnd))
        {
            case Found.Call:
                return true;
            case Found.Unknown when held.Length < LongestCall:
                return false;
            default:
                return Emit(contents, mark.Length); // a mark and no call behind it: words
        }
    }

    private enum Found
    {
        Call,
        NoCall,
        Unknown,
    }

    /// <summary>A call without a mark, at the beginning of the answer or behind another call.</summary>
    private Found BareJson(List<AIContent> contents, bool atEnd)
    {
        var start = 0;
        while (start < held.Length && char.IsWhiteSpace(held[start]))
            start++;
        if (start == held.Length)
            return atEnd ? Found.NoCall : Found.Unknown;
        foreach (var fence in (string[])["```json", "```"])
        {
            if (held.AsSpan(start).StartsWith(fence))
            {
                start += fence.Length;
                while (start < held.Length && char.IsWhiteSpace(held[start]))
                    start++;
                break;
            }
            if (!atEnd && fence.AsSpan().StartsWith(held.AsSpan(start)))
                return Found.Unknown;
        }
        if (start == held.Length)
            return atEnd ? Found.NoCall : Found.Unknown;
        if (held[start] is not ('{' or '['))
            return Found.NoCall;
        var end = JsonEnd(held, start);
        if (end < 0)
            return !atEnd && CouldBeCall(start) && held.Length < LongestCall ? Found.Unknown : Found.NoCall;
        return Take(contents, start, end, known: true) ? Found.Call : Found.NoCall;
    }

    // Only as long as the first key is one of a call: other JSON, such as an answer by a schema, streams.
    private bool CouldBeCall(int start)
    {
        var text = held.AsSpan(start).TrimStart("[{ \t\r\n");
        if (text.IsEmpty)
            return true;
        foreach (var key in (string[])["\"name\"", "\"type\"", "\"function\"", "\"id\"", "\"arguments\"", "\"parameters\""])
        {
            if (text.StartsWith(key) || key.AsSpan().StartsWith(text))
                return true;
        }
        return false;
    }

    /// <summary>The call behind a mark that the held text begins with.</summary>
    private Found Marked(List<AIContent> contents, string mark, bool atEnd)
    {
        var start = mark == "functools[" ? mark.Length - 1 : mark.Length;
        while (start < held.Length && char.IsWhiteSpace(held[start]))
            start++;
        var name = "";
        if (start < held.Length && held[start] is not ('{' or '['))
        {
            // A name first: <function=name>{...}, [TOOL_CALLS]name[ARGS]{...}
            var brace = held.IndexOf('{', start);
            var header = brace < 0 ? held[start..] : held[start..brace];
            name = header.Split(['>', '['], 2)[0].Trim();
            if (name.Length > 256 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
                return Found.NoCall;
            start = brace < 0 ? held.Length : brace;
        }
        var end = start < held.Length ? JsonEnd(held, start) : -1;
        if (end < 0)
            return atEnd ? Found.NoCall : Found.Unknown;
        if (name.Length == 0)
            return Take(contents, start, end, known: false) ? Found.Call : Found.NoCall;
        if (Parse(held[start..end]) is not JsonObject arguments)
            return Found.NoCall;
        Accept(contents, [(name, arguments)], end);
        return Found.Call;
    }

    private bool Take(List<AIContent> contents, int start, int end, bool known)
    {
        var calls = new List<(string, JsonObject)>();
        foreach (var item in Parse(held[start..end]) switch { JsonArray items => items.ToList(), var one => [one] })
        {
            if (ToCall(item) is not { } call || (known && !names.Contains(call.Name)))
                return false;
            calls.Add(call);
        }
        if (calls.Count == 0)
            return false;
        Accept(contents, calls, end);
        return true;
    }

    private void Accept(List<AIContent> contents, List<(string Name, JsonObject Arguments)> calls, int end)
    {
        foreach (var (name, arguments) in calls)
        {
            Calls++;
            contents.Add(new FunctionCallContent(NewId(), name, arguments.ToDictionary(argument => argument.Key, object? (argument) => argument.Value is null ? null : JsonElement.Parse(argument.Value.ToJsonString()))));
        }
        (held, afterCall, started) = (held[end..], true, false);
    }

    private static (string Name, JsonObject Arguments)? ToCall(JsonNode? node)
    {
        if (node is not JsonObject call)
            return null;
        if (call["function"] is JsonObject inner)
            call = inner;
        if ((call["name"] ?? call["function"]) is not JsonValue value || !value.TryGetValue<string>(out var name) || name.Length == 0)
            return null;
        return (call["arguments"] ?? call["parameters"] ?? call["args"]) switch
        {
            null => (name, []),
            JsonObject arguments => (name, arguments),
            JsonValue text when text.TryGetValue<string>(out var json) && Parse(json) is JsonObject arguments => (name, arguments),
            _ => null,
        };
    }

    private bool SkipClosing(bool atEnd)
    {
        var start = 0;
        while (start < held.Length && char.IsWhiteSpace(held[start]))
            start++;
        var rest = held.AsSpan(start);
        foreach (var closing in closings)
        {
            if (rest.StartsWith(closing))
            {
                held = held[(start + closing.Length)..];
                return held.Length > 0 && SkipClosing(atEnd);
            }
            if (closing.AsSpan().StartsWith(rest))
            {
                if (atEnd)
                    held = ""; // an answer that was cut inside the mark
                return false;
            }
        }
        (held, afterCall) = (held[start..], false);
        return true;
    }

    private bool Emit(List<AIContent> contents, int length)
    {
        if (length == 0)
            return false;
        var text = held[..length];
        held = held[length..];
        started |= !string.IsNullOrWhiteSpace(text);
        if (contents is [.., TextContent last])
            last.Text += text;
        else
            contents.Add(new TextContent(text));
        return true;
    }

    private int LongestBeginning()
    {
        var longest = 0;
        foreach (var mark in Marks)
        {
            for (var length = Math.Min(mark.Length - 1, held.Length); length > longest; length--)
            {
                if (held.AsSpan(held.Length - length).SequenceEqual(mark.AsSpan(0, length)))
                    longest = length;
            }
        }
        return longest;
    }

    /// <summary>The index behind the JSON value that begins at an index; -1 where its end has not come.</summary>
    private static int JsonEnd(string text, int start)
    {
        var (depth, inString) = (0, false);
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (inString)
            {
                if (c == '\\')
                    i++;
                else if (c == '"')
                    inString = false;
            }
            else if (c == '"')
                inString = true;
            else if (c is '{' or '[')
                depth++;
            else if (c is '}' or ']' && --depth == 0)
                return i + 1;
        }
        return -1;
    }

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }); // at any depth: a node throws at its first use
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string NewId() => "call_" + Random.Shared.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
}
