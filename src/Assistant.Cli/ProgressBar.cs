using System.Diagnostics;
using System.Globalization;
using Assistant.Chat.Models.Library;

namespace Assistant.Cli;

/// <summary>Shows how far a pull is: a bar that is drawn over and over in a terminal, a line every ten percent elsewhere.</summary>
internal sealed class ProgressBar(TextWriter output, bool isTerminal)
{
    private const int Width = 30;

    private string status = "";
    private long started, first;
    private int shown = -1;

    /// <summary>Shows a step.</summary>
    public void Show(PullProgress step)
    {
        if (step.Status != status)
        {
            End();
            (status, started, first, shown) = (step.Status, Stopwatch.GetTimestamp(), step.Completed ?? 0, -1);
            if (step.Total is null)
                output.WriteLine(status);
        }
        if (step is not { Total: > 0 and var total, Completed: { } completed })
            return;
        var percent = (int)(100 * completed / total);
        if (isTerminal)
            output.Write($"\r{Line(percent, completed, total)}");
        else if (percent / 10 != shown / 10 || shown < 0)
            output.WriteLine(Line(percent, completed, total));
        shown = percent;
    }

    /// <summary>Ends the line that is being drawn.</summary>
    public void End()
    {
        if (isTerminal && shown >= 0)
            output.WriteLine();
        shown = -1;
    }

    private string Line(int percent, long completed, long total)
    {
        var filled = Width * percent / 100;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var rate = seconds > 0.5 ? string.Create(CultureInfo.InvariantCulture, $"{(completed - first) / seconds / 1e6,7:0.0} MB/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{status} {percent,3}% [{new string('#', filled)}{new string(' ', Width - filled)}] {completed / 1e6:0.#}/{total / 1e6:0.#} MB {rate}");
    }
}
