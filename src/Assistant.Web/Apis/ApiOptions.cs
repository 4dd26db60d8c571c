using System.ComponentModel.DataAnnotations;

namespace Assistant.Web.Apis;

/// <summary>What the HTTP protocols accept: section "Apis" of appsettings.json.</summary>
internal sealed class ApiOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Apis";

    /// <summary>Largest request body, in MiB. A photo of 10 MB is 13.3 MB in base64, and a request may hold several.</summary>
    /// <value>The default is 64.</value>
    [Range(1, 2047)]
    public int MaxRequestBodyMegabytes { get; set; } = 64;

    /// <summary>Origins whose pages may call the protocols, such as <c>https://chat.example.org</c>, besides local ones; <c>*</c> allows all.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Host names that requests may carry while the server listens on loopback only, besides local ones.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary><see cref="MaxRequestBodyMegabytes"/> in bytes.</summary>
    public long MaxRequestBodyBytes => MaxRequestBodyMegabytes * 1024L * 1024L;
}
