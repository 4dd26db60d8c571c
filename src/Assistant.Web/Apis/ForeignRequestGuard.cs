using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Assistant.Web.Apis;

/// <summary>
/// Refuses what a page of another site sends from the user's own browser: under a foreign host name (DNS rebinding),
/// or from a foreign origin. CORS alone would only hide the answer: bodies are read whatever their content type,
/// so a simple form post reaches the model without a preflight.
/// </summary>
internal sealed class ForeignRequestGuard(RequestDelegate next, Origins origins, IServer server)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!origins.IsLocalHost(request.Host.Host) && ListensOnLoopbackOnly())
            return RefuseAsync(context, $"host '{request.Host.Host}' is not allowed; \"{ApiOptions.Section}:{nameof(ApiOptions.AllowedHosts)}\" in appsettings.json names others");
        if (AssistantApis.IsApi(request.Path) && request.Headers.Origin is [{ Length: > 0 } origin] && !IsOwn(request, origin) && !origins.IsAllowed(origin))
            return RefuseAsync(context, $"origin '{origin}' is not allowed; \"{ApiOptions.Section}:{nameof(ApiOptions.AllowedOrigins)}\" in appsettings.json names others");
        return next(context);
    }

    private static bool IsOwn(HttpRequest request, string origin) =>
        origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, string message) =>
        new ErrorResult(new ApiError(StatusCodes.Status403Forbidden, message), ErrorShape.For(context.Request.Path)).ExecuteAsync(context);

    // Who listens on other addresses serves other machines, under names that only their network knows.
    private bool ListensOnLoopbackOnly()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses;
        return addresses is { Count: > 0 } && addresses.All(address => Origins.IsLoopback(BindingAddress.Parse(address).Host));
    }
}
