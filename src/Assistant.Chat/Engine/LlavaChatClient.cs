using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Assistant.Chat.Models;
using Assistant.Chat.Prompts;
using Assistant.Chat.Prompts.Thinking;
using Assistant.Chat.Tools.Calling;
using LlamaCpp;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Engine;

/// <summary>Answers with a language model in this process, which sees the pictures of the conversation if it has a projector.</summary>
/// <remarks>
/// <para>Besides the properties of <see cref="ChatOptions"/>, additional properties are read under Ollama's names: <c>min_p</c>, <c>typical_p</c>,
/// <c>repeat_penalty</c>, <c>repeat_last_n</c>, <c>logit_bias</c> (from token ids to numbers), <c>logprobs</c> and <c>top_logprobs</c> (see <see cref="AnswerLogprobs"/>), <c>raw</c> (one user message, no template), <c>context</c> and <c>return_context</c> (see <see cref="TokenContext"/>), <c>return_progress</c> (see <see cref="PromptProgress"/>), <c>truncate</c> (false: refuse rather than drop old messages),
/// <c>keep_alive</c> (a <see cref="TimeSpan"/>) and <c>num_ctx</c>: a model with a shorter context is loaded again, up to what it was trained with; a smaller number changes nothing.</para>
/// <para>The last update carries the usage, the finish reason, and as additional properties <see cref="AnswerTimings.Key"/>, where messages
/// had to be dropped <see cref="TruncatedMessagesKey"/>, and where it was asked for <see cref="TokenContext.Key"/>.</para>
/// </remarks>
public sealed class LlavaChatClient : IChatClient
{
    /// <summary>Additional property of the last update: how many old messages did not fit and were left out.</summary>
    public const string TruncatedMessagesKey = "truncated_messages";

    private readonly string name;
    private readonly Func<TimeSpan?, int?, CancellationToken, Task<ModelLease>> acquire;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly ChatClientMetadata metadata;

    internal LlavaChatClient(string name, Func<TimeSpan?, int?, CancellationToken, Task<ModelLease>> acquire, ILogger logger, TimeProvider time)
    {
        (this.name, this.acquire, this.logger, this.time) = (name, acquire, logger, time);
        metadata = new ChatClientMetadata("llama.cpp", providerUri: null, defaultModelId: name);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelLoadException">The model's files cannot be used.</exception>
    /// <exception cref="ChatRequestException">The request cannot be answered as it stands.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (updates, logprobs) = (new List<ChatResponseUpdate>(), new List<AnswerLogprobs>());
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
            if (update.AdditionalProperties?.GetValueOrDefault(AnswerLogprobs.Key) is IEnumerable<AnswerLogprobs> some)
                logprobs.AddRange(some); // merging updates would keep those of the last alone
        }
        var response = updates.ToChatResponse();
        // They belong to this answer, not to its message, which goes into the history.
        var message = response.Messages[^1];
        (response.AdditionalProperties, message.AdditionalProperties) = (message.AdditionalProperties, null);
        if (logprobs.Count > 0)
            (response.AdditionalProperties ??= [])[AnswerLogprobs.Key] = logprobs;
        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelLoadException">The model's files cannot be used, or hold weights that nothing can be computed with.</exception>
    /// <exception cref="ChatRequestException">The request cannot be answered as it stands.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var started = Stopwatch.GetTimestamp();
        List<ChatMessage> conversation = [.. messages];
        if (conversation.Count == 0)
            throw new ChatRequestException("The conversation holds no messages.");
        using var lease = await AcquireAsync(options, cancellationToken).ConfigureAwait(false);
        var load = Stopwatch.GetElapsedTime(started);
        var runtime = lease.Runtime;
        var raw = SamplingMapping.ReadFlag(options, "raw");
        var tools = raw ? null : ToolUse.For(options, runtime.Template);
        var (request, dropped) = ToRequest(runtime, conversation, options, tools);

        var (responseId, createdAt) = (Guid.NewGuid().ToString("N"), time.GetUtcNow());
        ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
        {
            ResponseId = responseId,
            MessageId = responseId,
            ModelId = name,
            CreatedAt = createdAt,
        };
        var progress = SamplingMapping.ReadFlag(options, PromptProgress.Request) ? PromptProgress.CreateChannel() : null;
        var report = new GenerationReport { Progress = progress?.Writer };
        var text = new TokenTextDecoder(runtime.Vocab);
        var lead = raw ? "" : runtime.Template.AnswerLead;
        var stops = new StopSequenceFilter([.. runtime.StopTexts, .. options?.StopSequences ?? []]);
        var calls = tools?.Read();
        var thoughts = runtime.Template.MarksThoughts && lead.Length == 0 && !raw ? new ThoughtReader(OpensThoughts(request.Prompt)) : null;
        var logprobs = new List<AnswerLogprobs>(); // of tokens whose text is held back
        var context = SamplingMapping.ReadFlag(options, TokenContext.Request) ? new AnswerTokens(runtime.Vocab) : null;
        var written = 0;
        IEnumerable<AIContent> Words(string certain) => certain.Length == 0 ? [] : calls is null ? [new TextContent(certain)] : calls.Add(certain);
        IEnumerable<AIContent> Pieces(IEnumerable<AnswerPiece> pieces) => [.. pieces.SelectMany(piece => piece.IsThought ? [new TextReasoningContent(piece.Text)] : Words(piece.Text))];
        IEnumerable<AIContent> Read(string certain) => thoughts is null ? Words(certain) : Pieces(thoughts.Add(certain));
        await foreach (var (drawn, step) in PromptProgress.WithTokens(stop => GenerateAsync(runtime.Engine, request, report, stop), progress?.Reader, cancellationToken).ConfigureAwait(false))
        {
            if (drawn is not { } token)
            {
                var update = Update([]);
                update.AdditionalProperties = new() { [PromptProgress.Key] = step };
                yield return update;
                continue;
            }
            written++;
            context?.Tokens.Add(token);
            if (report.Logprobs.TryDequeue(out var known))
                logprobs.Add(ToLogprobs(runtime.Vocab, known));
            // The marks of calls can be control tokens, which print as nothing; a grammar has read them as they are written.
            var piece = request.Grammar is not null && runtime.Vocab.IsControl(token) && runtime.Vocab.GetText(token) is var mark && ToolCallReader.AllMarks.Contains(mark) ? mark : text.Decode(token);
            if (lead.Length > 0 && piece.Length > 0)
                (piece, lead) = (piece.StartsWith(lead, StringComparison.Ordinal) ? piece[lead.Length..] : piece, "");
            var certain = stops.Add(piece);
            context?.Text.Append(certain);
            foreach (var content in Read(certain))
                yield return WithLogprobs(Update([content]), logprobs);
            if (stops.Stopped)
                break;
        }
        foreach (var content in Read(stops.Add(text.Flush()) + stops.Flush()).Concat(Pieces(thoughts?.Flush() ?? [])).Concat(calls?.Flush() ?? []))
            yield return WithLogprobs(Update([content]), logprobs);

        // The engine may have been a few tokens ahead of a stop sequence.
        var timings = ToTimings(request, report) with { AnswerTokens = written, Total = Stopwatch.GetElapsedTime(started), Load = load, TruncatedMessages = dropped };
        var last = Update([new UsageContent(ToUsage(timings))]);
        last.FinishReason = calls is { Calls: > 0 } ? ChatFinishReason.ToolCalls : stops.Stopped ? ChatFinishReason.Stop : report.FinishReason;
        last.AdditionalProperties = new() { [AnswerTimings.Key] = timings };
        if (dropped > 0)
            last.AdditionalProperties[TruncatedMessagesKey] = dropped;
        if (context is not null && TokenContext.After(request.Prompt, context.Of(stops.Stopped)) is { } tokens)
            last.AdditionalProperties[TokenContext.Key] = tokens;
        logger.LogDebug("{Model} answered: {Timings}", name, timings);
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Nothing to free: the catalog keeps the model.</summary>
    public void Dispose()
    {
    }

    /// <summary>The prompt that a request becomes; nothing is computed.</summary>
    /// <exception cref="ChatRequestException">The request cannot be answered as it stands.</exception>
    internal async Task<RenderedPrompt> RenderAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        List<ChatMessage> conversation = [.. messages];
        if (conversation.Count == 0)
            throw new ChatRequestException("The conversation holds no messages.");
        using var lease = await AcquireAsync(options, cancellationToken).ConfigureAwait(false);
        var runtime = lease.Runtime;
        var tools = SamplingMapping.ReadFlag(options, "raw") ? null : ToolUse.For(options, runtime.Template);
        var prompt = ToRequest(runtime, conversation, options, tools).Request.Prompt;
        var before = runtime.Vocab.Detokenize([.. TokenContext.Of(options) ?? []], special: true);
        return new(before + string.Concat(prompt.Segments.Select(Spell)), prompt.Count, prompt.ImageCount);

        static string Spell(PromptSegment segment) => segment switch
        {
            TemplateSegment template => template.Text,
            TextSegment text => text.Text,
            _ => RenderedPrompt.Picture,
        };
    }

    /// <summary>The model in memory, with a context as long as the request asks for.</summary>
    private Task<ModelLease> AcquireAsync(ChatOptions? options, CancellationToken cancellationToken) => acquire(
        options?.AdditionalProperties?.GetValueOrDefault("keep_alive") as TimeSpan?,
        SamplingMapping.ReadNumber(options, "num_ctx") is { } length ? (int)Math.Clamp(length, 0, int.MaxValue) : null,
        cancellationToken);

    /// <summary>The engine's tokens; what llama.cpp cannot compute becomes a sentence for the user.</summary>
    private async IAsyncEnumerable<int> GenerateAsync(ChatEngine engine, GenerationRequest request, GenerationReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var tokens = engine.GenerateAsync(request, report, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
        while (true)
        {
            try
            {
                if (!await tokens.MoveNextAsync().ConfigureAwait(false))
                    yield break;
            }
            catch (LlamaException e)
            {
                throw new ModelLoadException($"The model '{name}' failed: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..]}", e);
            }
            yield return tokens.Current;
        }
    }

    private (GenerationRequest Request, int Dropped) ToRequest(ModelRuntime runtime, List<ChatMessage> conversation, ChatOptions? options, ToolUse? tools)
    {
        var contextLength = runtime.Engine.ContextLength;
        if (SamplingMapping.ReadNumber(options, "num_ctx") is { } asked && asked > contextLength)
            logger.LogWarning("A request asks for a context of {Asked} tokens; {Model} was trained with {ContextLength}, and has as many.", asked, name, contextLength);
        var sampling = SamplingMapping.ToSampling(options, runtime.Options.Sampling, contextLength);
        try
        {
            sampling.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ChatRequestException($"The option {e.ParamName} is {e.ActualValue}, which is out of range.", e);
        }
        foreach (var token in sampling.LogitBias.Keys)
        {
            if (token >= runtime.Vocab.Count)
                throw new ChatRequestException($"The option 'logit_bias' names token {token}; {name} has {runtime.Vocab.Count} tokens.");
        }
        var maxTokens = options?.MaxOutputTokens ?? runtime.Options.Sampling.MaxOutputTokens;
        if (maxTokens < 1)
            throw new ChatRequestException($"An answer of {maxTokens} tokens was asked for; at least 1 is possible.");

        var raw = SamplingMapping.ReadFlag(options, "raw");
        var truncate = SamplingMapping.ReadFlag(options, "truncate", otherwise: true);
        bool? thinking = runtime.Template.Thinks ? options?.Reasoning?.Effort != ReasoningEffort.None : null; // who does not say gets thoughts
        var reserve = Math.Min(maxTokens ?? 256, contextLength / 8);
        var (prompt, dropped) = raw
            ? (RawPrompt(runtime, conversation, contextLength), 0)
            : TokenContext.Of(options) is { Count: > 0 } context
            ? (TokenContext.Continue(context, conversation, runtime.Template, thinking, runtime.Tokenizer, runtime.Vocab, contextLength), 0)
            : ConversationWindow.Fit(
                BaseConversation.Before(runtime.Options, conversation, options?.Instructions), // before calls and results become words: they stay with their question
                kept =>
                {
                    var turns = runtime.Template.JoinsTurns ? ChatTemplate.JoinTurns(kept) : kept;
                    return runtime.Tokenizer.Tokenize(runtime.Template.Render(tools?.Prepare(turns) ?? turns, tools?.TemplateTools, thinking), contextLength);
                },
                contextLength, reserve, truncate);
        if (dropped > 0)
            logger.LogWarning("The {Dropped} oldest messages of a conversation do not fit the {ContextLength} tokens of {Model}.", dropped, contextLength, name);
        var grammar = AnswerGrammar.For(options, tools);
        return (new GenerationRequest
        {
            Prompt = prompt,
            Sampling = sampling,
            MaxTokens = maxTokens,
            Grammar = grammar is not null && thinking == true && !raw ? ThoughtGrammar.Before(grammar, OpensThoughts(prompt)) : grammar,
            StopTokens = raw ? new HashSet<int>() : runtime.StopTokens,
            Images = runtime.Images,
        }, dropped);
    }

    /// <summary>Whether the template has written the mark that begins the answer's thoughts.</summary>
    private static bool OpensThoughts(PromptSequence prompt) =>
        prompt.Segments is [.., TemplateSegment last] && last.Text.TrimEnd().EndsWith(ThoughtReader.Open, StringComparison.Ordinal);

    private static PromptSequence RawPrompt(ModelRuntime runtime, List<ChatMessage> conversation, int contextLength)
    {
        if (conversation is not [{ } message] || message.Role != ChatRole.User)
            throw new ChatRequestException($"A raw prompt is one user message, not {conversation.Count} messages.");
        // Whoever asks for raw mode writes the template himself, so special tokens count.
        List<PromptSegment> segments = [.. new PromptBuilder().Contents(message).Segments.Select(segment => segment is TextSegment text ? new TemplateSegment(text.Text) : segment)];
        return runtime.Tokenizer.Tokenize(segments, contextLength) switch
        {
            { Count: 0 } => throw new ChatRequestException("The prompt is empty."),
            { } prompt when prompt.Count < contextLength => prompt,
            var prompt => throw new ContextExceededException($"The prompt takes {prompt?.Count ?? contextLength} tokens or more, the context has {contextLength}.", prompt?.Count, contextLength),
        };
    }

    private static ChatResponseUpdate WithLogprobs(ChatResponseUpdate update, List<AnswerLogprobs> logprobs)
    {
        if (logprobs.Count > 0)
            update.AdditionalProperties = new() { [AnswerLogprobs.Key] = logprobs.ToArray() };
        logprobs.Clear();
        return update;
    }

    private static AnswerLogprobs ToLogprobs(LlamaVocab vocab, TokenLogprobs known)
    {
        return Of(known.Drawn) with { Top = [.. known.Top.Select(Of)] };

        AnswerLogprobs Of(TokenLogprob token)
        {
            var bytes = vocab.GetBytes(token.Token, special: true);
            return new() { Token = Encoding.UTF8.GetString(bytes), Bytes = bytes, Logprob = float.IsNegativeInfinity(token.Logprob) ? -9999 : token.Logprob };
        }
    }

    private static AnswerTimings ToTimings(GenerationRequest request, GenerationReport report) => new()
    {
        Vision = report.Vision,
        TowerRuns = report.TowerRuns,
        Images = request.Prompt.ImageCount,
        PromptEvaluation = report.PromptEvaluation,
        PromptTokens = request.Prompt.Count,
        CachedTokens = report.CachedTokens,
        Evaluation = report.Evaluation,
        AnswerTokens = report.AnswerTokens,
    };

    private static UsageDetails ToUsage(AnswerTimings timings) => new()
    {
        InputTokenCount = timings.PromptTokens,
        CachedInputTokenCount = timings.CachedTokens,
        OutputTokenCount = timings.AnswerTokens,
        TotalTokenCount = timings.PromptTokens + timings.AnswerTokens,
    };

    /// <summary>The tokens of an answer as it grows.</summary>
    private sealed class AnswerTokens(LlamaVocab vocab)
    {
        public List<int> Tokens { get; } = [];

        public StringBuilder Text { get; } = new();

        /// <summary>Those drawn; what ended at a stop sequence ends in the middle of them, so its text is tokenized again.</summary>
        public IEnumerable<int> Of(bool stopped) => stopped ? vocab.Tokenize(Text.ToString(), addSpecial: false, parseSpecial: false) : Tokens;
    }
}
