using Assistant.Chat.Grammars;
using Assistant.Chat.Prompts.Thinking;
using LlamaCpp;

namespace Assistant.Chat.Tests.Grammars;

public class GrammarTests
{
    private const string Json = """
        root   ::= object
        value  ::= object | array | string | number | ("true" | "false" | "null") ws
        object ::=
          "{" ws (
                    string ":" ws value
            ("," ws string ":" ws value)*
          )? "}" ws
        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::=
          "\"" (
            [^"\\\x7F\x00-\x1F] |
            "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) # escapes
          )* "\"" ws
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
        ws ::= | " " | "\n" [ \t]{0,20}
        """;

    private const string OlderJson = """
        root ::= ws value ws
        value ::= object | array | string | number | "true" | "false" | "null"
        object ::= "{" ws (string ws ":" ws value ws ("," ws string ws ":" ws value ws)*)? "}"
        array ::= "[" ws (value ws ("," ws value ws)*)? "]"
        string ::= "\"" ([^"\\] | "\\" .)* "\""
        number ::= "-"? [0-9]+ ("." [0-9]+)?
        ws ::= [ \t\n]*
        """;

    private const string Arithmetic = """
        root  ::= (expr "=" ws term "\n")+
        expr  ::= term ([-+*/] term)*
        term  ::= ident | num | "(" ws expr ")" ws
        ident ::= [a-z] [a-z0-9_]* ws
        num   ::= [0-9]+ ws
        ws    ::= [ \t\n]*
        """;

    private const string Chess = """
        root ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")+
        move ::= (pawn | nonpawn | castle) [+#]?
        nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
        pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
        castle ::= "O-O" "-O"?
        """;

    private const string Program = """
        root ::= function+
        function ::= type " " name "(" (type " " name)? ")" "{" statement* "}"
        type ::= "int" | "float"
        name ::= [a-zA-Z_] [a-zA-Z_0-9]*
        statement ::=
            type " " name space "=" space sum ";" |
            name space "=" space sum ";" |
            name "(" (sum ("," space sum)*)? ")" ";" |
            "return " sum ";" |
            "while" "(" sum [<>] sum ")" "{" statement* "}" |
            "//" [^\n]* "\n" |
            "/*" ([^*] | "*" [^/])* "*/"
        sum ::= product ([-+] product)*
        product ::= factor ([*/] factor)*
        factor ::= name | [0-9]+ | "-" factor | name "(" (sum ("," space sum)*)? ")" | "(" sum ")"
        space ::= " "?
        """;

    public static TheoryData<string, string, string> Accepted => new()
    {
        { Json, """{"a": [1,22,{"b":"\u00e9\n"}], "c":-0.5e3}""", """{"a": [1,]}""" },
        { OlderJson, " { \"a\" : [ 1 , [ ] ] } ", "{\"a\" 1}" },
        { Arithmetic, "(a+1)*b = 7\nx=2\n\n\n", "a+=7\n" },
        { Chess, "1. e4 e5\n2. Nf3 Nbd7\n3. O-O exd5+\n", "1. e9 e5\n2. e4 e5\n" },
        { Program, "int main(){x=f(1)*(y+2);while(x<3){g();}/* ** no */return x;}", "int main(){x=;}" },
        { "root ::= item+\nitem ::= \"- \" [^\\r\\n\\x0b\\x0c\\x85\\u2028\\u2029]+ \"\\n\"", "- a b\n- c\n", "a\n" },
        { "root ::= \"yes\" | \"yep\" | \"no\"", "yep", "ye" },
        { "root ::= [0-9]{4} \"-\" [0-9]{2} \"-\" [0-9]{2}", "2024-01-31", "2024-1-31" },
        { "root ::= .{1,200} \"END\"", "the END", "the EN" },
        { "root ::= [^a] \"\\\"\" [\\]\\-] \"\\x41\\u00e9\\U0001F600\"", "b\"]Aé😀", "a\"]Aé😀" },
        { "root ::= (\n  \"a\" # one\n  | \"b\"\n)\r\n\r\n# end", "b", "c" },
        { "root ::= think_text\nthink_text ::= \"x\" root | \"y\"", "xxy", "xx" },
        { "root ::= a | b\na ::= e \";\"\nb ::= e \"=\" e\ne ::= \"(\" e \")\" | \"x\"", "((x))=x", "((x))=" },
        { "root ::= " + string.Join(" | ", Enumerable.Range(100, 300).Select(i => $"\"{i}\"")), "377", "99" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void OrdinaryGrammars_AreFollowed(string text, string answer, string other)
    {
        var grammar = Grammar.Parse(text);
        Assert.True(grammar.Matches(answer));
        Assert.False(grammar.Matches(other));
        Assert.True(ThoughtGrammar.Before(grammar, opened: true).Matches("so</think>" + answer));
    }

    // Grammars whose ways of reading a text double with each character, or with each few.
    public static TheoryData<string, string, string> Ambiguous => new()
    {
        { "root ::= a | b\na ::= \"[\" root \"]\"\nb ::= \"[\" root \"]\" | \"x\"", Nested("[", "x", "]"), "x]" },
        { "root ::= \"[\" root \"]\" | \"[\" root \")\" | \"x\"", Nested("[", "x", "]"), Nested("[", "x", "}") },
        { "root ::= m \"x\" root \"1\" | m root \"2\" | \"z\"\nm ::= \"a\" | \"ax\"", Nested("ax", "z", "2"), Nested("ax", "z", "3") },
        { "root ::= (\"a\" | \"aa\")*", new string('a', 1000), new string('a', 1000) + "b" },
        { "root ::= (\"a\" | [a-z])+ \".\"", new string('a', 1000) + ".", new string('a', 1000) },
        { "root ::= word+\nword ::= [a-z]+ \" \"?", new string('a', 1000), new string('a', 1000) + "  " },
        { "root ::= \"a\" root \"b\" root | \"a\" root | \"c\"", new string('a', 300) + "cbcbc", new string('a', 300) + "cbb" },
        { "root ::= " + string.Concat(Enumerable.Repeat("\"x\"? ", 40)), new string('x', 40), new string('x', 41) },
        { "root ::= " + string.Concat(Enumerable.Repeat("ws ", 12)) + "\nws ::= [ ]*", new string(' ', 1000), new string(' ', 1000) + "x" },
        { "root ::= ((\"a\"*)* | \"\")*", new string('a', 1000), "b" },
        { "root ::= [a-z]{0,500} [a-z]{0,500}", new string('a', 1000), new string('a', 1001) },
        { "root ::= s\ns ::= s2 s2\ns2 ::= \"a\" s? | s3\ns3 ::= \"a\"?", new string('a', 200), new string('a', 200) + "b" },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public void AmbiguousGrammars_CostNoMoreThanTheyHaveSteps(string text, string answer, string other)
    {
        var grammar = Grammar.Parse(text);
        Assert.True(grammar.Matches(answer));
        Assert.False(grammar.Matches(other));
    }

    [Fact]
    public void MoreWork_ThanATokenMayCost_IsAnError()
    {
        var grammar = Grammar.Parse("root ::= \"a\" root? (\"a\"? \"a\"? \"a\"?){0,2000}");
        Assert.Contains("too ambiguous", Assert.Throws<LlamaException>(() => grammar.Matches(new string('a', 1000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RulesThatCanBeEmpty_AreFoundAlongALongChain_BesideALongRule()
    {
        // Each is known to be possibly empty only when the next is; looking at all rules for each of them would take minutes.
        const int Length = 3990;
        var chain = string.Concat(Enumerable.Range(0, Length).Select(i => $"r{i} ::= \"a\" | r{i + 1}\n"));
        var grammar = Grammar.Parse($"root ::= r0 \".\" | many\n{chain}r{Length} ::= (\"b\"? ()){{2}}\nmany ::= {string.Join('|', Enumerable.Repeat("\"x\"", 40_000))}");
        Assert.All((string[])[".", "a.", "bb.", "x"], answer => Assert.True(grammar.Matches(answer)));
        Assert.All((string[])["", "a", "bbb.", "xx", "x."], answer => Assert.False(grammar.Matches(answer)));
    }

    public static TheoryData<string, string> Nullables => new()
    {
        { "root ::= (a b)? c\na ::= \"a\"?\nb ::= a a\nc ::= b | \"c\"", "" },
        { "root ::= a{3}\na ::= \"a\" | b\nb ::= a1*\na1 ::= \"x\"", "" },
        { "root ::= \"r\" a+ \"r\"\na ::= \"\"", "rr" },
    };

    [Theory]
    [MemberData(nameof(Nullables))]
    public void RulesThatCanBeEmpty_AreLeftOut(string text, string answer) => Assert.True(Grammar.Parse(text).Matches(answer));

    public static TheoryData<string, string> Wrong => new()
    {
        { "", "no rule named 'root'" },
        { "other ::= \"a\"", "no rule named 'root'" },
        { "root ::= other", "line 1, column 10: there is no rule named 'other'" },
        { "root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: there is a rule named 'root' already" },
        { "root = \"a\"", "line 1, column 6: expected '::=' after a rule's name, not '='" },
        { "root ::= \"a", "line 1, column 10: the literal has no closing" },
        { "root ::= [a", "line 1, column 10: the class has no closing" },
        { "root ::= []", "the class is empty" },
        { "root ::= [z-a]", "the range ends before it begins" },
        { "root ::= \"\\q\"", "line 1, column 11: expected an escape" },
        { "root ::= \"\\u12\"", "expected 4 hexadecimal digits" },
        { "root ::= \"\\U00110000\"", "expected 8 hexadecimal digits" },
        { "root ::= ((\"a\"{1000}){1000}){1000}", "more than 300000 steps" },
        { "root ::= (\"a\"\n", "expected ')', not the end" },
        { "root ::= \"a\")", "expected a literal" },
        { "root ::= * \"a\"", "expected something to repeat" },
        { "root ::= \"a\"+*", "repeats a repetition" },
        { "root ::= \"\"*", "empty literal" },
        { "root ::= \"a\"{3", "expected '}'" },
        { "root ::= \"a\"{,3}", "expected a number" },
        { "root ::= \"a\"{3,2}", "the repetition's most, 2, is less than its least, 3" },
        { "root ::= \"a\"{2001}", "more than 2000 times" },
        { "root ::= <think>", "tokens are not offered" },
        { "root ::= \"\0\"", "other than NUL" },
        { "root ::= root \"a\"", "left recursion" },
        { "root ::= a\na ::= b? c\nb ::= \"x\"\nc ::= a \"y\" | \"z\"", "left recursion" },
        { "root ::= " + new string('(', 100) + "\"a\"" + new string(')', 100), "nested more than 64 deep" },
        { "root ::= \"" + new string('a', 300_000) + "\"", "characters" },
        { "root ::= a0\n" + string.Concat(Enumerable.Range(0, 4100).Select(i => $"a{i} ::= a{i + 1}\n")), "more than 4000 rules" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Errors_NameTheirPlace(string text, string message) =>
        Assert.Contains(message, Assert.Throws<GrammarException>(() => Grammar.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void RepeatedNothing_IsWrittenOutOnce()
    {
        var grammar = Grammar.Parse("root ::= ((((() ()){2000}){2000}){2000}){2000} | (((\"x\" [\\uD800]){2000}){2000}){2000}");
        Assert.True(grammar.Matches(""));
        Assert.False(grammar.Matches("x"));
    }

    private static string Nested(string open, string inside, string close) => string.Concat(Enumerable.Repeat(open, 200)) + inside + string.Concat(Enumerable.Repeat(close, 200));
}
