using Microsoft.Extensions.Options;

namespace Assistant.Web.Hosting.Keys;

/// <summary>Who may use the server: key "ApiKeys" of appsettings.json, a list of texts; read at the start only.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>Name of the key.</summary>
    public const string Section = "ApiKeys";

    /// <summary>The keys.</summary>
    /// <value>The default is none: everybody who reaches the server may use it.</value>
    public IList<string> Keys { get; set; } = [];
}

/// <summary>Refuses keys that can be guessed.</summary>
internal sealed class ApiKeyOptionsValidator : IValidateOptions<ApiKeyOptions>
{
    private const int Shortest = 16;

    public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
    {
        var problems = options.Keys.Index().Where(key => key.Item.Length < Shortest || key.Item.Any(character => character is <= ' ' or > '~'))
            .Select(key => $"{ApiKeyOptions.Section}:{key.Index}: a key must have at least {Shortest} characters of ASCII without spaces").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}

/// <summary>Asks for keys where they are configured.</summary>
internal static class ApiKeys
{
    /// <summary>Adds the options.</summary>
    public static IServiceCollection AddApiKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiKeyOptions>().Configure(keys => keys.Keys = configuration.GetSection(ApiKeyOptions.Section) switch
        {
            { Value: { Length: > 0 } one } => [one], // bound as a list, a text in its place would be no key at all
            var list => list.Get<string[]>() ?? [],
        }).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<ApiKeyOptions>, ApiKeyOptionsValidator>();
    }

    /// <summary>Refuses who has none.</summary>
    public static void UseApiKeys(this WebApplication application) => application.UseMiddleware<ApiKeyGuard>();
}
