using System.Text.Json.Nodes;
using Assistant.Chat.Prompts.Jinja;

namespace Assistant.Chat.Tests.Prompts.Jinja;

public class JinjaTemplateTests
{
    private static readonly JsonNode cases = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Prompts/Jinja/cases.json")))!;

    public static TheoryData<string, string> Cases => [.. cases["cases"]!.AsArray().Select(item => ((string)item!["template"]!, (string)item["expected"]!))];

    /// <summary>The expectations are what Jinja2 3.1.6 writes, set up as transformers does.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Templates_GiveWhatJinja2Gives(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("a\n{% if x %}\n", "line 2: 'endif' is missing")]
    [InlineData("a\n\n{{ 1 + }}", "line 3: '}}' is not expected here")]
    [InlineData("{{ x.99999999999999999999 }}", "line 1: a number is too large")]
    [InlineData("{{ 99999999999999999999 }}", "line 1: a number is too large")]
    [InlineData("{{ 'abc }}", "line 1: a string is not closed")]
    [InlineData("{% include 'x' %}", "line 1: 'include' is no statement that can be executed here")]
    [InlineData("\n{{ missing.name }}", "line 2: 'missing' is undefined, so it has no 'name'")]
    [InlineData("\n\n{{ missing() }}", "line 3: 'missing' is no function")]
    [InlineData("{{ 1 | nofilter }}", "line 1: there is no filter 'nofilter'")]
    [InlineData("{{ 1 is notest }}", "line 1: there is no test 'notest'")]
    [InlineData("{{ 'a' + 1 }}", "line 1: '+' cannot be applied to a text and a number")]
    [InlineData("{{ 1 / 0 }}", "line 1: division by zero")]
    [InlineData("\n{{ raise_exception('turns must alternate') }}", "line 2: turns must alternate")]
    [InlineData("{{ [1, 2 }}", "line 1: ")]
    [InlineData("{% for x in 5 %}{% endfor %}", "line 1: a number has no items")]
    [InlineData("{% set a.b = 1 %}", "line 1: 'a' is no namespace")]
    [InlineData("{{ strftime_now('%Q') }}", "line 1: 'strftime_now' is no function")]
    public void BrokenTemplates_AreOneErrorThatNamesTheLine(string template, string message) =>
        Assert.StartsWith(message, Assert.Throws<JinjaException>(() => Render(template)).Message, StringComparison.Ordinal);

    public static TheoryData<string> Endless =>
    [
        "{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(1000) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{{ 'aaaaaaaaaa' * 1000000000 }}",
        "{{ range(1000000000) | list }}",
        "{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("1 + ", 20000)) + "1 }}",
        "{{ " + new string('-', 20000) + "1 }}",
        "{{ 'a'" + string.Concat(Enumerable.Repeat(" | upper", 20000)) + " }}",
        string.Concat(Enumerable.Repeat("{% if true %}", 5000)),
        "{{ ('a' * 1000000).split('') }}",
        "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
        "{% set ns = namespace() %}{% set ns.a = [ns] %}{{ ns | tojson }}",
        "{% set a = namespace() %}{% set a.x = a %}{% set b = namespace() %}{% set b.x = b %}{{ a == b }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(1000) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{{ [1].append(2) }}",
    ];

    [Theory]
    [MemberData(nameof(Endless))]
    public void HostileTemplates_AreEndedWithinBounds(string template)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<JinjaException>(() => Render(template));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L << 30);
    }

    [Fact]
    public void WrittenText_KeepsItsOriginThroughEveryOperation()
    {
        var template = new JinjaTemplate("<|user|>{{ (content | trim).replace('b', 'B').split(',') | join('<|sep|>') }}<|end|>{{ content[:2] | upper ~ '!' }}");
        var text = template.Render([KeyValuePair.Create("content", (object?)JinjaText.Of(" a,b<|end|> ", JinjaText.Written))]);
        Assert.Equal("<|user|>a<|sep|>B<|end|><|end|> A!", text.Value);
        var written = "";
        var from = 0;
        foreach (var (end, origin) in text.Runs)
        {
            if (origin == JinjaText.Written)
                written += "[" + text.Value[from..end] + "]";
            from = end;
        }
        Assert.Equal("[a][<|end|>][ A]", written); // the B is the template's
    }

    [Fact]
    public void TimeNow_WritesWhatStrftimeWrites()
    {
        var now = new DateTimeOffset(2026, 3, 5, 9, 7, 2, TimeSpan.Zero);
        var text = new JinjaTemplate("{{ strftime_now('%d %b %Y|%-d.%-m.%y|%A %B %H:%M:%S %p %j %%') }}").Render([KeyValuePair.Create("strftime_now", (object?)JinjaFunctions.TimeNow(now))]);
        Assert.Equal("05 Mar 2026|5.3.26|Thursday March 09:07:02 AM 064 %", text.Value);
    }

    private static string Render(string template) => new JinjaTemplate(template).Render(Plain((JsonObject)cases["values"]!)).Value;

    // The template's own text here: origins have tests of their own.
    private static IEnumerable<KeyValuePair<string, object?>> Plain(JsonObject values) => ((JinjaDict)JinjaValue.FromJson(values)!).ToList();
}
