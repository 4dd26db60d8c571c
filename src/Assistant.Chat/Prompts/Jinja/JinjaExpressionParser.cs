using System.Globalization;

namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Reads expressions: one method a level of precedence, the weakest first.</summary>
internal sealed class JinjaExpressionParser(JinjaTokenReader tokens)
{
    /// <summary>An expression, or several with commas between them.</summary>
    /// <param name="conditional">Whether <c>a if b else c</c> is one; not in the head of a loop, where the <c>if</c> is the loop's.</param>
    public JinjaExpression Tuple(bool conditional = true)
    {
        var line = tokens.Current.Line;
        var first = conditional ? Expression() : Or();
        if (!tokens.Current.Is(","))
            return first;
        List<JinjaExpression> items = [first];
        while (tokens.Take(","))
        {
            if (tokens.Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd || tokens.Current.Is(")"))
                break;
            items.Add(conditional ? Expression() : Or());
        }
        return new JinjaList(items, IsTuple: true, line);
    }

    /// <summary>One expression.</summary>
    public JinjaExpression Expression()
    {
        tokens.Enter();
        var value = Or();
        while (tokens.Take("if"))
        {
            var condition = Or();
            value = new JinjaCondition(condition, value, tokens.Take("else") ? Expression() : null, value.Line);
        }
        tokens.Leave();
        return value;
    }

    private JinjaExpression Or() => Binary(And, "or");

    private JinjaExpression And() => Binary(Not, "and");

    private JinjaExpression Not()
    {
        var line = tokens.Current.Line;
        var negations = 0;
        while (tokens.Take("not"))
            negations++;
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
            var token = tokens.Current;
            string? operation = null;
            if (token.Kind == JinjaTokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
                operation = token.Text;
            else if (token.Is("in"))
                operation = "in";
            else if (token.Is("not") && tokens.Next.Is("in"))
                (operation, _) = ("not in", tokens.Read());
            if (operation is null)
                return all ?? left;
            tokens.Read();
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
        while (tokens.Current.Kind is JinjaTokenKind.Operator or JinjaTokenKind.Name && operators.Contains(tokens.Current.Text))
        {
            var token = tokens.Read();
            left = new JinjaBinary(token.Text, left, operand(), token.Line);
        }
        return left;
    }

    private JinjaExpression Unary(bool filters = true)
    {
        var token = tokens.Current;
        JinjaExpression value;
        if (token.Kind == JinjaTokenKind.Operator && token.Text is "-" or "+")
        {
            tokens.Read();
            tokens.Enter();
            value = new JinjaUnary(token.Text, Unary(filters: false), token.Line);
            tokens.Leave();
        }
        else
            value = Postfix(Primary());
        return filters ? Filters(value) : value;
    }

    private JinjaExpression Primary()
    {
        var token = tokens.Read();
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
                while (tokens.Current.Kind == JinjaTokenKind.String)
                    text += tokens.Read().Text;
                return new JinjaLiteral(JinjaText.Of(text), token.Line);
            case JinjaTokenKind.Integer:
                return Integer(token);
            case JinjaTokenKind.Float:
                return new JinjaLiteral(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case JinjaTokenKind.Operator when token.Text == "(":
                if (tokens.Take(")"))
                    return new JinjaList([], IsTuple: true, token.Line);
                var inner = Tuple();
                tokens.Expect(")");
                return inner;
            case JinjaTokenKind.Operator when token.Text == "[":
                var items = new List<JinjaExpression>();
                while (!tokens.Take("]"))
                {
                    items.Add(Expression());
                    if (!tokens.Current.Is("]"))
                        tokens.Expect(",");
                }
                return new JinjaList(items, IsTuple: false, token.Line);
            case JinjaTokenKind.Operator when token.Text == "{":
                var pairs = new List<(JinjaExpression, JinjaExpression)>();
                while (!tokens.Take("}"))
                {
                    var key = Expression();
                    tokens.Expect(":");
                    pairs.Add((key, Expression()));
                    if (!tokens.Current.Is("}"))
                        tokens.Expect(",");
                }
                return new JinjaDictLiteral(pairs, token.Line);
            default:
                throw JinjaTokenReader.Unexpected(token);
        }
    }

    private static JinjaLiteral Integer(JinjaToken token) =>
        new(long.TryParse(token.Text, CultureInfo.InvariantCulture, out var integer) ? integer : throw new JinjaException(token.Line, "a number is too large"), token.Line);

    private JinjaExpression Postfix(JinjaExpression value)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.Take("."))
            {
                var token = tokens.Read();
                value = token.Kind switch
                {
                    JinjaTokenKind.Name => new JinjaAttribute(value, token.Text, line),
                    JinjaTokenKind.Integer => new JinjaIndex(value, Integer(token), line),
                    _ => throw new JinjaException(line, "a name must follow the '.'"),
                };
            }
            else if (tokens.Take("["))
                value = Subscript(value, line);
            else if (tokens.Current.Is("("))
                value = new JinjaCall(value, Arguments(), line);
            else
                return value;
        }
    }

    private JinjaExpression Subscript(JinjaExpression value, int line)
    {
        JinjaExpression? Part() => tokens.Current.Is(":") || tokens.Current.Is("]") ? null : Expression();
        var start = Part();
        if (!tokens.Take(":"))
        {
            tokens.Expect("]");
            return new JinjaIndex(value, start ?? throw tokens.Unexpected(), line);
        }
        var stop = Part();
        var step = tokens.Take(":") ? Part() : null;
        tokens.Expect("]");
        return new JinjaSlice(value, start, stop, step, line);
    }

    private JinjaExpression Filters(JinjaExpression value)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.Take("|"))
                value = new JinjaFilter(value, tokens.Name().Text, tokens.Current.Is("(") ? Arguments() : JinjaArguments.None, line);
            else if (tokens.Take("is"))
            {
                var negated = tokens.Take("not");
                var name = tokens.Name().Text;
                var arguments = JinjaArguments.None;
                if (tokens.Current.Is("("))
                    arguments = Arguments();
                else if (tokens.Current.Kind is JinjaTokenKind.String or JinjaTokenKind.Integer or JinjaTokenKind.Float || tokens.Current.Is("[")
                    || (tokens.Current.Kind == JinjaTokenKind.Name && tokens.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not")))
                    arguments = new([Postfix(Primary())], []);
                value = new JinjaTest(value, name, arguments, negated, line);
            }
            else if (tokens.Current.Is("("))
                value = new JinjaCall(value, Arguments(), line);
            else
                return value;
        }
    }

    /// <summary>Arguments of a call, with their brackets.</summary>
    public JinjaArguments Arguments()
    {
        tokens.Expect("(");
        var (positional, named) = (new List<JinjaExpression>(), new List<(string, JinjaExpression)>());
        while (!tokens.Take(")"))
        {
            if (tokens.Current.Kind == JinjaTokenKind.Name && tokens.Next.Is("="))
            {
                var name = tokens.Name().Text;
                tokens.Read();
                named.Add((name, Expression()));
            }
            else
                positional.Add(Expression());
            if (!tokens.Current.Is(")"))
                tokens.Expect(",");
        }
        return new(positional, named);
    }
}
