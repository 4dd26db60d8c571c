using System.Text;
using Assistant.Chat.Grammars;
using LlamaCpp.Tests;

namespace Assistant.Chat.Tests.Grammars;

public class GrammarReaderTests
{
    private static readonly string[] texts = [.. AllTexts("ab", 5)];

    [Fact]
    public void RandomGrammars_AllowWhatTheirRulesSay()
    {
        var (grammars, matches) = (0, 0);
        for (var seed = 0; seed < 600; seed++)
        {
            var text = RandomGrammar(new Random(seed));
            Grammar grammar;
            try
            {
                grammar = Grammar.Parse(text);
            }
            catch (GrammarException e)
            {
                Assert.Contains("left recursion", e.Message, StringComparison.Ordinal);
                continue;
            }
            grammars++;
            var truth = new Definition(GbnfParser.Parse(text, "root"));
            var allowed = texts.Where(truth.Matches).ToHashSet();
            matches += allowed.Count;
            foreach (var answer in texts)
            {
                Assert.True(allowed.Contains(answer) == grammar.Matches(answer), $"{text}\n'{answer}': {allowed.Contains(answer)} by definition");
                if (allowed.Contains(answer))
                    Assert.True(CanBegin(grammar, answer), $"{text}\nnothing follows the beginning of '{answer}'");
            }
        }
        Assert.True(grammars > 200 && matches > 1000, $"{grammars} grammars, {matches} matches");
    }

    [Fact]
    public void ControlTokens_FollowAGrammarOnlyWhereTheyAreSpelled()
    {
        var vocab = GrammarWriter.Vocab;
        var mark = TinyModel.TokenOf("<|user|>");
        Assert.True(vocab.IsControl(mark));
        GrammarConstraint Constraint(string[]? spelled) => new(Grammar.Parse("root ::= \"<|user|>\" \"yes\""), new TokenBytes(vocab, spelled), vocab);

        Assert.False(Constraint(null).Allows(mark));
        Assert.False(Constraint(["<|system|>"]).Allows(mark));
        var spelled = Constraint(["<|user|>"]);
        Assert.True(spelled.Allows(mark));
        Assert.NotEqual(0UL, spelled.Allowed()[mark >> 6] >> (mark & 63) & 1);
        spelled.Accept(mark);
        Assert.True(spelled.Allows(TinyModel.TokenOf("yes")));
        Assert.False(spelled.Allows(mark));
    }

    [Fact]
    public void AllowedTokens_AreThoseThatAreAllowedOneByOne()
    {
        var grammar = Grammar.Parse("root ::= \"y\" (\"es\" | [äöü€😀]+)? \"!\"*");
        var constraint = grammar.Constraint();
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var mask = constraint.Allowed().ToArray();
            var allowed = Enumerable.Range(0, GrammarWriter.Vocab.Count).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0).ToList();
            Assert.Equal(Enumerable.Range(0, GrammarWriter.Vocab.Count).Where(constraint.Allows), allowed);
            var next = allowed[random.Next(allowed.Count)];
            constraint.Accept(next);
            if (GrammarWriter.Vocab.IsEndOfGeneration(next))
            {
                Assert.False(constraint.Allows(TinyModel.TokenOf("yes")));
                constraint.Reset();
            }
        }
    }

    [Theory]
    [InlineData("[^a]", 'b', true)]
    [InlineData("[^a]", 'a', false)]
    [InlineData("[\\x80-\\u07ff]", 0x7F, false)]
    [InlineData("[\\x80-\\u07ff]", 0x80, true)]
    [InlineData("[\\x80-\\u07ff]", 0x7FF, true)]
    [InlineData("[\\x80-\\u07ff]", 0x800, false)]
    [InlineData("[\\u0123-\\U00045678]", 0x122, false)]
    [InlineData("[\\u0123-\\U00045678]", 0x123, true)]
    [InlineData("[\\u0123-\\U00045678]", 0xD7FF, true)]
    [InlineData("[\\u0123-\\U00045678]", 0xE000, true)]
    [InlineData("[\\u0123-\\U00045678]", 0x45678, true)]
    [InlineData("[\\u0123-\\U00045678]", 0x45679, false)]
    [InlineData(".", 0x10FFFF, true)]
    public void Characters_AreReadAsUtf8(string set, int character, bool allowed) =>
        Assert.Equal(allowed, Grammar.Parse($"root ::= {set}").Matches(char.ConvertFromUtf32(character)));

    [Fact]
    public void EveryRange_HoldsItsCharactersAndNoOthers()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var (a, b) = (Character(), Character());
            var (from, to) = (Math.Min(a, b), Math.Max(a, b));
            var ranges = Utf8Ranges.Of(CharSet.Of([(from, to)])).ToList();
            foreach (var character in new[] { from, to, from - 1, to + 1, Character(), Character(), 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000 })
            {
                if (!Rune.IsValid(character))
                    continue;
                var bytes = new byte[4];
                var length = new Rune(character).EncodeToUtf8(bytes);
                var found = ranges.Count(range => range.Length == length && range.Zip(bytes).All(both => both.First.From <= both.Second && both.Second <= both.First.To));
                Assert.Equal(character >= from && character <= to ? 1 : 0, found);
            }
        }

        int Character() => random.Next(0x110000) >> random.Next(21);
    }

    [Fact]
    public void LongAnswers_AreFollowedWhatIsRememberedForgotten()
    {
        // Each bracket is a place of its own, so that what is known of them outgrows its bound.
        const int Depth = 60_000;
        var grammar = Grammar.Parse("root ::= \"[\" root \"]\" | \"(\" root \")\" | [a-z]*");
        var text = string.Concat(Enumerable.Repeat("[(", Depth)) + new string('x', Depth) + string.Concat(Enumerable.Repeat(")]", Depth));
        Assert.True(grammar.Matches(text));
        Assert.False(grammar.Matches(text[..^1] + ")"));
    }

    private static bool CanBegin(Grammar grammar, string text)
    {
        var reader = new GrammarReader(grammar.Automaton);
        return Encoding.UTF8.GetBytes(text).All(reader.Read);
    }

    private static IEnumerable<string> AllTexts(string alphabet, int longest) =>
        longest == 0 ? [""] : AllTexts(alphabet, longest - 1).SelectMany(text => text.Length == longest - 1 ? alphabet.Select(letter => text + letter).Prepend(text) : [text]);

    private static string RandomGrammar(Random random)
    {
        string[] names = ["root", "x", "y", "z"];
        return string.Concat(names.Select(name => $"{name} ::= ( {Choice(3)} )\n"));

        string Choice(int depth) => string.Join(" | ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Sequence(depth)));

        string Sequence(int depth) => string.Join(' ', Enumerable.Range(0, random.Next(0, 4)).Select(_ => Item(depth)));

        string Item(int depth)
        {
            var item = random.Next(8) switch
            {
                0 or 1 or 2 => random.Next(2) == 0 ? "\"a\"" : "\"b\"",
                3 => "[ab]",
                4 when depth > 0 => $"( {Choice(depth - 1)} )",
                5 => "\"ab\"",
                _ => names[random.Next(names.Length)],
            };
            return item + random.Next(10) switch { 0 => "*", 1 => "+", 2 => "?", 3 => "{2}", 4 => "{1,3}", 5 => "{2,}", _ => "" };
        }
    }

    /// <summary>Which texts a grammar holds, by the meaning of each node alone: the ends that a node can have from a place.</summary>
    private sealed class Definition(GbnfRules rules)
    {
        private readonly Dictionary<(int Rule, int At), HashSet<int>> known = [];
        private string text = "";

        public bool Matches(string answer)
        {
            text = answer;
            known.Clear();
            return Rule(rules.Root, 0).Contains(answer.Length);
        }

        private HashSet<int> Rule(int rule, int at)
        {
            if (!known.TryGetValue((rule, at), out var ends))
                known[(rule, at)] = ends = Ends(rules.Bodies[rule], at);
            return ends;
        }

        private HashSet<int> Ends(GbnfNode node, int at) => node switch
        {
            GbnfNode.Character character => at < text.Length && character.Set.Contains(text[at]) ? [at + 1] : [],
            GbnfNode.Rule rule => Rule(rule.Index, at),
            GbnfNode.Choice choice => [.. choice.Alternatives.SelectMany(one => Ends(one, at))],
            GbnfNode.Sequence sequence => sequence.Items.Aggregate(new HashSet<int> { at }, (from, item) => [.. from.SelectMany(start => Ends(item, start))]),
            GbnfNode.Repetition repetition => Repeated(repetition, at),
            _ => throw new InvalidOperationException(),
        };

        private HashSet<int> Repeated(GbnfNode.Repetition repetition, int at)
        {
            var (now, all) = (new HashSet<int> { at }, new HashSet<int>());
            for (var count = 0; count <= (repetition.Most ?? repetition.Least + text.Length + 1); count++)
            {
                if (count >= repetition.Least)
                    all.UnionWith(now);
                now = [.. now.SelectMany(start => Ends(repetition.Item, start))];
            }
            return all;
        }
    }
}
