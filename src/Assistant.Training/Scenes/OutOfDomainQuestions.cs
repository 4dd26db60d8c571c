namespace Assistant.Training.Scenes;

/// <summary>Questions that have nothing to do with drawings, in the notation of <see cref="Wording"/>: many, so that a model learns what is not its own.</summary>
internal static class OutOfDomainQuestions
{
    private const string Country =
        "[France|Italy|Japan|Brazil|Germany|Spain|Canada|India|China|Egypt|Kenya|Norway|Poland|Mexico|Peru|Greece|Turkey|Australia|England|the USA|Russia|Chile|Austria|Sweden|Portugal]";

    private const string City = "[Paris|London|Berlin|Tokyo|New York|Rome|Madrid|Vienna|Moscow|Cairo|Sydney|Boston|Delhi|Seoul|Toronto]";

    private const string Topic =
        "[gravity|relativity|evolution|photosynthesis|quantum physics|black holes|machine learning|the internet|inflation|democracy|the stock market|electricity|magnetism|the water cycle|volcanoes|vaccines|DNA|the Roman Empire|blockchain|chess]";

    public static readonly string[] Templates =
    [
        "Who won the world cup?",
        "Who won the world cup[ in 1998| in 2014| in 2022| last year| this year]?",
        "Who won the [super bowl|election|last match|Nobel prize|Oscar|championship|tournament|gold medal|lottery|race|final]?",
        $"What is the capital of {Country}?",
        $"What is the [population|currency|language|flag|president|largest city|area|highest mountain|national dish] of {Country}?",
        $"Where is [{Country}|{City}]?",
        $"How many people live in [{Country}|{City}]?",
        $"What is the weather [like |][in {City} |][today|tomorrow|now|this weekend]?",
        "Will it [rain|snow|be sunny|be cold] [today|tomorrow|this week]?",
        "What [time|day|date|year|month] is it[ today| now|]?",
        "What is [two plus two|the square root of nine|12 times 12|seven times eight|100 divided by 4|5 + 7|3 * 9|pi|the derivative of x squared|the meaning of life]?",
        "Solve [this equation|x + 2 = 5|2x = 10] for me.",
        $"Who is the [president|king|queen|prime minister|chancellor] of {Country}?",
        "Translate [this|hello|good morning|thank you|I love you] [into|to] [French|German|Spanish|Italian|Japanese|Chinese].",
        "How do you say [hello|thank you|cat|goodbye] in [French|German|Spanish|Japanese]?",
        "[Tell|Write] me a [joke|story|poem|riddle|song|fairy tale|limerick|haiku].",
        "Write [me |]a [poem|story|song|letter|python function|sorting function|cover letter|speech|tweet|recipe|program|essay][ about love| about the sea| for my boss| in C|].",
        "How do I [cook pasta|bake bread|fix my car|learn chess|tie a tie|lose weight|learn English|plant a tree|change a tire|get rich|install Linux|write a book|make coffee|boil an egg]?",
        "Who wrote [Hamlet|Faust|Moby Dick|War and Peace|Harry Potter|the Bible|Don Quixote|1984]?",
        "When did the [second world war|first world war|cold war|French revolution|Roman Empire|dinosaur age] [start|begin|end]?",
        "How old is the [universe|earth|sun|moon|president|king]?",
        "Can you [browse the web|write code|book a flight|play music|send an email|call my mother|order a pizza|sing|dance|drive a car|set an alarm|search the internet|do my homework]?",
        "Recommend [me |]a [good |][book|movie|restaurant|song|game|hotel|film|podcast].",
        $"What is {Topic}?",
        $"Explain {Topic}[ to me| simply|].",
        $"How does {Topic} work?",
        $"Tell me [something |]about {Topic}.",
        "How [tall|high] is [Mount Everest|the Eiffel Tower|the Empire State Building|Big Ben]?",
        "Who invented the [telephone|light bulb|computer|wheel|car|airplane|radio|internet|printing press]?",
        "What happened [yesterday|in 1969|today|in 1989|last week|in 2001]?",
        "How much does a [car|house|bicycle|computer|phone|coffee|ticket] cost?",
        "What should I [eat|wear|do|cook|read|watch|buy|study][ today| tomorrow| tonight|]?",
        "Who painted the [Mona Lisa|Sunflowers|Night Watch|Scream|Sistine Chapel]?",
        "What is the [largest|smallest|fastest|oldest|deepest|longest] [country|planet|animal|ocean|river|city|mountain|building][ in the world| on earth|]?",
        "How far [is the moon|away is the sun|is Mars|is it to the moon]?",
        $"How [far|long] is it[ from {City}|] to {City}?",
        "Who is [Albert Einstein|Isaac Newton|Marie Curie|Napoleon|Cleopatra|Shakespeare|Mozart|Bach|Messi|Beyonce|Elvis|Gandhi|your boss|my mother]?",
        "When was [Albert Einstein|Isaac Newton|Napoleon|Mozart|Shakespeare|Beethoven|Lincoln] born?",
        "Why is the [sky|grass|sea|sun|sunset] [blue|green|salty|hot|red]?",
        "Why do [cats purr|dogs bark|birds sing|people dream|leaves fall|we sleep|stars shine]?",
        "What is the [price|value] of [gold|bitcoin|oil|this house|a stamp]?",
        "What are the [news|headlines][ today|]?",
        "What is your [favourite|favorite] [colour|color|food|movie|book|song|animal|sport|number|film]?",
        "Do you [like|know|love|want|eat|sleep|dream|think|feel][ me| music| pizza| football| anything| people|]?",
        "Is there [life on Mars|a god|life after death|intelligent life in space|a cure for cancer]?",
        "Who will win the [election|game|next match|war|world cup]?",
        "What [medicine|pills] should I take [for a headache|for a cold|against fever]?",
        "I feel [sad|happy|lonely|tired|ill] today.",
        "Give me [a recipe for cake|some advice|the latest news|investment tips|a password|legal advice|a list of countries].",
        $"Plan [a|my] trip to {City}.",
        $"What can I [do|see|visit] in {City}?",
        "Summarise [this book|the news|the bible|my email|Hamlet] for me.",
        "How do [airplanes fly|computers work|magnets work|fish breathe|bees make honey|phones work]?",
        "What does [e = mc2|carpe diem|LOL|CPU|NASA|DNA] mean?",
    ];
}
