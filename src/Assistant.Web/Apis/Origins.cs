using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Apis;

/// <summary>Which web pages may call the protocols, and under which names this machine may be called.</summary>
internal sealed class Origins(IOptions<ApiOptions> options)
{
    // Desktop shells and editors load their pages under these.
    private static readonly HashSet<string> localSchemes = new(StringComparer.OrdinalIgnoreCase) { "app", "file", "tauri", "vscode-webview", "vscode-file" };

    /// <summary>Whether pages of an origin may call the protocols: local ones and configured ones.</summary>
    /// <param name="origin">The Origin header, such as <c>http://localhost:3000</c>; <c>null</c> (a sandboxed page) is foreign.</param>
    public bool IsAllowed(string origin)
    {
        if (options.Value.AllowedOrigins.Any(allowed => allowed == "*" || string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase)))
            return true;
        var schemeEnd = origin.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd > 0 && localSchemes.Contains(origin[..schemeEnd]))
            return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && (uri.Host is "localhost" or "0.0.0.0" || IsLoopback(uri.Host));
    }

    /// <summary>Whether a Host header names this machine: a local name, or a loopback or private address.</summary>
    /// <param name="host">Without port.</param>
    public bool IsLocalHost(string host)
    {
        // An empty one comes from HTTP/1.0 clients, never from a browser.
        if (host.Length == 0 || options.Value.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
            return true;
        if (IPAddress.TryParse(host, out var address))
            return IPAddress.IsLoopback(address) || IsPrivate(address);
        string[] localSuffixes = [".localhost", ".local", ".internal"];
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
            || host.Equals(IPGlobalProperties.GetIPGlobalProperties().HostName, StringComparison.OrdinalIgnoreCase)
            || localSuffixes.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a host, as in a URL, is <c>localhost</c> or a loopback address.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // RFC 1918 and RFC 4193, link-local ones, and the unspecified address that some clients connect to.
    private static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal;
        var bytes = address.GetAddressBytes();
        return bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
    }
}
