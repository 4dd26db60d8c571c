namespace SceneExam.Questions;

/// <summary>Wordings for pictures that hold more than shapes.</summary>
internal static class MixedPhrasing
{
    public static readonly string[] CountAll =
        ["How many objects are there?", "How many objects do you see?", "How many objects does this picture have?", "Count the objects", "What is the number of objects?"];

    /// <summary>For "dogs" and "animals" alike.</summary>
    public static readonly string[] CountSome =
        ["How many {0} are there?", "How many {0} can you see?", "How many {0} does the picture show?", "Count the {0}", "How many {0} are in this drawing?"];

    public static readonly string[] CountColor =
        ["How many {0} objects are there?", "How many of the objects are {0}?", "How many {0} objects do you see?"];

    public static readonly string[] ObjectOfColor =
        ["What is the {0} object?", "What is the {0} one?", "Which object is {0}?", "What {0} object is in the picture?"];

    public static readonly string[] Things =
        ["What is in the picture?", "What objects are in the image?", "Which objects do you see?", "What can be seen in this drawing?", "Name the objects in the picture"];

    public static readonly string[] IsThereAny = ["Are there {0}?", "Do you see {0}?", "Are there any {0} in the picture?", "Can you see {0} here?"];

    public static readonly string[] InCorner =
        ["What is in the {0}?", "What do you see in the {0} corner?", "Which object is in the {0}?", "What is there in the {0} of the picture?"];

    public static readonly string[] WhichGlyph =
        ["Which digit or letter do you see?", "What digit or letter is in the picture?", "Which letter or digit is shown?", "Which character do you see?", "What letter or number is this?"];

    public static readonly string[] WhichGlyphs =
        ["Which digits and letters do you see?", "What letters and digits are in the picture?", "Which digits or letters are shown?", "Name the letters and digits"];

    public static readonly string[] WhichOfOneKind =
        ["Which {0} do you see?", "What {0} is in the picture?", "Which {0} is shown here?", "Read the {0}"];
}
