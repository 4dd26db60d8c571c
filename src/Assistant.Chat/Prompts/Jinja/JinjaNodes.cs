namespace Assistant.Chat.Prompts.Jinja;

/// <summary>A statement of a template.</summary>
internal abstract record JinjaStatement(int Line);

internal sealed record JinjaOutput(JinjaText Text, int Line) : JinjaStatement(Line);

internal sealed record JinjaPrint(JinjaExpression Value, int Line) : JinjaStatement(Line);

internal sealed record JinjaIf(IReadOnlyList<(JinjaExpression Condition, IReadOnlyList<JinjaStatement> Body)> Branches, IReadOnlyList<JinjaStatement> Otherwise, int Line) : JinjaStatement(Line);

internal sealed record JinjaFor(
    IReadOnlyList<string> Targets, JinjaExpression Items, JinjaExpression? Filter, IReadOnlyList<JinjaStatement> Body, IReadOnlyList<JinjaStatement> Otherwise, int Line) : JinjaStatement(Line);

/// <summary>Sets names, or with <paramref name="Attribute"/> a namespace's attribute.</summary>
internal sealed record JinjaSet(IReadOnlyList<string> Targets, string? Attribute, JinjaExpression? Value, IReadOnlyList<JinjaStatement>? Body, int Line) : JinjaStatement(Line);

internal sealed record JinjaMacro(string Name, IReadOnlyList<(string Name, JinjaExpression? Default)> Parameters, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);

internal sealed record JinjaFilterBlock(string Name, JinjaArguments Arguments, IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);

/// <summary>Statements without an effect of their own, such as the marks of what a training reads.</summary>
internal sealed record JinjaGroup(IReadOnlyList<JinjaStatement> Body, int Line) : JinjaStatement(Line);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record JinjaJump(bool Break, int Line) : JinjaStatement(Line);

/// <summary>An expression of a template.</summary>
internal abstract record JinjaExpression(int Line);

internal sealed record JinjaLiteral(object? Value, int Line) : JinjaExpression(Line);

internal sealed record JinjaName(string Name, int Line) : JinjaExpression(Line);

internal sealed record JinjaList(IReadOnlyList<JinjaExpression> Items, bool IsTuple, int Line) : JinjaExpression(Line);

internal sealed record JinjaDictLiteral(IReadOnlyList<(JinjaExpression Key, JinjaExpression Value)> Items, int Line) : JinjaExpression(Line);

internal sealed record JinjaAttribute(JinjaExpression Value, string Name, int Line) : JinjaExpression(Line);

internal sealed record JinjaIndex(JinjaExpression Value, JinjaExpression Key, int Line) : JinjaExpression(Line);

internal sealed record JinjaSlice(JinjaExpression Value, JinjaExpression? Start, JinjaExpression? Stop, JinjaExpression? Step, int Line) : JinjaExpression(Line);

internal sealed record JinjaCall(JinjaExpression Function, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

internal sealed record JinjaFilter(JinjaExpression Value, string Name, JinjaArguments Arguments, int Line) : JinjaExpression(Line);

internal sealed record JinjaTest(JinjaExpression Value, string Name, JinjaArguments Arguments, bool Negated, int Line) : JinjaExpression(Line);

internal sealed record JinjaUnary(string Operator, JinjaExpression Value, int Line) : JinjaExpression(Line);

internal sealed record JinjaBinary(string Operator, JinjaExpression Left, JinjaExpression Right, int Line) : JinjaExpression(Line);

internal sealed record JinjaCondition(JinjaExpression Condition, JinjaExpression Then, JinjaExpression? Otherwise, int Line) : JinjaExpression(Line);

/// <summary>Arguments of a call.</summary>
internal sealed record JinjaArguments(IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<(string Name, JinjaExpression Value)> Named)
{
    public static JinjaArguments None { get; } = new([], []);
}
