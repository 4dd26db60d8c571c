using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Chat.Conversations;

/// <summary>Registers the conversations.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ImageStore"/>, <see cref="ConversationStore"/>, <see cref="AnswerService"/> and a <see cref="ConversationSession"/> per page.</summary>
    /// <param name="services">Must also have the models (<see cref="Models.IChatModels"/>).</param>
    /// <param name="dataDirectory">Where the database and the pictures are kept; created if it is not there.</param>
    public static IServiceCollection AddConversations(this IServiceCollection services, string dataDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ImageStore(Path.Combine(dataDirectory, "images")));
        services.AddSingleton(provider => new ConversationStore(
            Path.Combine(dataDirectory, "conversations.db"), provider.GetRequiredService<ImageStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AnswerService>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerService>());
        services.AddTransient<ConversationSession>();
        return services;
    }
}
