using Assistant.Chat.Tests;

namespace Assistant.Web.Tests.Apis;

/// <summary>Tests of one server over tiny models in this process.</summary>
/// <param name="configure">Adds to the settings of <see cref="TinyChat"/>.</param>
public abstract class LocalApiTests(Action<Dictionary<string, string?>> configure) : IAsyncLifetime
{
    private readonly TinyChat chat = new(configure);
    private ApiHost? host;

    private protected TinyChat Chat => chat;

    private protected ApiHost Host => host!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync(chat.Catalog);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
        chat.Dispose();
    }
}
