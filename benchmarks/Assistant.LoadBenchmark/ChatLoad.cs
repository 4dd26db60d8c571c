using System.Diagnostics;
using System.Globalization;
using Assistant.Chat.Models;
using Assistant.Vision.Imaging;
using LlamaCpp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static System.FormattableString;

namespace Assistant.LoadBenchmark;

/// <summary>Clients that stream answers from the chat, as the page and the protocols do.</summary>
internal sealed class ChatLoad : IDisposable
{
    private readonly LoadPlan plan;
    private readonly ServiceProvider services;
    private readonly IChatClient chat;
    private readonly Dictionary<int, float> ends; // forbids what would end an answer early: rates over a few tokens say little
    private int pictures;

    public ChatLoad(LoadPlan plan)
    {
        this.plan = plan;
        var settings = new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "model",
            ["Models:0:TextModel"] = plan.TextModel,
            ["Models:0:Projector"] = plan.Projector,
            ["Models:0:Template"] = plan.Template,
            ["Models:0:ContextLength"] = plan.Context.ToString(CultureInfo.InvariantCulture),
            ["Models:0:Threads"] = plan.Threads.ToString(CultureInfo.InvariantCulture),
        };
        services = new ServiceCollection()
            .AddAssistantModels(new ConfigurationBuilder().AddInMemoryCollection(settings.Where(setting => setting.Value is not null)).Build(), Environment.CurrentDirectory)
            .BuildServiceProvider();
        chat = services.GetRequiredService<IChatModels>().GetClient("model");
        using var words = LlamaModel.Load(plan.TextModel, new LlamaModelOptions { VocabOnly = true });
        ends = Enumerable.Range(0, words.Vocab.Count).Where(words.Vocab.IsEndOfGeneration).ToDictionary(token => token, _ => -100f);
    }

    /// <summary>From nothing to the first answer of the model.</summary>
    public async Task FirstAnswerAsync()
    {
        var answer = await AskAsync([Question(picture: false, 0)], plan.Tokens);
        Console.WriteLine(Invariant($"First answer, the model's loading included: first token after {answer.First:F2} s, {answer.Tokens} tokens after {answer.Total:F2} s"));
        var second = await AskAsync([Question(picture: false, 1)], plan.Tokens);
        Console.WriteLine(Invariant($"Once it is loaded: first token after {second.First:F3} s, then {second.Rate:F0} tokens/s\n"));
    }

    /// <summary>A table of more and more clients, each of which asks its next question when it has its answer.</summary>
    /// <remarks>
    /// <para>Fairness is what clients get of an engine that all of them want all the time: when the first of them has its last answer, the tokens of the one
    /// that has fewest, as a share of its own. With more clients than slots that is a whole answer behind at times, so it says more with more rounds.</para>
    /// <para>The rates of answers from first to last token are no measure of it: they tell what else went on while an answer was written. Of sixteen clients that
    /// begin at a time the first four write beside fifteen others' pictures and the last four alone, having waited for it. How far the rates lie apart is shown
    /// all the same, as a slow one is seen by who reads it; and who was overtaken: had his first token after somebody who asked later.</para>
    /// </remarks>
    public async Task ClientsAsync(bool withPictures)
    {
        Console.WriteLine($"Streaming clients, each with {plan.Rounds} questions one after the other, answers of {plan.Tokens} tokens, {(withPictures ? "each about a picture of its own" : "text only")}");
        Console.WriteLine("  least/most: tokens of the client that has fewest when the first has all, as a share; slow/median: of the answers' tokens/s from first to last token,");
        Console.WriteLine("  the rate that a tenth of them does not reach; overtaken: answers whose first token came after that of somebody who asked later");
        Console.WriteLine("  clients   tokens/s   first token p50    p99   least/most   slow/median   overtaken   memory");
        foreach (var clients in plan.Clients)
        {
            var started = Stopwatch.GetTimestamp();
            var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskOnAsync(withPictures, client, started))));
            var (seconds, end) = (Stopwatch.GetElapsedTime(started).TotalSeconds, all.Min(answers => answers[^1].End));
            var answers = all.SelectMany(answers => answers).ToList();
            var (rates, written) = (answers.Select(answer => answer.Rate).ToList(), all.Select(own => own.Sum(answer => answer.Arrivals.Count(time => time <= end))).ToList());
            Console.WriteLine(Invariant($"  {clients,7}{answers.Sum(answer => answer.Tokens) / seconds,11:F1}{LoadPlan.Percentile(answers.Select(answer => answer.First), 0.5),16:F3} s{LoadPlan.Percentile(answers.Select(answer => answer.First), 0.99),7:F3} s")
                + Invariant($"{(double)written.Min() / written.Max(),11:F2}{LoadPlan.Percentile(rates, 0.1) / LoadPlan.Median(rates),14:F2}{Overtaken(answers),9} of {answers.Count,-3}{Environment.WorkingSet >> 20,5} MB"));
        }
        Console.WriteLine();
    }

    private async Task<List<Answered>> AskOnAsync(bool withPictures, int client, long started)
    {
        var answers = new List<Answered>();
        for (var round = 0; round < plan.Rounds; round++)
            answers.Add(await AskAsync([Question(withPictures, client + (100 * round))], plan.Tokens, started));
        return answers;
    }

    private static int Overtaken(List<Answered> answers)
    {
        const double Apart = 0.01; // seconds; what comes at a time has no order
        return answers.Count(answer => answers.Exists(other => other.Start > answer.Start + Apart && other.Start + other.First < answer.Start + answer.First - Apart));
    }

    /// <summary>Whether a chat about a picture goes on as promptly as one without.</summary>
    public async Task SecondTurnAsync()
    {
        var (text, seen, first) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= plan.Rounds; round++)
        {
            foreach (var picture in (bool[])[false, true])
            {
                List<ChatMessage> messages = [Question(picture, round)];
                var opening = await AskAsync(messages, plan.Tokens);
                messages.Add(new ChatMessage(ChatRole.Assistant, opening.Text));
                messages.Add(new ChatMessage(ChatRole.User, "And what else is there?"));
                var next = await AskAsync(messages, plan.Tokens);
                if (round == 0)
                    continue;
                (picture ? seen : text).Add(next.First);
                if (picture)
                    first.Add(opening.First);
            }
        }
        Console.WriteLine(Invariant($"First token of a second turn: {1e3 * LoadPlan.Median(text):F1} ms in a chat without pictures, {1e3 * LoadPlan.Median(seen):F1} ms in one about a picture: {LoadPlan.Median(seen.Zip(text, (a, b) => a / b)):F2} times as long"));
        Console.WriteLine(Invariant($"(first turn, with a new picture: {1e3 * LoadPlan.Median(first):F1} ms)\n"));
    }

    public void Dispose() => services.Dispose();

    /// <param name="messages">The conversation.</param>
    /// <param name="tokens">Length of the answer.</param>
    /// <param name="origin">Where the clock of <see cref="Answered.Start"/> begins.</param>
    private async Task<Answered> AskAsync(List<ChatMessage> messages, int tokens, long origin = 0)
    {
        var started = Stopwatch.GetTimestamp();
        var start = Stopwatch.GetElapsedTime(origin, started).TotalSeconds;
        var arrivals = new List<double>(tokens);
        AnswerTimings? timings = null;
        var text = "";
        await foreach (var update in chat.GetStreamingResponseAsync(messages, new ChatOptions { Temperature = 0, MaxOutputTokens = tokens, AdditionalProperties = new() { ["logit_bias"] = ends } }))
        {
            if (update.Text.Length > 0)
                arrivals.Add(start + Stopwatch.GetElapsedTime(started).TotalSeconds);
            text += update.Text;
            timings = update.AdditionalProperties?.GetValueOrDefault(AnswerTimings.Key) as AnswerTimings ?? timings;
        }
        var total = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var (written, first) = (timings?.AnswerTokens ?? 0, arrivals.Count > 0 ? arrivals[0] - start : total);
        return new Answered(text, written, start, first, total, Math.Max(0, written - 1) / Math.Max(1e-6, timings?.Evaluation.TotalSeconds ?? 0), arrivals);
    }

    private ChatMessage Question(bool picture, int number)
    {
        var question = new TextContent($"Question {number}: describe what you see, everything that is there, and where it is.");
        return new ChatMessage(ChatRole.User, picture && plan.Projector is not null ? [NewPicture(), question] : [question]);
    }

    /// <summary>A picture that nobody has asked about before.</summary>
    private DataContent NewPicture()
    {
        var random = new Random(Interlocked.Increment(ref pictures));
        var image = new RgbImage(96, 96);
        random.NextBytes(image.Pixels.AsSpan(0, 3 * 96)); // one row tells it from all others
        return new DataContent(ImageEncoder.ToPng(image), "image/png");
    }

    /// <summary>An answer; times in seconds.</summary>
    /// <param name="Text">What was written.</param>
    /// <param name="Tokens">Its length.</param>
    /// <param name="Start">When it was asked for.</param>
    /// <param name="First">From then to its first token.</param>
    /// <param name="Total">From then to its end.</param>
    /// <param name="Rate">Tokens a second from the first to the last, by the engine's clock.</param>
    /// <param name="Arrivals">When pieces of text came.</param>
    private sealed record Answered(string Text, int Tokens, double Start, double First, double Total, double Rate, List<double> Arrivals)
    {
        public double End => Start + Total;
    }
}
