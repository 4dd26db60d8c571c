namespace Assistant.Training.Scenes;

/// <summary>Family 11: greetings, who and what the model is, and its limits, those of its eyes too.</summary>
internal static class SmallTalk
{
    private const string Limits = "Sorry, I am a small demonstration model for simple drawings and do not know that. A larger model can be configured.";

    private const string Unclear = "Sorry, I cannot make out this picture: I am a small demonstration model for simple drawings. A larger model can be configured.";

    private static readonly (string[] Questions, string Answer)[] Topics =
    [
        (
        [
            "Hello[!|.|]", "Hi[!|.|]", "Hey[!|]", "Good [morning|afternoon|evening][!|.|]", "Hello there[!|]", "Hi there[!|]",
            "Hi, how are you?", "How are you[ today|]?", "Greetings[!|]", "Hey there", "Hello, can you help me?", "Hi assistant[!|]",
        ],
        "Hello! Show me a simple drawing and ask me about it."),
        (
        [
            "Who are you?", "What are you?", "What is your name?", "What's your name?", "Are you [a robot|an AI|human|a person]?",
            "Who am I talking to?", "Tell me about yourself.", "Which model are you?", "What model is this?", "Introduce yourself.",
            "Are you [ChatGPT|LLaVA|GPT]?", "Who made you?",
        ],
        "I am a small demonstration model for simple drawings. A larger model can be configured."),
        (
        [
            "What can you do?", "What can you do for me?", "How can you help[ me|]?", "Help[!|]", "What can I ask[ you|]?",
            "What do you know?", "What are you able to do?", "What are your limits?", "Which questions can you answer?",
            "What are you good at?", "How does this work?", "What should I ask?",
        ],
        "I can describe simple drawings: name, count and compare shapes, colors and positions. A larger model can be configured for more."),
        (
        [
            "Thanks[!|.|]", "Thank you[!|.|]", "Thank you very much[!|]", "Thanks a lot[!|]", "Great, thanks[!|]", "Cool[!|]", "Nice[!|]",
            "Well done[!|]", "Good job[!|]", "Perfect[!|]", "Awesome, thank you[!|]", "Cheers[!|]",
        ],
        "You are welcome!"),
        (
        [
            "Bye[!|.|]", "Goodbye[!|.|]", "See you[ later|]!", "Good night[!|]", "Have a nice day[!|]", "Bye bye", "See you tomorrow",
            "That is all, bye", "I have to go", "Farewell", "Until next time", "Take care[!|]",
        ],
        "Goodbye!"),
        (OutOfDomainQuestions.Templates, Limits),
    ];

    // Without a picture there is nothing to look at; a model must not make one up.
    private static readonly string[] PictureQuestions =
    [
        "What is in [this|the] [picture|image]?", "Please describe [this|the] [picture|image].",
        "How many [shapes|objects|circles|stars|animals] are there?", "What colo[u|]r is the [star|circle|background|square|heart]?",
        "Is there a [red|blue|green] [circle|star|square]?", "Is there a [dog|cat|car|tree]?", "Which [animal|letter|digit] do you see?", "What do you see?", "Describe this image.",
        "What is in the [upper|lower] [left|right]?", "Which is bigger, the star or the circle?", "Where is the [ring|cross|diamond]?",
        "Can you see [this|the] [picture|image]?", "What shape is the red one?",
    ];

    /// <summary>A question about a picture that is no simple drawing; the answer doesn't pretend.</summary>
    /// <param name="random">Picks the question.</param>
    /// <param name="drawing">A drawing that such a question could be about.</param>
    public static SceneTurn AboutClutter(SceneRandom random, Scene drawing)
    {
        var turn = SceneConversationGenerator.FirstTurn(drawing, random);
        return turn with { Family = QuestionFamily.SmallTalk, Answer = Unclear, Query = null };
    }

    /// <summary>Whether this is a turn that says it does not know.</summary>
    public static bool IsOutOfDomain(SceneTurn turn) => turn.Answer == Limits;

    /// <summary>One exchange; with <paramref name="pictureShown"/> false the user may also ask about a picture that is not there.</summary>
    public static SceneTurn Turn(SceneRandom random, bool pictureShown)
    {
        if (!pictureShown && random.Chance(0.2))
            return Make(PictureQuestions, "I do not see a picture yet. Please show me one.");
        var (questions, answer) = random.Chance(0.4) ? Topics[^1] : random.Pick(Topics);
        return Make(questions, answer);

        SceneTurn Make(string[] templates, string reply) =>
            new(QuestionFamily.SmallTalk, Wording.AsTyped(Wording.Expand(random.Pick(templates), random), random, opened: false), reply, null, null, null);
    }
}
