namespace SceneExam.Questions;

/// <summary>The exam's own wordings, and the ways in which people type them.</summary>
internal static class Phrasing
{
    public static readonly string[] Describe =
    [
        "Describe this picture", "What do you see in this image?", "Give me a caption for this image", "Can you describe the drawing?",
        "Please describe everything in the picture", "Tell me what is shown here",
    ];

    public static readonly string[] CountAll =
        ["How many objects are there?", "How many objects do you see?", "How many shapes does this picture have?", "Count the objects", "What is the number of objects?"];

    public static readonly string[] CountShape =
        ["How many {0} are there?", "How many {0} can you see?", "How many {0} does the picture show?", "Count the {0}"];

    public static readonly string[] CountColor =
        ["How many {0} objects are there?", "How many {0} shapes do you see?", "How many {0} things are in the picture?", "How many of the objects are {0}?"];

    public static readonly string[] ColorOf =
        ["What color is the {0}?", "What colour is the {0}?", "What is the color of the {0}?", "Which colour does the {0} have?", "Tell me the color of the {0}"];

    public static readonly string[] ColorOfBackground =
        ["What color is the background?", "What is the background colour?", "Which color does the background have?", "What colour is behind the objects?"];

    public static readonly string[] ShapeOfColor =
        ["What shape is the {0} one?", "What is the {0} object?", "Which shape is {0}?", "What is the shape of the {0} object?", "What {0} thing is in the picture?"];

    public static readonly string[] Things =
        ["What is in the picture?", "What objects are in the image?", "Which shapes do you see?", "What shapes are there?"];

    public static readonly string[] IsThere =
        ["Is there {0}?", "Do you see {0}?", "Is there {0} in the picture?", "Does the picture contain {0}?", "Can you see {0} here?"];

    public static readonly string[] LeftOrRight =
        ["Is the {0} left or right of the {1}?", "Is the {0} to the left or to the right of the {1}?", "On which side of the {1} is the {0}, left or right?"];

    public static readonly string[] AboveOrBelow =
        ["Is the {0} above or below the {1}?", "Does the {0} lie above or below the {1}?", "Above or below the {1}: where is the {0}?"];

    public static readonly string[] WhatIsAt =
        ["What is {0} the {1}?", "Which object is {0} the {1}?", "What do you see {0} the {1}?"];

    public static readonly string[] Bigger =
        ["Which is bigger, the {0} or the {1}?", "Which one is larger, the {0} or the {1}?", "What is bigger: the {0} or the {1}?", "Which of the two is bigger, the {0} or the {1}?"];

    public static readonly string[] InCorner =
        ["What is in the {0}?", "What do you see in the {0} corner?", "Which object is in the {0}?", "Which shape is in the {0} of the picture?"];

    public static readonly string[] AndItsColor = ["And what color is it?", "What colour is it?", "And its color?", "Which color does it have?"];

    public static readonly string[] HowManyOfThem = ["How many of them are there?", "And how many are there?", "How many of them do you see?"];

    public static readonly string[] SecondPicture = ["What about the second picture?", "And in the second picture?", "And what about the second one?"];

    /// <summary>Fills a wording in and varies its case and question mark; who types without capitals still names a letter by its capital.</summary>
    public static string Say(Random random, string[] wordings, params string[] words)
    {
        var wording = wordings[random.Next(wordings.Length)];
        if (random.NextDouble() < 0.35)
            wording = wording.TrimEnd('?');
        return random.NextDouble() switch
        {
            < 0.60 => string.Format(null, wording, words),
            < 0.88 => string.Format(null, wording.ToLowerInvariant(), words),
            _ => string.Format(null, wording, words).ToUpperInvariant(),
        };
    }
}
