using System.Globalization;
using System.Runtime.InteropServices;

namespace Assistant.Training.Scenes;

/// <summary>The assistant's own vision tools, as a model is told of them, and requests that they are called for.</summary>
internal static class VisionToolSketches
{
    private static readonly string[] Ordinals = ["first", "second"];
    private static readonly string[] QuestionWords = ["Wh", "How", "Does ", "Do ", "Is ", "Are "];

    /// <summary>The tools for so many pictures, in the order in which they are offered.</summary>
    public static IEnumerable<ToolSketch> For(int pictures)
    {
        var range = pictures == 1 ? " There is one picture, number 1." : string.Create(CultureInfo.InvariantCulture, $" There are the pictures 1 to {pictures}.");
        var picture = new ToolArgument("picture", "integer", "Number of the picture, from 1.");
        yield return new ToolSketch("label_picture", "Tells which of the given labels fit a picture best." + range, picture, new ToolArgument("labels", "strings", "Labels to choose from, in the words of a caption."));
        yield return new ToolSketch("caption_picture", "Describes a picture in a sentence." + range, picture);
        yield return new ToolSketch("ask_picture", "Answers a short question about a picture." + range, picture, new ToolArgument("question", "string", "The question, in English."));
        if (pictures > 1)
        {
            yield return new ToolSketch("compare_pictures", "Tells how alike two pictures are, from 0 (nothing in common) to 1 (the same)." + range,
                new ToolArgument("first", "integer", "Number of the first picture, from 1."), new ToolArgument("second", "integer", "Number of the second picture."));
        }
        yield return new ToolSketch("match_text", "Tells how likely a sentence describes a picture." + range, picture, new ToolArgument("text", "string", "The sentence."));
    }

    /// <summary>A request for a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="scenes">The pictures of the conversation.</param>
    /// <param name="shown">How many have been shown by now.</param>
    /// <param name="random">Picks the wording.</param>
    public static ToolRequest Ask(ToolSketch tool, IReadOnlyList<Scene> scenes, int shown, SceneRandom random)
    {
        // Unless it says otherwise, a request is about the picture that came last.
        var subject = shown == 1 || random.Chance(0.5) ? shown - 1 : random.Next(shown);
        var called = scenes.Count > 1 && (subject != shown - 1 || random.Chance(0.5)) ? $"the {Ordinals[subject]} picture" : random.Pick(["the picture", "this picture", "the image", "this image"]);
        var number = (subject + 1).ToString(CultureInfo.InvariantCulture);
        var caption = SceneCaption.Of(scenes[subject], random);
        var request = tool.Name switch
        {
            "label_picture" => Label(),
            "caption_picture" => Caption(),
            "ask_picture" => Question(),
            "compare_pictures" => Compare(),
            "match_text" => Match(),
            _ => throw new ArgumentException($"Nobody asks for a tool '{tool.Name}'.", nameof(tool)),
        };
        // A tool can fail.
        return random.Chance(0.05)
            ? request with { Result = "{\"error\":\"the picture cannot be read\"}", Answer = "The tool failed: the picture cannot be read." }
            : request;

        ToolRequest Label()
        {
            var right = caption with { Mentions = [random.Pick(caption.Mentions)], Background = null };
            var others = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => random.Chance(0.5) ? right.Changed(random) : Another(random)).Where(other => !other.IsTrueOf(scenes[subject]));
            // Labels differ in a word, in all of them, or say what nobody can know.
            var (bare, strange) = (random.Chance(0.4), random.Chance(0.5));
            var labels = new[] { right }.Concat(others).Select(label => strange && random.Chance(0.7) ? Strange() : bare ? label.Mentions[0].Singular : label.Text).Distinct().ToList();
            var best = labels[0];
            random.Shuffle(CollectionsMarshal.AsSpan(labels));
            var scores = Scores(labels.Count, random);
            var ranked = labels.OrderBy(label => label == best ? 0 : 1).Zip(scores).ToList();
            return new ToolRequest(
                Worded("[Which [label |][fits|suits|matches] {picture} best|Which of [these|those|the following] [labels |words |][fits|suits|matches] {picture} best|Which label is [best|true|good] for {picture}|Which of these is {picture}|Label {picture} [with one of these|as one of]|Label {picture}|[Choose|Pick|Find] [a|the right|the best|one] label for {picture}|Classify {picture}[| as one of these]|What is {picture}|Is {picture} one of these|Which of the following [suits|describes] {picture}|Sort {picture} into one of these]: {text}[?|?|]", Wording.Listed(labels, random)),
                tool.Call(number, ToolSketch.Quoted(labels)),
                $"{{\"picture\":{number},\"labels\":[{string.Join(",", ranked.Select(pair => $"{{\"label\":{ToolSketch.Quoted(pair.First)},\"score\":{pair.Second}}}"))}]}}",
                $"The label that fits best is {best} ({ranked[0].Second}).");
        }

        ToolRequest Caption()
        {
            return new ToolRequest(
                Worded("[Caption {picture}|[Write|Produce|Find|Create] [a|one|the] caption [for|of] {picture}|Make [a|the] caption of {picture}|[Give|Get] me a caption [for|of] {picture}|What is a [good |]caption [for|of] {picture}|What does the captioner say about {picture}|[Use|Run|Try] the [captioner|caption tool] on {picture}|[Let|Have] [the|a|your] tool [describe|caption] {picture}|I [want|need] a caption [for|of] {picture}][| with the tool| using your tools| by tool| with a tool|, please]."),
                tool.Call(number), $"{{\"picture\":{number},\"caption\":{ToolSketch.Quoted(caption.Text)}}}", SceneWords.Capitalised(caption.Text) + ".");
        }

        ToolRequest Question()
        {
            // What a question says is not the caller's business: it is passed on, whatever it is.
            var (question, answer, _) = ShortAnswers.Ask(scenes[subject], random);
            if (random.Chance(0.35))
                question = WithStrangeWords(question);
            if (random.Chance(0.3))
                question = char.ToLowerInvariant(question[0]) + question[1..];
            return new ToolRequest(
                Worded((subject == shown - 1
                    ? "[Ask [the|your|a] [tool|network] [about {picture}|the following|one thing|]|Ask [about {picture}|with the tool|by tool|ask_picture]|[Let|Have] [the|your|a] [tool|network] [answer|say|tell] [|it|the following]|[Use|Try|Call] [the|your|a] tool [to answer|for this question|on {picture}]|Put [this|the following] question to the [tool|network]|Use ask_picture|Pass this [question |][on |]to your tool|[A|One] question for the [tool|network][| about {picture}]|What does the [tool|network] say to this|Tool, tell me]"
                    : "[Ask [the|your|a] [tool|network] about {picture}|[Use|Try|Call] [the|your|a] tool on {picture}|[A|One] question for the [tool|network] about {picture}|Put this question about {picture} to the [tool|network]|Use ask_picture on {picture}]")
                    + ": {text}", question),
                tool.Call(number, ToolSketch.Quoted(question)), $"{{\"picture\":{number},\"answer\":{ToolSketch.Quoted(answer)}}}", $"The tool says: {answer}.");
        }

        ToolRequest Compare()
        {
            var similarity = Scores(1, random)[0];
            var (first, second) = random.Chance(0.8) ? ("1", "2") : ("2", "1");
            return new ToolRequest(
                Worded(first == "1"
                    ? "[How similar are the [two |]pictures|How alike are [these|the|my|both] [two |]pictures|Compare [these|the|my|both] [two |]pictures with [the|a|your] tool|What is the similarity of [these|the|my|both] [two |]pictures|How similar is the first picture to the second|How [close|much alike] are [these|the|my] [two |]pictures|Are [these|my] [two |]pictures alike, and how much]?"
                    : "[How similar is the second picture to the first|How alike are the second and the first picture]?"),
                tool.Call(first, second), $"{{\"pictures\":[{first},{second}],\"similarity\":{similarity}}}", $"Their similarity is {similarity}.");
        }

        ToolRequest Match()
        {
            var text = random.Chance(0.3) ? Strange() : (random.Chance(0.5) ? caption : caption.Changed(random)).Text;
            var probability = Scores(1, random)[0];
            return new ToolRequest(
                Worded("[How likely does this [sentence|text] describe {picture}|How well [does|do] [this|the] [text|words|sentence] [match|suit|describe] {picture}|Does [this|the] [text|sentence] [match|fit|suit] {picture}|How likely is this [sentence|text] for {picture}|How [true|right] is this of {picture}|[Match|Compare|Check] this [text|sentence] [with|against] {picture}|How well does {picture} [fit|match] [these words|this text]|Is this true of {picture}, and how likely]: {text}[||?]", text),
                tool.Call(number, ToolSketch.Quoted(text)), $"{{\"picture\":{number},\"probability\":{probability}}}", $"The probability is {probability}.");
        }

        static SceneCaption Another(SceneRandom random)
        {
            var kind = random.Pick(SceneKind.All);
            return new SceneCaption([new SceneFilter(kind, kind.Shape is not null && random.Chance(0.7) ? random.Pick(Enum.GetValues<SceneColor>()) : null)], null);
        }

        // A thing that is in no picture.
        string Strange() => MadeUpWords.Fill(random.Pick(["[|a |an |the |two ][{w}|{w} {w}|red {w}|{w} on a {w}]", $"{SceneWords.WithArticle(SceneCaption.Of(scenes[subject], random).Changed(random).Mentions[0].Singular)}[| with a {{w}}]"]), random);

        string WithStrangeWords(string question)
        {
            var words = question.Split(' ');
            for (var changes = 1 + random.Next(2); changes > 0; changes--)
            {
                var at = random.Next(words.Length);
                words[at] = MadeUpWords.One(random) + (char.IsLetterOrDigit(words[at][^1]) ? "" : words[at][^1..]);
            }
            return string.Join(' ', words);
        }

        string Worded(string template, string text = "")
        {
            // What is passed on has to stay as it was typed: only the words around it vary.
            var worded = Wording.Expand(template.Replace("{text}", "\u0001", StringComparison.Ordinal), random, ("picture", called));
            var isQuestion = Array.Exists(QuestionWords, word => worded.StartsWith(word, StringComparison.Ordinal));
            if (!isQuestion && random.Chance(0.15))
                worded = "Please " + char.ToLowerInvariant(worded[0]) + worded[1..];
            return (random.Chance(0.2) ? worded.ToLowerInvariant() : worded).Replace("\u0001", text, StringComparison.Ordinal);
        }
    }

    // Falling shares with at most three digits.
    private static List<string> Scores(int count, SceneRandom random)
    {
        var (left, scores) = (1.0, new List<string>());
        for (var i = 0; i < count; i++)
        {
            var share = left * (0.5 + 0.5 * random.NextDouble());
            scores.Add(Math.Round(share, 3).ToString(CultureInfo.InvariantCulture));
            left -= share;
        }
        return scores;
    }
}
