using Assistant.Chat.Conversations;

namespace Assistant.Web.Components.Chat;

/// <summary>What the composer sends.</summary>
/// <param name="Text">The words; empty where pictures alone are sent.</param>
/// <param name="Images">The pictures, all uploaded.</param>
public sealed record Question(string Text, IReadOnlyList<AttachedImage> Images);
