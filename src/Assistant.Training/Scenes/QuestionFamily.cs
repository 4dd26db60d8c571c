namespace Assistant.Training.Scenes;

/// <summary>The families of questions in the scene world; values are their numbers there, and what else is talked about.</summary>
public enum QuestionFamily
{
    /// <summary>Describe the picture.</summary>
    Describe = 1,
    /// <summary>How many are there?</summary>
    Count = 2,
    /// <summary>What colour is it?</summary>
    Color = 3,
    /// <summary>What is the coloured one?</summary>
    Identify = 4,
    /// <summary>Is there one?</summary>
    Exists = 5,
    /// <summary>Left or right, above or below?</summary>
    Position = 6,
    /// <summary>Which is bigger?</summary>
    Compare = 7,
    /// <summary>What is in that corner?</summary>
    Cell = 8,
    /// <summary>Which digit or letter?</summary>
    Glyph = 9,
    /// <summary>A question that leans on an earlier turn.</summary>
    FollowUp = 10,
    /// <summary>Greetings and questions outside the domain.</summary>
    SmallTalk = 11,
    /// <summary>A request that a tool is called for, or what the tool returned: not of the scene world.</summary>
    Tools = 12,
}
