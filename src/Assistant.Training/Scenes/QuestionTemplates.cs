namespace Assistant.Training.Scenes;

/// <summary>
/// The wordings of each query, in the notation of <see cref="Wording"/>. {in} is empty or " in the picture"; {pic} is "the picture", "this image" or
/// "the second picture"; {ref}, {a} and {b} name objects; {noun} and {nouns} say what they belong to; a wording that stands twice is asked twice as often.
/// </summary>
internal static class QuestionTemplates
{
    private const string Thing = "[object|thing]";
    private const string Things = "[objects|things]";
    private const string Ask = "[Can you tell me|Could you tell me|Please tell me|Tell me|Do you know|I would like to know]";

    public static readonly string[] Describe =
    [
        "[Please describe|Describe|Can you describe|Could you describe|Please can you describe] {pic}.",
        "Please describe {pic}.",
        "What is in {pic}?",
        "What is in {pic}?",
        "What do you see{in}?",
        "What can you see{in}?",
        "What is shown{in}?",
        "What does {pic} show?",
        "What's in {pic}?",
        "Describe what you see{in}.",
        "Tell me what you see{in}.",
        "[Give|Write|Make] [me |]a [short |]caption [for|of] {pic}.",
        "Caption {pic}.",
        "What is {pic} of?",
        "What [objects|things] are in {pic}?",
        "[Can|Could] you tell me what is in {pic}?",
        "[Can|Could] you describe {pic} [for me|please]?",
        "What is there to see{in}?",
        "What can be [seen|found|recognised|made out]{in}?",
        "What is [there to be|to be] seen{in}?",
        "List [the|all|all the] [objects|things]{in}.",
        "Which [objects|things] [are in {pic}|do you see{in}]?",
        "Give me a [short |]description of {pic}.",
        "What am I looking at{in}?",
        "Explain what {pic} shows.",
        "What [things|objects] [can|do] you see{in}?",
        "[Which|What] [things|objects] can be [seen|found]{in}?",
        "Name everything{in}.",
        "What is visible{in}?",
        "What is on {pic}?",
        "Describe the [scene|drawing|picture]{in}.",
        "Tell me about {pic}.",
        "Summarise {pic}.",
        "What is drawn{in}?",
        "Describe {pic} in one sentence.",
        "Describe {pic} [briefly|in detail].",
    ];

    public static readonly string[] DescribeShapes =
    [
        "What shapes are in {pic}?",
        "What shapes are there{in}?",
        "List [the|all|all the] shapes{in}.",
        "Which shapes [are in {pic}|do you see{in}]?",
        "What shapes [can|do] you see{in}?",
        "Describe [the|all the] shapes{in}.",
        "Name [the|all the] shapes{in}.",
        "What [kinds of |]shapes does {pic} [show|have|contain]?",
        "Tell me [the|which] shapes [are in {pic}|you see{in}].",
        "[Can|Could] you list the shapes{in}?",
        "What shapes are [drawn|shown|visible]{in}?",
        "Which shapes can you [find|make out]{in}?",
    ];

    public static readonly string[] CountAll =
    [
        "How many {nouns} are there{in}?",
        "How many {nouns} do you see{in}?",
        "How many {nouns} are in {pic}?",
        "How many {nouns} can you [see|count]{in}?",
        "Count the {nouns}{in}.",
        "What is the number of {nouns}{in}?",
        "Please count [the|all the] {nouns}{in}.",
        "How many [different |]{nouns} are [there|drawn]{in}?",
        $"{Ask} how many {{nouns}} there are{{in}}.",
        "How many are there{in}?",
        "How many {nouns} in {pic}?",
        "How many {nouns} does {pic} [have|show|contain]?",
        "How many {nouns} are [visible|shown|present]{in}?",
        "What is the total number of {nouns}{in}?",
    ];

    public static readonly string[] Count =
    [
        "How many {plural} are there{in}?",
        "How many {plural} are there{in}?",
        "How many {plural} do you see{in}?",
        "How many {plural} can you [see|count|find]{in}?",
        "Count the {plural}{in}.",
        "What is the number of {plural}{in}?",
        "Please count the {plural}{in}.",
        $"{Ask} how many {{plural}} there are{{in}}.",
        "How many {plural} in {pic}?",
        "How many {plural} does {pic} [have|show|contain]?",
        "Number of {plural}{in}?",
        "How many {plural} are [visible|shown|present|drawn]{in}?",
        "{Plural}: how many are there{in}?",
        "How many of the [things|objects]{in} are {plural}?",
        "Are there any {plural}{in}, and how many?",
    ];

    public static readonly string[] ColorOf =
    [
        "What {colour} is the {ref}{in}?",
        "What {colour} is the {ref}{in}?",
        "What is the {colour} of the {ref}{in}?",
        "Which {colour} is the {ref}{in}?",
        "Which {colour} does the {ref}{in} have?",
        "What {colour} does the {ref}{in} have?",
        $"{Ask} what {{colour}} the {{ref}}{{in}} is.",
        $"{Ask} the {{colour}} of the {{ref}}{{in}}.",
        "What's the {colour} of the {ref}{in}?",
        "The {ref}{in} is what {colour}?",
        "What {colour} [has|is used for] the {ref}{in}?",
        "[Can|Could] you [tell me|name] the {colour} of the {ref}{in}?",
        "Name the {colour} of the {ref}{in}.",
        "In what {colour} is the {ref}{in} [drawn|painted]?",
        "[Can|Could] you tell me what {colour} the {ref}{in} is?",
        "{Colour} of the {ref}{in}?",
        "How is the {ref}{in} {coloured}?",
    ];

    public static readonly string[] ColorsOf =
    [
        "What {colour} are the {plural}{in}?",
        "What {colours} are the {plural}{in}?",
        "Which {colours} do the {plural}{in} have?",
        "What are the {colours} of the {plural}{in}?",
        $"{Ask} the {{colours}} of the {{plural}}{{in}}.",
        "Name the {colours} of the {plural}{in}.",
        "Which {colours} are the {plural}{in}?",
        "What {colours} have the {plural}{in}?",
        $"{Ask} what {{colour}} the {{plural}}{{in}} are.",
        "What's the {colour} of the {plural}{in}?",
        "{Colours} of the {plural}{in}?",
        "In what {colours} are the {plural}{in} [drawn|painted]?",
    ];

    public static readonly string[] KindOf =
    [
        "What {noun} is the {adj} one{in}?",
        "What {noun} is the {adj} one{in}?",
        "What {noun} is the {adj} {noun}{in}?",
        "What is the {adj} [{noun}|one]{in}?",
        "Which {noun} is {adj}{in}?",
        "What {noun} is {adj}{in}?",
        "What {noun} is {adj}{in}?",
        "What is {adj}{in}?",
        $"{Ask} what the {{adj}} [{{noun}}|one]{{in}} is.",
        $"{Ask} [which|what] {{noun}} is {{adj}}{{in}}.",
        "Name the {adj} {noun}{in}.",
        "What kind of {noun} is the {adj} one{in}?",
        "What {noun} does the {adj} [{noun}|one]{in} have?",
        "What do you call the {adj} {noun}{in}?",
        "[Can|Could] you tell me what the {adj} [{noun}|one]{in} is?",
        "Identify the {adj} {noun}{in}.",
        "What's the {adj} [{noun}|one]{in}?",
    ];

    public static readonly string[] KindsOf =
    [
        "What {nouns} are {adj}{in}?",
        "Which {nouns} are {adj}{in}?",
        "What are the {adj} [{nouns}|ones]{in}?",
        "What {nouns} are {adj}{in}?",
        "Name the {adj} {nouns}{in}.",
        $"{Ask} which {{nouns}} are {{adj}}{{in}}.",
        "List the {adj} {nouns}{in}.",
        "What {nouns} are the {adj} [{nouns}|ones]{in}?",
        "Which ones are {adj}{in}?",
        "What is {adj}{in}?",
        "Which are the {adj} [{nouns}|ones]{in}?",
        "Identify the {adj} {nouns}{in}.",
        "[Can|Could] you tell me what the {adj} [ones|{nouns}]{in} are?",
    ];

    public static readonly string[] Background =
    [
        "What {colour} is the background{in}?",
        "What {colour} is the background{in}?",
        "What is the {colour} of the background{in}?",
        "What is the background {colour}{in}?",
        "Which {colour} is the background{in}?",
        "Which {colour} does the background{in} have?",
        $"{Ask} the {{colour}} of the background{{in}}.",
        $"{Ask} what {{colour}} the background{{in}} is.",
        "Name the background {colour}{in}.",
        "What's the {colour} [behind the shapes|in the background|of the background]{in}?",
        "Background {colour}{in}?",
        "On what {colour} are the [shapes|objects]{in} drawn?",
        "What {colour} is [behind the objects|it behind the shapes]{in}?",
        "What {colour} does the background{in} have?",
        "How is the background{in} {coloured}?",
    ];

    public static readonly string[] Exists =
    [
        "Is there {a}{in}?",
        "Is there {a}{in}?",
        "Can you see {a}{in}?",
        "Do you see {a}{in}?",
        "Does {pic} [have|contain|show] {a}?",
        "Is {a} [visible|shown|present]{in}?",
        "Are there any {plural}{in}?",
        "Is there any {one}{in}?",
        "Do you see any {plural}{in}?",
        $"{Ask} [if|whether] there is {{a}}{{in}}.",
        "Can you find {a}{in}?",
        "{A} is in {pic}, right?",
        "Is {a} in {pic}?",
        "Any {plural}{in}?",
        "Are there {plural}{in}?",
        "[Can|Do] you see {plural}{in}?",
        "Does {pic} [have|contain|show] {plural}?",
        "Would you say there is {a}{in}?",
        "Is one of the [things|objects]{in} {a}?",
    ];

    public static readonly string[] HasColor =
    [
        "Is the {ref}{in} {color}?",
        "Is the {ref}{in} {color}?",
        "Is the {colour} of the {ref}{in} {color}?",
        "The {ref}{in} is {color}, right?",
        "Is it true that the {ref}{in} is {color}?",
        "Does the {ref}{in} have the {colour} {color}?",
        "Would you say [that |]the {ref}{in} is {color}?",
        "Is the {ref}{in} really {color}?",
        $"{Ask} [if|whether] the {{ref}}{{in}} is {{color}}.",
        "Is the {ref}{in} {color} or not?",
        "Is {color} the {colour} of the {ref}{in}?",
        "Do you see [that|whether] the {ref}{in} is {color}?",
        "Isn't the {ref}{in} {color}?",
    ];

    public static readonly string[] SideHorizontal =
    [
        "Is the {a} left or right of the {b}{in}?",
        "Is the {a} [to the |]left or [to the |]right of the {b}{in}?",
        "Is the {a} to the left or to the right of the {b}{in}?",
        "On which side of the {b} is the {a}{in}?",
        "Is the {a} on the left or [on |]the right of the {b}{in}?",
        "Left or right: where is the {a} [relative to|compared to|from] the {b}{in}?",
        $"{Ask} [if|whether] the {{a}} is left or right of the {{b}}{{in}}.",
        "Which side of the {b} is the {a} on{in}?",
        "Does the {a} lie left or right of the {b}{in}?",
        "Is the {a} on the left side or [on |]the right side of the {b}{in}?",
        "Do you see the {a} left or right of the {b}{in}?",
        "Seen from the {b}, is the {a} left or right{in}?",
        "Is the {a} right or left of the {b}{in}?",
        "Relative to the {b}{in}, is the {a} left or right?",
        "[With respect to|Compared to|As seen from] the {b}{in}, where is the {a}: left or right?",
        "[Left or right|To the left or to the right|Right or left] of the {b}{in}: where [do you see|can you see|would you put] the {a}?",
    ];

    public static readonly string[] SideVertical =
    [
        "Is the {a} above or below the {b}{in}?",
        "Is the {a} above or below the {b}{in}?",
        "Is the {a} [over|higher than|above] or [under|lower than|below] the {b}{in}?",
        "Above or below: where is the {a} [relative to|compared to] the {b}{in}?",
        $"{Ask} [if|whether] the {{a}} is above or below the {{b}}{{in}}.",
        "Does the {a} lie above or below the {b}{in}?",
        "Is the {a} below or above the {b}{in}?",
        "Do you see the {a} above or below the {b}{in}?",
        "Seen from the {b}, is the {a} above or below{in}?",
        "Is the {a} higher or lower than the {b}{in}?",
        "Is the {a} above the {b} or below it{in}?",
        "Would you say the {a} is above or below the {b}{in}?",
        "[Can|Could] you tell me if the {a} is above or below the {b}{in}?",
        "Relative to the {b}{in}, is the {a} above or below?",
        "[With respect to|Compared to|As seen from] the {b}{in}, where is the {a}: above or below?",
        "[Above|Over] or [below|under] the {b}{in}: where [do you see|can you see|would you put] the {a}?",
    ];

    public static readonly string[] IsBeside =
    [
        "Is the {a} {dir} the {b}{in}?",
        "Is the {a} {dir} the {b}{in}?",
        "Does the {a} lie {dir} the {b}{in}?",
        "Do you see the {a} {dir} the {b}{in}?",
        "The {a} is {dir} the {b}{in}, right?",
        $"{Ask} [if|whether] the {{a}} is {{dir}} the {{b}}{{in}}.",
        "Is it true that the {a} is {dir} the {b}{in}?",
        "Can the {a} be found {dir} the {b}{in}?",
        "Would you say the {a} is {dir} the {b}{in}?",
        "Is the {a} {dir} the {b} or not{in}?",
        "Is the {a} placed {dir} the {b}{in}?",
        "Would you find the {a} {dir} the {b}{in}?",
        "Is the {a} [located|drawn] {dir} the {b}{in}?",
    ];

    public static readonly string[] Beside =
    [
        "What is {dir} the {ref}{in}?",
        "What is {dir} the {ref}{in}?",
        $"Which {Thing} is {{dir}} the {{ref}}{{in}}?",
        "What lies {dir} the {ref}{in}?",
        "What do you see {dir} the {ref}{in}?",
        "What can you see {dir} the {ref}{in}?",
        $"{Ask} what is {{dir}} the {{ref}}{{in}}.",
        "What's {dir} the {ref}{in}?",
        "Name what is {dir} the {ref}{in}.",
        $"What {Thing} is {{dir}} the {{ref}}{{in}}?",
        "What is [located|drawn] {dir} the {ref}{in}?",
        "What is there {dir} the {ref}{in}?",
        $"What {Things} are {{dir}} the {{ref}}{{in}}?",
    ];

    public static readonly string[] Bigger =
    [
        "Which is {cmp}, the {a} or the {b}{in}?",
        "Which is {cmp}, the {a} or the {b}{in}?",
        "Which one is {cmp}{in}: the {a} or the {b}?",
        "What is {cmp}, the {a} or the {b}{in}?",
        "Is the {a} or the {b} {cmp}{in}?",
        "Which [object|thing] is {cmp}, the {a} or the {b}{in}?",
        $"{Ask} which is {{cmp}}, the {{a}} or the {{b}}{{in}}.",
        "The {a} or the {b}{in}: which is {cmp}?",
        "Of the {a} and the {b}{in}, which is {cmp}?",
        "Compare the {a} and the {b}{in}: which is {cmp}?",
        "Between the {a} and the {b}{in}, which one is {cmp}?",
        "Which of the two is {cmp}, the {a} or the {b}{in}?",
        "Who is {cmp}, the {a} or the {b}{in}?",
    ];

    public static readonly string[] SizeOf =
    [
        "Is the {ref}{in} big or small?",
        "Is the {ref}{in} small or big?",
        "How big is the {ref}{in}?",
        "What size is the {ref}{in}?",
        "What is the size of the {ref}{in}?",
        "Is the {ref}{in} [large or small|small or large]?",
        $"{Ask} the size of the {{ref}}{{in}}.",
        $"{Ask} [if|whether] the {{ref}}{{in}} is big or small.",
        "How large is the {ref}{in}?",
        "Would you call the {ref}{in} big or small?",
        "What's the size of the {ref}{in}?",
        "Which size does the {ref}{in} have?",
        "Is the {ref}{in} a big one or a small one?",
    ];

    public static readonly string[] At =
    [
        "What is in the {cell} of {pic}?",
        "What is in the {cell} of {pic}?",
        "What is in the {cell} corner of {pic}?",
        "Which [object|thing] is in the {cell} of {pic}?",
        "What do you see in the {cell} of {pic}?",
        "What is in the {cell}{in}?",
        "What is in the {cell}{in}?",
        "What is in the {cell} [corner|part]{in}?",
        $"Which {Thing} is in the {{cell}}{{in}}?",
        $"What {Thing} is in the {{cell}}{{in}}?",
        "What do you see in the {cell}{in}?",
        "What can you see in the {cell}[ corner| part|]{in}?",
        $"{Ask} what is in the {{cell}}{{in}}.",
        "What's in the {cell}[ corner|]{in}?",
        "What lies in the {cell}{in}?",
        "Describe the {cell}{in}.",
        "Describe what is in the {cell}{in}.",
        "Name the [object|thing] in the {cell}{in}.",
        "What is at the {cell}{in}?",
        "In the {cell}{in}, what is there?",
        "What is [drawn|shown|located] in the {cell}{in}?",
    ];

    public static readonly string[] CellOf =
    [
        "Where in {pic} is the {ref}?",
        "Is the {ref}{in} left or right, up or down?",
        "Where is the {ref}{in}?",
        "Where is the {ref}{in}?",
        "Where can I find the {ref}{in}?",
        "In which [corner|part] is the {ref}{in}?",
        "Where do you see the {ref}{in}?",
        $"{Ask} where the {{ref}}{{in}} is.",
        "Where's the {ref}{in}?",
        "What is the position of the {ref}{in}?",
        "In what [corner|part] of {pic} is the {ref}?",
        "Where is the {ref}{in} [located|placed|drawn]?",
        "Locate the {ref}{in}.",
        "Find the {ref}{in}.",
        "What is the location of the {ref}{in}?",
        "Where does the {ref}{in} lie?",
    ];

    public static readonly string[] WhichOf =
    [
        "Which {noun} do you see{in}?",
        "What {noun} do you see{in}?",
        "Which {noun} is in {pic}?",
        "What {noun} is in {pic}?",
        "What kind of {noun} is [it|this|there]{in}?",
        "What {noun} is [shown|visible|drawn]{in}?",
        "Which {noun} [can you see|is shown|is there]{in}?",
        "Name the {noun}{in}.",
        "What is the {noun}{in}?",
        $"{Ask} [what|which] {{noun}} [is there|you see|it is]{{in}}.",
        "Which {noun} is it{in}?",
        "Identify the {noun}{in}.",
    ];

    public static readonly string[] WhichOfSeveral =
    [
        "Which {nouns} do you see{in}?",
        "What {nouns} do you see{in}?",
        "Which {nouns} are in {pic}?",
        "What {nouns} are in {pic}?",
        "What kinds of {nouns} are there{in}?",
        "What {nouns} are [shown|visible|drawn]{in}?",
        "Which {nouns} [can you see|are shown|are there]{in}?",
        "Name the {nouns}{in}.",
        "What are the {nouns}{in}?",
        $"{Ask} [what|which] {{nouns}} [are there|you see]{{in}}.",
        "List the {nouns}{in}.",
        "Which {nouns} can you [find|make out]{in}?",
    ];

    public static readonly string[] Glyph =
    [
        "[Which|What] digit or letter do you see{in}?",
        "[Which|What] digit or letter is [in {pic}|shown{in}|there{in}]?",
        "[Which|What] letter or digit do you see{in}?",
        "[Which|What] letter or digit [can you see|is visible|is written]{in}?",
        "[Which|What] digits or letters [do you see|can you see|are there]{in}?",
        "Read the [digit or letter|letter or digit|text]{in}.",
        "What does the text{in} say?",
        "What is written{in}?",
        "Which [character|symbol] is [shown|written]{in}?",
        "What character [is it|do you see]{in}?",
        $"{Ask} [which|what] digit or letter you see{{in}}.",
        "What is the [letter or digit|digit or letter|character]{in}?",
        "Can you read [it|the text|the character]{in}?",
    ];

    public static readonly string[] Glyphs =
    [
        "[Which|What] {glyphs} [do|can] you [see|read|make out]{in}?",
        "[Which|What] {glyphs} are [there|shown|visible|written|drawn]{in}?",
        "[Which|What] {glyphs} are in {pic}?",
        "[Which|What] {glyphs} does {pic} [show|have|contain]?",
        "[Name|List|Read|Tell me] [the|all the] {glyphs}{in}.",
        "What are the {glyphs}{in}?",
        $"{Ask} [which|what] {{glyphs}} [there are|you see]{{in}}.",
        "[Can|Could] you [read|list|name] the {glyphs}{in}?",
        "Read everything that is written{in}.",
        "Which {glyphs} can be [seen|read]{in}?",
        "Are there any {glyphs}{in}, and which?",
        "Spell out the {glyphs}{in}.",
    ];

    public static readonly string[] DigitOrLetter =
    [
        "[Which|What] {noun} do you see{in}?",
        "[Which|What] {noun} do you see{in}?",
        "[Which|What] {noun} is in {pic}?",
        "[Which|What] {noun} is [shown|written|visible|there]{in}?",
        "[Which|What] {noun} [is it|can you see]{in}?",
        "Tell me the {noun}{in}.",
        "Read the {noun}{in}.",
        $"{Ask} [which|what] {{noun}} you see{{in}}.",
        "What is the {noun}{in}?",
        "[Which|What] {nouns} [do you see|are there|can you read]{in}?",
        "Name the {noun}{in}.",
        "[Can|Could] you [read|tell me] the {noun}{in}?",
        "Which {noun} [stands|is written]{in}?",
    ];
}
