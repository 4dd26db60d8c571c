namespace Assistant.EndToEnd.Tests;

/// <summary>Pictures as scripts for a canvas of w x h pixels.</summary>
internal static class Drawings
{
    /// <summary>A big red circle on the left, a small blue star on the right, on yellow.</summary>
    public const string CircleAndStar =
        """
        g.fillStyle = "#ffdd22"; g.fillRect(0, 0, w, h);
        g.fillStyle = "#dd2222"; g.beginPath(); g.arc(w * 0.3, h * 0.5, h * 0.3, 0, 2 * Math.PI); g.fill();
        g.fillStyle = "#2244dd"; g.beginPath();
        for (let i = 0; i < 10; i++) {
          const r = (i % 2 ? 0.055 : 0.13) * h, a = Math.PI * (i / 5 - 0.5);
          g.lineTo(w * 0.78 + r * Math.cos(a), h * 0.5 + r * Math.sin(a));
        }
        g.closePath(); g.fill();
        """;

    public const string GreenSquare =
        """
        g.fillStyle = "#f4f4ee"; g.fillRect(0, 0, w, h);
        g.fillStyle = "#229944"; g.fillRect(w * 0.3, h * 0.25, h * 0.5, h * 0.5);
        """;
}
