namespace Assistant.Training.Scenes;

/// <summary>Conversations in which tools are offered: when to call one and with which arguments, what to make of its result, and when to answer without.</summary>
public static class ToolTalk
{
    /// <summary>A conversation about pictures, with the assistant's own vision tools offered.</summary>
    /// <param name="scenes">One or two pictures.</param>
    /// <param name="random">Picks tools and wordings.</param>
    /// <param name="requests">Requests, at least as many as pictures; one that a tool is called for takes two turns.</param>
    public static SceneConversation AboutPictures(IReadOnlyList<Scene> scenes, SceneRandom random, int requests)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(requests, scenes.Count);
        var tools = VisionToolSketches.For(scenes.Count).ToList();
        var left = tools.Where(tool => random.Chance(0.75)).ToList();
        if (left.Count == 0)
            left = tools;
        var turns = new List<SceneTurn>();
        // Pictures come with the first request or the first requests; the numbers in the tools' descriptions are those of the whole conversation.
        var atOnce = scenes.Count > 1 && random.Chance(0.5);
        for (var i = 0; i < requests; i++)
        {
            var shown = atOnce ? scenes.Count : Math.Min(i + 1, scenes.Count);
            int? attached = i == 0 || i < scenes.Count && !atOnce ? shown - 1 : null;
            // Two pictures are compared once both are there.
            var fit = left.Where(tool => shown > 1 || tool.Name != "compare_pictures").ToList();
            if (fit.Count == 0 || random.Chance(0.4))
                turns.Add(SceneConversationGenerator.FirstTurn(scenes[shown - 1], random) with { Picture = attached, Subject = shown - 1 });
            else // Lists of labels are what takes longest to learn.
                AddCall(turns, VisionToolSketches.Ask(fit[0].Name == "label_picture" && random.Chance(0.3) ? fit[0] : random.Pick(fit), scenes, shown, random), attached);
        }
        if (atOnce)
            turns[0] = turns[0] with { FirstPicture = 0 };
        return new SceneConversation([.. scenes], turns) { System = ToolSketch.Offer(left) };
    }

    /// <summary>A conversation without pictures, with tools of some program offered.</summary>
    /// <param name="random">Picks tools and wordings.</param>
    /// <param name="requests">Requests, at least 1.</param>
    /// <param name="tools">Tools, at least 1.</param>
    public static SceneConversation TextOnly(SceneRandom random, int requests, int tools)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(requests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tools, 1);
        var offered = ProgramToolSketches.Draw(random, tools);
        var turns = new List<SceneTurn>();
        for (var i = 0; i < requests; i++)
        {
            // Without tools nobody knows the weather; with one for it, that question is no small talk.
            if (random.Chance(0.25) && SmallTalk.Turn(random, pictureShown: false) is var talk && !(SmallTalk.IsOutOfDomain(talk) && offered.Any(tool => tool.Concerns(talk.Question))))
                turns.Add(talk);
            else
                AddCall(turns, random.Pick(offered).Ask(random), null);
        }
        return new SceneConversation([], turns) { System = ToolSketch.Offer(offered.Select(tool => tool.Sketch)) };
    }

    private static void AddCall(List<SceneTurn> turns, ToolRequest request, int? attached)
    {
        turns.Add(new SceneTurn(QuestionFamily.Tools, request.Question, request.Call, attached, null, null));
        turns.Add(new SceneTurn(QuestionFamily.Tools, ToolSketch.Response(request.Result), request.Answer, null, null, null));
    }
}

/// <summary>A request that a tool is called for.</summary>
/// <param name="Question">What the user types.</param>
/// <param name="Call">The call.</param>
/// <param name="Result">What the tool returns.</param>
/// <param name="Answer">What is then said.</param>
internal sealed record ToolRequest(string Question, string Call, string Result, string Answer);
