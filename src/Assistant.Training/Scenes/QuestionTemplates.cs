namespace Assistant.Training.Scenes;

/// <summary>
/// The wordings of each query, in the notation of <see cref="Wording"/>. {in} is empty or " in the picture"; {pic} is "the picture", "this image" or
/// "the second picture"; {ref}, {a} and {b} name objects; a wording that stands twice is asked twice as often.
/// </summary>
internal static class QuestionTemplates
{
    private const string Thing = "[shape|object|thing|figure]";
    private const string Things = "[shapes|objects|things|figures]";
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
        "What [objects|shapes|things] are in {pic}?",
        "[Can|Could] you tell me what is in {pic}?",
        "[Can|Could] you describe {pic} [for me|please]?",
        "What is there to see{in}?",
        "List [the|all|all the] [shapes|objects|things]{in}.",
        "Which [objects|shapes|things] [are in {pic}|do you see{in}]?",
        "Give me a [short |]description of {pic}.",
        "What am I looking at{in}?",
        "Explain what {pic} shows.",
        "What [shapes|objects] [can|do] you see{in}?",
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

    public static readonly string[] CountAll =
    [
        "How many [shapes|objects|things|figures] are there{in}?",
        "How many [shapes|objects|things|figures] do you see{in}?",
        "How many [shapes|objects] are in {pic}?",
        "How many [shapes|objects|things] can you [see|count]{in}?",
        "Count the [shapes|objects|things]{in}.",
        "What is the number of [shapes|objects]{in}?",
        "Please count [the|all the] [shapes|objects|things]{in}.",
        "How many [different |]things are [there|drawn]{in}?",
        $"{Ask} how many [shapes|objects|things] there are{{in}}.",
        "How many are there{in}?",
        "How many [shapes|objects] in {pic}?",
        "How many [shapes|objects] does {pic} [have|show|contain]?",
        "How many [shapes|objects] are [visible|shown|present]{in}?",
        "What is the total number of [shapes|objects]{in}?",
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
        "How many of the [shapes|objects]{in} are {plural}?",
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

    public static readonly string[] ShapeOf =
    [
        "What [shape|object|thing|figure] is the {adj} one{in}?",
        "What shape is the {adj} one{in}?",
        "What shape is the {adj} [object|thing|figure]{in}?",
        "What is the {adj} [object|thing|figure|shape|one]{in}?",
        "Which [shape|object|thing|figure] is {adj}{in}?",
        "What shape is {adj}{in}?",
        "What [thing|object] is {adj}{in}?",
        "What is {adj}{in}?",
        $"{Ask} what the {{adj}} [thing|object|shape|one]{{in}} is.",
        $"{Ask} [which|what] shape is {{adj}}{{in}}.",
        "Name the {adj} [shape|object|thing]{in}.",
        "What kind of [shape|object|thing] is the {adj} one{in}?",
        "What shape does the {adj} [object|thing|one]{in} have?",
        "What do you call the {adj} [shape|object|thing]{in}?",
        "[Can|Could] you tell me what the {adj} [one|object|shape|thing]{in} is?",
        "Identify the {adj} [shape|object|thing]{in}.",
        "What's the {adj} [shape|object|thing|one]{in}?",
    ];

    public static readonly string[] ShapesOf =
    [
        "What shapes are {adj}{in}?",
        "Which [shapes|objects|things] are {adj}{in}?",
        "What are the {adj} [shapes|objects|things|ones]{in}?",
        "What [things|objects] are {adj}{in}?",
        "Name the {adj} [shapes|objects|things]{in}.",
        $"{Ask} which [shapes|objects|things] are {{adj}}{{in}}.",
        "List the {adj} [shapes|objects|things]{in}.",
        "What shapes are the {adj} [ones|objects|things]{in}?",
        "Which ones are {adj}{in}?",
        "What is {adj}{in}?",
        "Which are the {adj} [ones|shapes|objects]{in}?",
        "Identify the {adj} [shapes|objects]{in}.",
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
        "Would you say there is {a}{in}?",
        "Is one of the [shapes|objects]{in} {a}?",
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
        "Which [shape|object|thing] is {cmp}, the {a} or the {b}{in}?",
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
        "Which [shape|object|thing] is in the {cell} of {pic}?",
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
        "Name the [shape|object|thing] in the {cell}{in}.",
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

    public static readonly string[] Glyph =
    [
        "[Which|What] digit or letter do you see{in}?",
        "[Which|What] digit do you see{in}?",
        "[Which|What] letter do you see{in}?",
        "[Which|What] digit is in {pic}?",
        "[Which|What] letter is in {pic}?",
        "[Which|What] [digit|letter|number] is [shown|written|visible]{in}?",
        "Tell me the [digit|letter|number]{in}.",
        "Read the [digit|letter|number|text]{in}.",
        "What does the text{in} say?",
        "What is written{in}?",
        "Which [character|symbol] is [shown|written]{in}?",
        "What [number|character] is it{in}?",
        $"{Ask} [which|what] [digit|letter] you see{{in}}.",
        "What is the [letter|digit|number]{in}?",
    ];
}
