namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Reads a template's tokens into statements.</summary>
internal sealed class JinjaParser(JinjaTokenReader tokens)
{
    private readonly JinjaExpressionParser expressions = new(tokens);

    public IReadOnlyList<JinjaStatement> Run()
    {
        var body = Body();
        return tokens.Current.Kind == JinjaTokenKind.End ? body : throw tokens.Unexpected();
    }

    /// <summary>Statements up to one of the given tags, which is left to be read.</summary>
    private List<JinjaStatement> Body(params string[] ends)
    {
        tokens.Enter();
        var body = new List<JinjaStatement>();
        while (tokens.Current.Kind != JinjaTokenKind.End)
        {
            var token = tokens.Current;
            if (token.Kind == JinjaTokenKind.Data)
            {
                tokens.Read();
                body.Add(new JinjaOutput(JinjaText.Of(token.Text), token.Line));
            }
            else if (token.Kind == JinjaTokenKind.VariableBegin)
            {
                tokens.Read();
                body.Add(new JinjaPrint(expressions.Tuple(), token.Line));
                tokens.Expect(JinjaTokenKind.VariableEnd);
            }
            else if (ends.Contains(tokens.Next.Text))
                break;
            else
            {
                tokens.Read();
                body.Add(Statement());
            }
        }
        tokens.Leave();
        return body;
    }

    private JinjaStatement Statement()
    {
        var token = tokens.Name();
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
                var (filter, arguments) = (tokens.Name().Text, tokens.Current.Is("(") ? expressions.Arguments() : JinjaArguments.None);
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
            var condition = expressions.Expression();
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
        if (!tokens.Take("in"))
            throw tokens.Unexpected();
        var items = expressions.Tuple(conditional: false);
        var filter = tokens.Take("if") ? expressions.Expression() : null;
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
        var attribute = targets.Count == 1 && tokens.Take(".") ? tokens.Name().Text : null;
        if (tokens.Take("="))
        {
            var value = expressions.Tuple();
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
        var name = tokens.Name().Text;
        var parameters = new List<(string, JinjaExpression?)>();
        tokens.Expect("(");
        while (!tokens.Take(")"))
        {
            parameters.Add((tokens.Name().Text, tokens.Take("=") ? expressions.Expression() : null));
            if (!tokens.Current.Is(")"))
                tokens.Expect(",");
        }
        EndTag();
        var body = Body("endmacro");
        Close("endmacro");
        return new JinjaMacro(name, parameters, body, line);
    }

    private List<string> Names()
    {
        var bracket = tokens.Take("(");
        List<string> names = [tokens.Name().Text];
        while (tokens.Take(","))
            names.Add(tokens.Name().Text);
        if (bracket)
            tokens.Expect(")");
        return names;
    }

    private bool Open(string tag)
    {
        if (tokens.Current.Kind != JinjaTokenKind.BlockBegin || !tokens.Next.Is(tag))
            return false;
        tokens.Read();
        tokens.Read();
        return true;
    }

    private void Close(string tag)
    {
        if (!Open(tag))
            throw new JinjaException(tokens.Current.Line, $"'{tag}' is missing");
        EndTag();
    }

    private void EndTag() => tokens.Expect(JinjaTokenKind.BlockEnd);
}
