using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Assistant.Chat.Tools;

/// <summary>The stage of a chat pipeline that calls tools for the model and asks it again with their results.</summary>
/// <remarks>
/// Microsoft.Extensions.AI's <see cref="FunctionInvokingChatClient"/>, bound by options: rounds and errors in a row are limited, a tool that there is not is answered
/// with a result that says so, and the text of exceptions stays here. Calls of tools that are only declared, such as those of a program behind the HTTP protocols, pass through.
/// </remarks>
public static class ToolCallingStage
{
    /// <summary>Puts the stage before a model's client.</summary>
    /// <param name="client">The model's client; disposing the stage disposes it.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    public static IChatClient UseToolCalling(this IChatClient client, ToolsOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        return new FunctionInvokingChatClient(client, loggers)
        {
            MaximumIterationsPerRequest = options.MaxRounds,
            MaximumConsecutiveErrorsPerRequest = options.MaxConsecutiveErrors,
            AllowConcurrentInvocation = options.Parallel,
            IncludeDetailedErrors = options.ErrorDetails,
            TerminateOnUnknownCalls = false,
        };
    }
}
