namespace Assistant.Training.Scenes;

/// <summary>The wordings of follow-ups, in the notation of <see cref="Wording"/>.</summary>
internal static class FollowUpTemplates
{
    public static readonly string[] Color =
    [
        "And what {colour} is it?", "What {colour} is it?", "Which {colour} is it?", "And its {colour}?", "What is its {colour}?",
        "And the {colour}?", "And which {colour} does it have?", "What {colour} does it have?", "Tell me its {colour}.",
        "And what is the {colour} of it?", "What {colour} is that one?", "And what {colour} is that?",
    ];

    public static readonly string[] TheirColor =
    [
        "And what {colour} are they?", "What {colours} are they?", "Which {colours} are they?", "And their {colours}?",
        "What are their {colours}?", "And the {colours}?", "Which {colours} do they have?", "And what {colours} do they have?",
        "Tell me their {colours}.", "What {colour} are those?", "And what {colours} are those?", "And which {colour} are they?",
    ];

    public static readonly string[] Size =
    [
        "Is it big or small?", "And is it big or small?", "How big is it?", "And how big is it?", "What size is it?", "And its size?",
        "Is it small or big?", "And the size?", "What is its size?", "Is that one big or small?", "And what size does it have?",
        "Tell me its size.",
    ];

    public static readonly string[] Where =
    [
        "Where is it?", "And where is it?", "Where exactly is it?", "In which [corner|part] is it?", "And where can I find it?",
        "And its position?", "Where can I see it?", "Where is that?", "And where is that one?", "And in which corner?",
        "Tell me where it is.", "What is its position?",
    ];

    public static readonly string[] Shape =
    [
        "And what shape is it?", "What shape is it?", "Which shape is it?", "And its shape?", "What shape is that?",
        "And what [thing|object|figure] is it?", "And the shape?", "What is its shape?", "And which shape does it have?",
        "Tell me its shape.", "What kind of [shape|object] is it?", "And what is it?",
    ];

    public static readonly string[] What =
    [
        "And what is it?", "What is it?", "And what is that?", "What is that?", "And what [thing|object] is it?", "What kind of [thing|object] is it?",
        "And which [thing|object] is it?", "Tell me what it is.", "And what do you call it?", "What exactly is it?", "And what kind of [thing|object] is that?",
        "Name it.",
    ];

    public static readonly string[] HowMany =
    [
        "How many of them are there?", "And how many of them are there?", "How many are there?", "And how many?", "How many?",
        "And how many are there?", "How many of those are there?", "And how many of them do you see?", "How many of them can you see?",
        "Count them.", "How many of these are there?", "And their number?",
    ];

    public static readonly string[] AndThe =
    [
        "And the {other}?", "What about the {other}?", "And what about the {other}?", "How about the {other}?",
        "And how about the {other}?", "And for the {other}?", "And the {other}, please?", "OK, and the {other}?", "Now the {other}.",
        "The same for the {other}?", "And of the {other}?", "The {other}?",
    ];

    public static readonly string[] AndMany =
    [
        "And {other}?", "What about {other}?", "And how many {other}?", "And what about {other}?", "How about {other}?",
        "And the {other}?", "And how many {other} are there?", "OK, and {other}?", "Now {other}.", "And {other}, please?",
        "The same for {other}?", "How many {other}, then?",
    ];

    public static readonly string[] OfThem =
    [
        "How many of them are {adj}?", "And how many of them are {adj}?", "How many are {adj}?", "And how many are {adj}?",
        "How many of those are {adj}?", "And how many {adj} ones?", "Of these, how many are {adj}?", "And {adj} ones?",
        "How many {adj} ones are there?", "And how many of these are {adj}?", "How many {adj} ones do you see?",
        "And how many {adj} ones are there?",
    ];

    public static readonly string[] AndA =
    [
        "And {other}?", "What about {other}?", "And is there {other}?", "How about {other}?", "And what about {other}?",
        "Is there also {other}?", "Is there {other} too?", "And {other}, too?", "And do you see {other}?", "Or {other}?",
        "OK, and {other}?", "And can you see {other}?",
    ];

    public static readonly string[] AndCell =
    [
        "And in the {cell}?", "What about the {cell}?", "And the {cell}?", "How about the {cell}?", "And what is in the {cell}?",
        "And what about the {cell}?", "Now the {cell}.", "And in the {cell}, please?", "OK, and in the {cell}?",
        "What is there in the {cell}?", "And at the {cell}?", "The {cell}?",
    ];

    public static readonly string[] Background =
    [
        "And what {colour} is the background?", "And the background?", "What {colour} is behind them?",
        "And what is its background {colour}?", "And on what background?", "What {colour} is its background?",
        "And what {colour} is behind it?", "And which {colour} is the background?", "On what background?",
        "And the {colour} of the background?", "And the {colour} behind it?", "And the background {colour}?",
    ];

    public static readonly string[] AndPicture =
    [
        "What about {pic}?", "And in {pic}?", "And {pic}?", "How about {pic}?", "And what about {pic}?", "The same [question |]for {pic}?",
        "Now {pic}.", "And for {pic}?", "What about {pic}, then?", "OK, and {pic}?", "And how about {pic}?", "Now the same for {pic}.",
    ];
}
