namespace Assistant.Chat.Prompts.Jinja;

/// <summary>A template that cannot be read or executed. The message names the line.</summary>
public sealed class JinjaException : Exception
{
    /// <summary>Says what is wrong in which line.</summary>
    /// <param name="line">Line of the template, from 1.</param>
    /// <param name="why">What is wrong.</param>
    /// <param name="raised">Whether the template itself said so, by <c>raise_exception</c>.</param>
    public JinjaException(int line, string why, bool raised = false) : base($"line {line}: {why}") => (Line, Raised) = (line, raised);

    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Whether the template itself refused what it was given, by <c>raise_exception</c>.</summary>
    public bool Raised { get; }
}
