namespace Assistant.Chat.Prompts.Jinja;

/// <summary>A template in the part of Jinja that chat templates use, read once and executed often; safe for several threads.</summary>
/// <remarks>
/// Jinja2 with <c>trim_blocks</c> and <c>lstrip_blocks</c>, <c>break</c> and <c>continue</c>, <c>raise_exception</c>, <c>strftime_now</c> and a <c>tojson</c> that escapes
/// nothing for HTML, as transformers' <c>apply_chat_template</c> sets it up. An interpreter of its own, since it must tell the template's text from the messages', name lines,
/// and end in time; templates reach neither files nor types.
/// </remarks>
internal sealed class JinjaTemplate
{
    /// <summary>Longest source, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    private readonly IReadOnlyList<JinjaStatement> body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It cannot be read.</exception>
    public JinjaTemplate(string source)
    {
        if (source.Length > MaxLength)
            throw new JinjaException(1, $"the template has {source.Length} characters, at most {MaxLength} are allowed");
        body = new JinjaParser(new JinjaTokenReader(new JinjaLexer(source).Run())).Run();
    }

    /// <summary>Executes it.</summary>
    /// <param name="values">The names that it may use.</param>
    /// <exception cref="JinjaException">It does what cannot be done, or too much.</exception>
    public JinjaText Render(IEnumerable<KeyValuePair<string, object?>> values) => JinjaInterpreter.Run(body, values);
}
