using System.Diagnostics;
using System.Globalization;
using Assistant.Chat.Models;
using Assistant.Vision.Imaging;
using LlamaCpp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
        Console.WriteLine(Text($"First answer, the model's loading included: first token after {answer.First:F2} s, {answer.Tokens} tokens after {answer.Total:F2} s"));
        var second = await AskAsync([Question(picture: false, 1)], plan.Tokens);
        Console.WriteLine(Text($"Once it is loaded: first token after {second.First:F3} s, then {second.Rate:F0} tokens/s\n"));
    }

    /// <summary>A table of more and more clients.</summary>
    public async Task ClientsAsync(bool withPictures)
    {
        Console.WriteLine($"Streaming clients, answers of {plan.Tokens} tokens, {(withPictures ? "each about a picture of its own" : "text only")}");
        Console.WriteLine("  fairness, of the clients of one round (median of rounds): slowest/fastest by tokens/s from first to last token, earliest/latest by first token;");
        Console.WriteLine("  wait: the latest first token, as a share of what it takes to serve that many clients one after the other with nothing at the same time");
        Console.WriteLine("  clients   tokens/s   first token p50    p99   slowest/fastest   earliest/latest   wait   memory");
        var (alone, firstAlone) = (double.NaN, double.NaN);
        foreach (var clients in plan.Clients)
        {
            var answers = new List<Answered>();
            var (tokens, seconds) = (0, 0.0);
            var (rates, firsts, waits) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < plan.Rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                var asked = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskAsync([Question(withPictures, client)], plan.Tokens))));
                seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
                tokens += asked.Sum(answer => answer.Tokens);
                answers.AddRange(asked);
                // By each client's rate from its first token to its last: what a slot gets, not who waited for one, which the first tokens tell.
                var written = asked.Where(answer => answer.Tokens > 2).Select(answer => answer.Rate).DefaultIfEmpty(double.NaN).ToList();
                rates.Add(written.Min() / written.Max());
                firsts.Add(asked.Min(answer => answer.First) / asked.Max(answer => answer.First));
                waits.Add(asked.Max(answer => answer.First));
            }
            if (clients == 1)
                (alone, firstAlone) = (LoadPlan.Median(answers.Select(answer => answer.Total)), LoadPlan.Median(answers.Select(answer => answer.First)));
            var oneByOne = (clients - 1) * alone + firstAlone; // the last one begins when all others are done
            Console.WriteLine(Text($"  {clients,7}{tokens / seconds,11:F1}{LoadPlan.Percentile(answers.Select(answer => answer.First), 0.5),16:F3} s{LoadPlan.Percentile(answers.Select(answer => answer.First), 0.99),7:F3} s")
                + Text($"{LoadPlan.Median(rates),16:F2}{LoadPlan.Median(firsts),18:F2}{LoadPlan.Median(waits) / oneByOne,7:F2}{Environment.WorkingSet >> 20,6} MB"));
        }
        Console.WriteLine();
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
        Console.WriteLine(Text($"First token of a second turn: {1e3 * LoadPlan.Median(text):F1} ms in a chat without pictures, {1e3 * LoadPlan.Median(seen):F1} ms in one about a picture: {LoadPlan.Median(seen.Zip(text, (a, b) => a / b)):F2} times as long"));
        Console.WriteLine(Text($"(first turn, with a new picture: {1e3 * LoadPlan.Median(first):F1} ms)\n"));
    }

    public void Dispose() => services.Dispose();

    private async Task<Answered> AskAsync(List<ChatMessage> messages, int tokens)
    {
        var started = Stopwatch.GetTimestamp();
        double? first = null;
        AnswerTimings? timings = null;
        var text = "";
        await foreach (var update in chat.GetStreamingResponseAsync(messages, new ChatOptions { Temperature = 0, MaxOutputTokens = tokens, AdditionalProperties = new() { ["logit_bias"] = ends } }))
        {
            if (update.Text.Length > 0)
                first ??= Stopwatch.GetElapsedTime(started).TotalSeconds;
            text += update.Text;
            timings = update.AdditionalProperties?.GetValueOrDefault(AnswerTimings.Key) as AnswerTimings ?? timings;
        }
        var total = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var written = timings?.AnswerTokens ?? 0;
        return new Answered(text, written, first ?? total, total, Math.Max(0, written - 1) / Math.Max(1e-6, timings?.Evaluation.TotalSeconds ?? 0));
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Answered(string Text, int Tokens, double First, double Total, double Rate);
}
