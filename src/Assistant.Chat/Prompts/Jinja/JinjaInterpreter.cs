namespace Assistant.Chat.Prompts.Jinja;

/// <summary>Executes a template's statements, within bounds of work and depth. A template reaches nothing but the values that it is given.</summary>
internal sealed class JinjaInterpreter
{
    private const long MaxWork = 8_000_000; // steps, and characters made
    private const int MaxDepth = 400, MaxCalls = 40;

    private readonly Scope globals = new(null);
    private long work;
    private int depth, calls, line = 1;
    private Scope scope;
    private JinjaText.Builder output = new();

    private JinjaInterpreter() => scope = globals;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Executes a template.</summary>
    /// <exception cref="JinjaException">It does what cannot be done, or too much.</exception>
    public static JinjaText Run(IReadOnlyList<JinjaStatement> template, IEnumerable<KeyValuePair<string, object?>> values)
    {
        var interpreter = new JinjaInterpreter();
        foreach (var (name, value) in JinjaFunctions.Globals)
            interpreter.globals.Names[name] = value;
        foreach (var (name, value) in values)
            interpreter.globals.Names[name] = value;
        try
        {
            interpreter.Execute(template);
        }
        catch (ArgumentException e)
        {
            throw new JinjaException(interpreter.line, e.Message);
        }
        return interpreter.output.ToText();
    }

    /// <summary>Applies a filter by name.</summary>
    public object? Apply(string filter, object? value, JinjaCallArguments arguments)
    {
        if (!JinjaFilters.All.TryGetValue(filter, out var apply))
            throw new JinjaException(arguments.Line, $"there is no filter '{filter}'");
        return Charged(apply(this, value, arguments), arguments.Line);
    }

    /// <summary>Applies a test by name.</summary>
    public static bool Test(string test, object? value, JinjaCallArguments arguments) =>
        JinjaTests.All.TryGetValue(test, out var holds) ? holds(value, arguments) : throw new JinjaException(arguments.Line, $"there is no test '{test}'");

    /// <summary>Counts work.</summary>
    public void Charge(long amount, int line)
    {
        this.line = line;
        if ((work += amount) > MaxWork)
            throw new JinjaException(line, "the template does not come to an end in time");
    }

    private Flow Execute(IReadOnlyList<JinjaStatement> statements)
    {
        foreach (var statement in statements)
        {
            if (Execute(statement) is not Flow.Next and var jump)
                return jump;
        }
        return Flow.Next;
    }

    private Flow Execute(JinjaStatement statement)
    {
        Charge(1, statement.Line);
        switch (statement)
        {
            case JinjaOutput text:
                Write(text.Text, text.Line);
                return Flow.Next;
            case JinjaPrint print:
                Write(JinjaValue.ToText(Evaluate(print.Value)), print.Line);
                return Flow.Next;
            case JinjaIf choice:
                foreach (var (condition, body) in choice.Branches)
                {
                    if (JinjaValue.IsTrue(Evaluate(condition)))
                        return Execute(body);
                }
                return Execute(choice.Otherwise);
            case JinjaFor loop:
                return Execute(loop);
            case JinjaSet set:
                Set(set);
                return Flow.Next;
            case JinjaMacro macro:
                scope.Names[macro.Name] = (JinjaFunction)(arguments => Call(macro, arguments));
                return Flow.Next;
            case JinjaFilterBlock filter:
                Write(JinjaValue.ToText(Apply(filter.Name, Capture(filter.Body), Arguments(filter.Arguments, filter.Line))), filter.Line);
                return Flow.Next;
            case JinjaGroup group:
                return Execute(group.Body);
            case JinjaJump jump:
                return jump.Break ? Flow.Break : Flow.Continue;
            default:
                throw new JinjaException(statement.Line, $"{statement.GetType().Name} cannot be executed");
        }
    }

    private Flow Execute(JinjaFor loop)
    {
        var items = JinjaFunctions.Iterate(Evaluate(loop.Items), loop.Line);
        var outer = scope;
        if (loop.Filter is not null)
        {
            items = items.FindAll(item =>
            {
                scope = new Scope(outer);
                Bind(loop.Targets, item, loop.Line);
                return JinjaValue.IsTrue(Evaluate(loop.Filter));
            });
            scope = outer;
        }
        if (items.Count == 0)
            return Execute(loop.Otherwise);
        for (var i = 0; i < items.Count; i++)
        {
            scope = new Scope(outer);
            Bind(loop.Targets, items[i], loop.Line);
            scope.Names["loop"] = Loop(items, i);
            var flow = Execute(loop.Body);
            if (flow == Flow.Break)
                break;
        }
        scope = outer;
        return Flow.Next;
    }

    private static JinjaDict Loop(List<object?> items, int index) => new()
    {
        { "index", index + 1L },
        { "index0", (long)index },
        { "revindex", (long)(items.Count - index) },
        { "revindex0", items.Count - index - 1L },
        { "first", index == 0 },
        { "last", index == items.Count - 1 },
        { "length", (long)items.Count },
        { "previtem", index > 0 ? items[index - 1] : new JinjaUndefined("previtem") },
        { "nextitem", index + 1 < items.Count ? items[index + 1] : new JinjaUndefined("nextitem") },
        { "depth", 1L },
        { "cycle", (JinjaFunction)(arguments => arguments.Positional.Count == 0 ? null : arguments.Positional[index % arguments.Positional.Count]) },
    };

    private void Set(JinjaSet set)
    {
        var value = set.Value is null ? Capture(set.Body!) : Evaluate(set.Value);
        if (set.Attribute is null)
        {
            Bind(set.Targets, value, set.Line);
            return;
        }
        if (scope.Find(set.Targets[0]) is not JinjaDict { IsNamespace: true } target)
            throw new JinjaException(set.Line, $"'{set.Targets[0]}' is no namespace");
        target[set.Attribute] = value;
    }

    private void Bind(IReadOnlyList<string> targets, object? value, int line)
    {
        if (targets.Count == 1)
        {
            scope.Names[targets[0]] = value;
            return;
        }
        var parts = JinjaFunctions.Iterate(value, line);
        if (parts.Count != targets.Count)
            throw new JinjaException(line, $"{parts.Count} values for {targets.Count} names");
        foreach (var (name, part) in targets.Zip(parts))
            scope.Names[name] = part;
    }

    private JinjaText Call(JinjaMacro macro, JinjaCallArguments arguments)
    {
        if (++calls > MaxCalls)
            throw new JinjaException(arguments.Line, $"macros call each other more than {MaxCalls} deep");
        if (arguments.Positional.Count > macro.Parameters.Count)
            throw new JinjaException(arguments.Line, $"'{macro.Name}' takes {macro.Parameters.Count} arguments, not {arguments.Positional.Count}");
        var outer = scope;
        scope = new Scope(globals);
        foreach (var (i, (name, otherwise)) in macro.Parameters.Index())
            scope.Names[name] = arguments.Get(i, name, this) is var value && value != this ? value : otherwise is null ? new JinjaUndefined(name) : Evaluate(otherwise);
        var text = Capture(macro.Body);
        scope = outer;
        calls--;
        return text;
    }

    private JinjaText Capture(IReadOnlyList<JinjaStatement> body)
    {
        var outer = output;
        output = new JinjaText.Builder();
        Execute(body);
        var text = output.ToText();
        output = outer;
        return text;
    }

    private void Write(JinjaText text, int line)
    {
        Charge(text.Length, line);
        output.Append(text);
    }

    private object? Evaluate(JinjaExpression expression)
    {
        Charge(1, expression.Line);
        if (++depth > MaxDepth)
            throw new JinjaException(expression.Line, "an expression is nested too deep");
        var value = expression switch
        {
            JinjaLiteral literal => literal.Value,
            JinjaName name => scope.Find(name.Name),
            JinjaList list => list.IsTuple ? new JinjaTuple(list.Items.Select(Evaluate)) : list.Items.Select(Evaluate).ToList(),
            JinjaDictLiteral dict => Dictionary(dict),
            JinjaAttribute attribute => JinjaMethods.Attribute(Evaluate(attribute.Value), attribute.Name, attribute.Line, methodsFirst: true),
            JinjaIndex index => Index(Evaluate(index.Value), Evaluate(index.Key), index.Line),
            JinjaSlice slice => Slice(slice),
            JinjaCall call => Call(call),
            JinjaFilter filter => Apply(filter.Name, Evaluate(filter.Value), Arguments(filter.Arguments, filter.Line)),
            JinjaTest test => Test(test.Name, Evaluate(test.Value), Arguments(test.Arguments, test.Line)) != test.Negated,
            JinjaUnary unary => Unary(unary),
            JinjaBinary binary => Binary(binary),
            JinjaCondition choice => JinjaValue.IsTrue(Evaluate(choice.Condition)) ? Evaluate(choice.Then) : choice.Otherwise is null ? new JinjaUndefined("") : Evaluate(choice.Otherwise),
            _ => throw new JinjaException(expression.Line, $"{expression.GetType().Name} cannot be evaluated"),
        };
        depth--;
        if (value is JinjaText { Length: > 64 } text)
            Charge(text.Length / 16, expression.Line);
        return value;
    }

    private JinjaDict Dictionary(JinjaDictLiteral literal)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in literal.Items)
            dict[JinjaValue.ToText(Evaluate(key)).Value] = Evaluate(value);
        return dict;
    }

    private object? Call(JinjaCall call)
    {
        var function = Evaluate(call.Function);
        if (function is not JinjaFunction callable)
            throw new JinjaException(call.Line, $"{Describe(call.Function)} is no function");
        var arguments = Arguments(call.Arguments, call.Line);
        return Charged(callable(arguments), call.Line);
    }

    private object? Charged(object? value, int line)
    {
        Charge(value is JinjaText text ? text.Length : value is List<object?> list ? list.Count : 1, line);
        return value;
    }

    private JinjaCallArguments Arguments(JinjaArguments arguments, int line) => new(
        [.. arguments.Positional.Select(Evaluate)],
        arguments.Named.Count == 0 ? System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty : arguments.Named.DistinctBy(argument => argument.Name).ToDictionary(argument => argument.Name, argument => Evaluate(argument.Value)),
        line);

    private static object? Index(object? value, object? key, int line) => (value, key) switch
    {
        (List<object?> list, long at) => (at < 0 ? at + list.Count : at) is var i && i >= 0 && i < list.Count ? list[(int)i] : new JinjaUndefined($"item {at}"),
        (JinjaText text, long at) => (at < 0 ? at + text.Length : at) is var i && i >= 0 && i < text.Length ? text.Slice((int)i, 1) : new JinjaUndefined($"item {at}"),
        (JinjaDict dict, JinjaText name) when dict.TryGet(name.Value, out var item) => item,
        (_, JinjaText name) => JinjaMethods.Attribute(value, name.Value, line, methodsFirst: false),
        (JinjaUndefined undefined, _) => throw new JinjaException(line, $"'{undefined.Name}' is undefined"),
        _ => new JinjaUndefined(JinjaValue.ToText(key).Value),
    };

    private object? Slice(JinjaSlice slice)
    {
        var value = Evaluate(slice.Value);
        long? Part(JinjaExpression? part) => part is null ? null : Evaluate(part) switch
        {
            long number => number,
            null => null,
            _ => throw new JinjaException(slice.Line, "a slice takes integers"),
        };
        var (start, stop, step) = (Part(slice.Start), Part(slice.Stop), Part(slice.Step) ?? 1);
        if (step == 0)
            throw new JinjaException(slice.Line, "a slice cannot have step 0");
        var length = value switch
        {
            JinjaText all => all.Length,
            List<object?> items => items.Count,
            _ => throw new JinjaException(slice.Line, "only texts and lists can be sliced"),
        };
        var (low, high) = step > 0 ? (0L, (long)length) : (-1L, length - 1L);
        long Clamp(long? bound, long otherwise) => bound is null ? otherwise : Math.Clamp(bound < 0 ? bound.Value + length : bound.Value, low, high);
        var (from, to) = step > 0 ? (Clamp(start, 0), Clamp(stop, length)) : (Clamp(start, length - 1), Clamp(stop, -1));
        if (value is JinjaText text && step == 1)
            return text.Slice((int)from, (int)Math.Max(0, to - from));
        var picked = new List<object?>();
        for (var i = from; step > 0 ? i < to : i > to; i += step)
            picked.Add(value is JinjaText letters ? letters.Slice((int)i, 1) : ((List<object?>)value!)[(int)i]);
        return value is JinjaText ? JinjaFilters.Join(picked, JinjaText.Empty) : picked;
    }

    private object? Unary(JinjaUnary unary)
    {
        var value = Evaluate(unary.Value);
        return (unary.Operator, value) switch
        {
            ("not", _) => !JinjaValue.IsTrue(value),
            ("+", long or double) => value,
            ("-", long number) => -number,
            ("-", double number) => -number,
            _ => throw new JinjaException(unary.Line, $"'{unary.Operator}' takes a number"),
        };
    }

    private object? Binary(JinjaBinary binary)
    {
        var left = Evaluate(binary.Left);
        if (binary.Operator == "and")
            return JinjaValue.IsTrue(left) ? Evaluate(binary.Right) : left;
        if (binary.Operator == "or")
            return JinjaValue.IsTrue(left) ? left : Evaluate(binary.Right);
        var right = Evaluate(binary.Right);
        var result = JinjaOperators.Apply(binary.Operator, left, right, binary.Line);
        if (result is JinjaText text)
            Charge(text.Length, binary.Line);
        else if (result is List<object?> list)
            Charge(list.Count, binary.Line);
        return result;
    }

    private static string Describe(JinjaExpression expression) => expression switch
    {
        JinjaName name => $"'{name.Name}'",
        JinjaAttribute attribute => $"'{attribute.Name}'",
        _ => "this",
    };

    private sealed class Scope(Scope? parent)
    {
        public Dictionary<string, object?> Names { get; } = [];

        public object? Find(string name)
        {
            for (var scope = this; scope is not null; scope = scope.Parent)
            {
                if (scope.Names.TryGetValue(name, out var value))
                    return value;
            }
            return new JinjaUndefined(name);
        }

        private Scope? Parent { get; } = parent;
    }
}
