using System.Globalization;
using Assistant.Chat.Models;
using LlamaCpp;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Prompts;

/// <summary>A conversation as token ids: what Ollama's <c>/api/generate</c> hands out with an answer and takes back with the next prompt.</summary>
/// <remarks>Ids stand for text alone. A prompt with pictures therefore has no such form: its answer hands out none.</remarks>
public static class TokenContext
{
    /// <summary>Additional property: in a request, an <see cref="IReadOnlyList{T}"/> of token ids to go on from; in the last update, an array of those so far.</summary>
    public const string Key = "context";

    /// <summary>Additional property of a request that asks for them: true.</summary>
    public const string Request = "return_context";

    /// <summary>What a request goes on from; null for a new conversation.</summary>
    internal static IReadOnlyList<int>? Of(ChatOptions? options) => options?.AdditionalProperties?.GetValueOrDefault(Key) as IReadOnlyList<int>;

    /// <summary>The prompt that goes on after an earlier answer.</summary>
    /// <param name="context">The conversation up to the end of that answer.</param>
    /// <param name="messages">What is new.</param>
    /// <param name="template">The model's template.</param>
    /// <param name="thinking">Whether the model is to think; null leaves it to the template.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="vocab">The model's vocabulary.</param>
    /// <param name="contextLength">Positions that there are.</param>
    /// <exception cref="ChatRequestException">An id is no token, the template cannot go on with these messages, or it all does not fit.</exception>
    internal static PromptSequence Continue(
        IReadOnlyList<int> context, IReadOnlyList<ChatMessage> messages, ChatTemplate template, bool? thinking, PromptTokenizer tokenizer, LlamaVocab vocab, int contextLength)
    {
        Check(context, vocab, Key);
        var prompt = context.Count < contextLength ? tokenizer.Tokenize(AfterAnswer(template, messages, thinking), contextLength, context) : null;
        return prompt is not null && prompt.Count < contextLength
            ? prompt
            : throw new ContextExceededException(
                $"The context of {context.Count} tokens and the new prompt take {(prompt is null ? $"more than {contextLength}" : $"{prompt.Count}")} tokens, the model has {contextLength}.", prompt?.Count, contextLength);
    }

    /// <summary>Refuses ids that are no tokens.</summary>
    /// <exception cref="ChatRequestException">There is one, which is named.</exception>
    internal static void Check(IReadOnlyList<int> tokens, LlamaVocab vocab, string field)
    {
        foreach (var (index, token) in tokens.Index())
        {
            if (token < 0 || token >= vocab.Count)
                throw new ChatRequestException($"Entry {index + 1} of {field} is {token.ToString(CultureInfo.InvariantCulture)}, which is no token of this model; there are 0 to {vocab.Count - 1}.");
        }
    }

    /// <summary>The conversation with its answer; null where the prompt holds pictures.</summary>
    internal static int[]? After(PromptSequence prompt, IEnumerable<int> answer) =>
        prompt.ImageCount > 0 ? null : [.. prompt.Keys.Select(key => key.Value), .. answer];

    /// <summary>What a template writes from the end of an answer on: the answer's end, and the messages that follow it.</summary>
    /// <remarks>Found by rendering a conversation whose answer is a mark that no message can hold.</remarks>
    private static IReadOnlyList<PromptSegment> AfterAnswer(ChatTemplate template, IReadOnlyList<ChatMessage> messages, bool? thinking)
    {
        var mark = $"answer-{Guid.NewGuid():N}";
        IReadOnlyList<ChatMessage> whole = [new(ChatRole.User, "question"), new(ChatRole.Assistant, mark), .. messages];
        var prompt = new PromptBuilder();
        var found = false;
        foreach (var segment in template.Render(template.JoinsTurns ? ChatTemplate.JoinTurns(whole) : whole, thinking: thinking))
        {
            if (found)
                prompt.Add([segment]);
            else if (segment is TextSegment text && text.Text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var start)
            {
                found = true;
                prompt.Text(text.Text[(start + mark.Length)..]);
            }
        }
        if (!found)
            throw new ChatRequestException("The model's chat template leaves earlier answers out, so that no context can be gone on from; /api/chat takes a conversation's messages.");
        var written = string.Concat(prompt.Segments.OfType<TextSegment>().Select(text => text.Text));
        if (messages.Any(message => message.Role == ChatRole.System && !written.Contains(message.Text.Trim(), StringComparison.Ordinal)))
            throw new ChatRequestException("The model's chat template has a place for a system message at the beginning alone, which the context is: leave the system message out.");
        return prompt.Segments;
    }
}
