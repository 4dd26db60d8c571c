using System.Globalization;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Reads a template's tokens into statements.</summary>
internal sealed class JinjaParser(List<JinjaToken> tokens)
{
    private const int MaxDepth = 100; // of nested blocks and brackets: the stack is finite

    private int at, depth;

    private JinjaToken Current => tokens[at];

    public IReadOnlyList<JinjaStatement> Run()
    {
        var body = Body();
        return Current.Kind == JinjaTokenKind.End ? body : throw Unexpected();
    }

    /// <summary>Statements up to one of the given tags, which is left to be read.</summary>
    private List<JinjaStatement> Body(params string[] ends)
    {
        if (++depth > MaxDepth)
            throw new JinjaException(Current.Line, $"blocks or brackets are nested more than {MaxDepth} deep");
        var body = new List<JinjaStatement>();
        while (Current.Kind != JinjaTokenKind.End)
        {
            var token = Current;
            if (token.Kind == JinjaTokenKind.Data)
            {
                at++;
                body.Add(new JinjaOutput(JinjaText.Of(token.Text), token.Line));
            }
            else if (token.Kind == JinjaTokenKind.VariableBegin)
            {
                at++;
                body.Add(new JinjaPrint(Tuple(), token.Line));
                Expect(JinjaTokenKind.VariableEnd);
            }
            else if (ends.Contains(tokens[at + 1].Text))
                break;
            else
            {
                at++;
                body.Add(Statement());
            }
        }
        depth--;
        return body;
    }

    private JinjaStatement Statement()
    {
        var token = Name();
        var line = token.Line;
        switch (token.Text)
        {
            case "if":
                return If(line);
            case "for":
                return For(line);
            case "set":
                return Set(line);
            case "macro":
                return Macro(line);
            case "break" or "continue":
                EndTag();
                return new JinjaJump(token.Text == "break", line);
            case "filter":
                var (filter, arguments) = (Name().Text, Current.Is("(") ? Arguments() : JinjaArguments.None);
                EndTag();
                var filtered = Body("endfilter");
                Close("endfilter");
                return new JinjaFilterBlock(filter, arguments, filtered, line);
            case "generation":
                EndTag();
                var generation = Body("endgeneration");
                Close("endgeneration");
                return new JinjaGroup(generation, line);
            default:
                throw new JinjaException(line, $"'{token.Text}' is no statement that can be executed here");
        }
    }

    private JinjaIf If(int line)
    {
        var branches = new List<(JinjaExpression, IReadOnlyList<JinjaStatement>)>();
        List<JinjaStatement> otherwise = [];
        while (true)
        {
            var condition = Expression();
            EndTag();
            branches.Add((condition, Body("elif", "else", "endif")));
            if (Open("elif"))
                continue;
            if (Open("else"))
            {
                EndTag();
                otherwise = Body("endif");
            }
            Close("endif");
            return new JinjaIf(branches, otherwise, line);
        }
    }

    private JinjaFor For(int line)
    {
        var targets = Names();
        if (!Take("in"))
            throw Unexpected();
        var items = Tuple(conditional: false);
        var filter = Take("if") ? Expression() : null;
        EndTag();
        var body = Body("else", "endfor");
        List<JinjaStatement> otherwise = [];
        if (Open("else"))
        {
            EndTag();
            otherwise = Body("endfor");
        }
        Close("endfor");
        return new JinjaFor(targets, items, filter, body, otherwise, line);
    }

    private JinjaSet Set(int line)
    {
        var targets = Names();
        var attribute = targets.Count == 1 && Take(".") ? Name().Text : null;
        if (Take("="))
        {
            var value = Tuple();
            EndTag();
            return new JinjaSet(targets, attribute, value, null, line);
        }
        EndTag();
        var body = Body("endset");
        Close("endset");
        return new JinjaSet(targets, attribute, null, body, line);
    }

    private JinjaMacro Macro(int line)
    {
        var name = Name().Text;
        var parameters = new List<(string, JinjaExpression?)>();
        Expect("(");
        while (!Take(")"))
        {
            parameters.Add((Name().Text, Take("=") ? Expression() : null));
            if (!Current.Is(")"))
                Expect(",");
        }
        EndTag();
        var body = Body("endmacro");
        Close("endmacro");
        return new JinjaMacro(name, parameters, body, line);
    }

    private List<string> Names()
    {
        var bracket = Take("(");
        List<string> names = [Name().Text];
        while (Take(","))
            names.Add(Name().Text);
        if (bracket)
            Expect(")");
        return names;
    }

    private JinjaExpression Tuple(bool conditional = true)
    {
        var line = Current.Line;
        var first = conditional ? Expression() : Or();
        if (!Current.Is(","))
            return first;
        List<JinjaExpression> items = [first];
        while (Take(","))
        {
            if (Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd || Current.Is(")"))
                break;
            items.Add(conditional ? Expression() : Or());
        }
        return new JinjaList(items, IsTuple: true, line);
    }

    private JinjaExpression Expression()
    {
        if (++depth > MaxDepth)
            throw new JinjaException(Current.Line, $"blocks or brackets are nested more than {MaxDepth} deep");
        var value = Or();
        while (Take("if"))
        {
            var condition = Or();
            value = new JinjaCondition(condition, value, Take("else") ? Expression() : null, value.Line);
        }
        depth--;
        return value;
    }

    private JinjaExpression Or() => Binary(And, "or");

    private JinjaExpression And() => Binary(Not, "and");

    private JinjaExpression Not()
    {
        var line = Current.Line;
        var negations = 0;
        while (Current.Is("not"))
            (at, negations) = (at + 1, negations + 1);
        var value = Comparison();
        for (; negations > 0; negations--)
            value = new JinjaUnary("not", value, line);
        return value;
    }

    private JinjaExpression Comparison()
    {
        var left = Sum();
        JinjaExpression? all = null;
        while (true)
        {
            var token = Current;
            string? operation = null;
            if (token.Kind == JinjaTokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
                operation = token.Text;
            else if (token.Is("in"))
                operation = "in";
            else if (token.Is("not") && tokens[at + 1].Is("in"))
                (operation, at) = ("not in", at + 1);
            if (operation is null)
                return all ?? left;
            at++;
            var right = Sum();
            var one = new JinjaBinary(operation, left, right, token.Line);
            all = all is null ? one : new JinjaBinary("and", all, one, token.Line); // 1 < x < 5
            left = right;
        }
    }

    private JinjaExpression Sum() => Binary(Concatenation, "+", "-");

    private JinjaExpression Concatenation() => Binary(Product, "~");

    private JinjaExpression Product() => Binary(Power, "*", "/", "//", "%");

    private JinjaExpression Power() => Binary(() => Unary(), "**");

    private JinjaExpression Binary(Func<JinjaExpression> operand, params string[] operators)
    {
        var left = operand();
        while (Current.Kind is JinjaTokenKind.Operator or JinjaTokenKind.Name && operators.Contains(Current.Text))
        {
            var token = tokens[at++];
            left = new JinjaBinary(token.Text, left, operand(), token.Line);
        }
        return left;
    }

    private JinjaExpression Unary(bool filters = true)
    {
        var token = Current;
        JinjaExpression value;
        if (token.Kind == JinjaTokenKind.Operator && token.Text is "-" or "+")
        {
            at++;
            if (++depth > MaxDepth)
                throw new JinjaException(token.Line, "too many signs");
            value = new JinjaUnary(token.Text, Unary(filters: false), token.Line);
            depth--;
        }
        else
            value = Postfix(Primary());
        return filters ? Filters(value) : value;
    }

    private JinjaExpression Primary()
    {
        var token = tokens[at++];
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new JinjaLiteral(true, token.Line),
                    "false" or "False" => new JinjaLiteral(false, token.Line),
                    "none" or "None" => new JinjaLiteral(null, token.Line),
                    _ => new JinjaName(token.Text, token.Line),
                };
            case JinjaTokenKind.String:
                var text = token.Text;
                while (Current.Kind == JinjaTokenKind.String)
                    text += tokens[at++].Text;
                return new JinjaLiteral(JinjaText.Of(text), token.Line);
            case JinjaTokenKind.Integer:
                return new JinjaLiteral(long.TryParse(token.Text, CultureInfo.InvariantCulture, out var integer) ? integer : throw new JinjaException(token.Line, "a number is too large"), token.Line);
            case JinjaTokenKind.Float:
                return new JinjaLiteral(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Operator when token.Text == "(":
                if (Take(")"))
                    return new JinjaList([], IsTuple: true, token.Line);
                var inner = Tuple();
                Expect(")");
                return inner;
            case JinjaTokenKind.Operator when token.Text == "[":
                var items = new List<JinjaExpression>();
                while (!Take("]"))
                {
                    items.Add(Expression());
                    if (!Current.Is("]"))
                        Expect(",");
                }
                return new JinjaList(items, IsTuple: false, token.Line);
            case JinjaTokenKind.Operator when token.Text == "{":
                var pairs = new List<(JinjaExpression, JinjaExpression)>();
                while (!Take("}"))
                {
                    var key = Expression();
                    Expect(":");
                    pairs.Add((key, Expression()));
                    if (!Current.Is("}"))
                        Expect(",");
                }
                return new JinjaDictLiteral(pairs, token.Line);
            default:
                at--;
                throw Unexpected();
        }
    }

    private JinjaExpression Postfix(JinjaExpression value)
    {
        while (true)
        {
            var line = Current.Line;
            if (Take("."))
            {
                var token = tokens[at++];
                value = token.Kind switch
                {
                    JinjaTokenKind.Name => new JinjaAttribute(value, token.Text, line),
                    JinjaTokenKind.Integer => new JinjaIndex(value, new JinjaLiteral(long.Parse(token.Text, CultureInfo.InvariantCulture), line), line),
                    _ => throw new JinjaException(line, "a name must follow the '.'"),
                };
            }
            else if (Take("["))
                value = Subscript(value, line);
            else if (Current.Is("("))
                value = new JinjaCall(value, Arguments(), line);
            else
                return value;
        }
    }

    private JinjaExpression Subscript(JinjaExpression value, int line)
    {
        JinjaExpression? Part() => Current.Is(":") || Current.Is("]") ? null : Expression();
        var start = Part();
        if (!Take(":"))
        {
            Expect("]");
            return new JinjaIndex(value, start ?? throw Unexpected(), line);
        }
        var stop = Part();
        var step = Take(":") ? Part() : null;
        Expect("]");
        return new JinjaSlice(value, start, stop, step, line);
    }

    private JinjaExpression Filters(JinjaExpression value)
    {
        while (true)
        {
            var line = Current.Line;
            if (Take("|"))
                value = new JinjaFilter(value, Name().Text, Current.Is("(") ? Arguments() : JinjaArguments.None, line);
            else if (Take("is"))
            {
                var negated = Take("not");
                var name = Name().Text;
                var arguments = JinjaArguments.None;
                if (Current.Is("("))
                    arguments = Arguments();
                else if (Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float || Current.Is("[")
                    || (Current.Kind == JinjaTokenKind.Name && Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not")))
                    arguments = new([Postfix(Primary())], []);
                value = new JinjaTest(value, name, arguments, negated, line);
            }
            else if (Current.Is("("))
                value = new JinjaCall(value, Arguments(), line);
            else
                return value;
        }
    }

    private JinjaArguments Arguments()
    {
        Expect("(");
        var (positional, named) = (new List<JinjaExpression>(), new List<(string, JinjaExpression)>());
        while (!Take(")"))
        {
            if (Current.Kind == JinjaTokenKind.Name && tokens[at + 1].Is("="))
            {
                var name = Name().Text;
                at++;
                named.Add((name, Expression()));
            }
            else
                positional.Add(Expression());
            if (!Current.Is(")"))
                Expect(",");
        }
        return new(positional, named);
    }

    private bool Open(string tag)
    {
        if (Current.Kind != JinjaTokenKind.BlockBegin || !tokens[at + 1].Is(tag))
            return false;
        at += 2;
        return true;
    }

    private void Close(string tag)
    {
        if (!Open(tag))
            throw new JinjaException(Current.Line, $"'{tag}' is missing");
        EndTag();
    }

    private JinjaToken Name() => Current.Kind == JinjaTokenKind.Name ? tokens[at++] : throw Unexpected();

    private void EndTag() => Expect(JinjaTokenKind.BlockEnd);

    private void Expect(JinjaTokenKind kind)
    {
        if (Current.Kind != kind)
            throw Unexpected();
        at++;
    }

    private void Expect(string text)
    {
        if (!Take(text))
            throw new JinjaException(Current.Line, $"'{text}' is expected, there is {Describe()}");
    }

    private bool Take(string text)
    {
        if (!Current.Is(text))
            return false;
        at++;
        return true;
    }

    private JinjaException Unexpected() => new(Current.Line, $"{Describe()} is not expected here");

    private string Describe() => Current.Kind switch
    {
        JinjaTokenKind.End => "the end of the template",
        JinjaTokenKind.BlockEnd => "'%}'",
        JinjaTokenKind.VariableEnd => "'}}'",
        JinjaTokenKind.BlockBegin => "'{%'",
        _ => $"'{Current.Text}'",
    };
}
