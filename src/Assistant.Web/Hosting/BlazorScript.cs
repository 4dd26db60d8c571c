namespace Assistant.Web.Hosting;

/// <summary>Serves Blazor's browser script, which the build embeds in this assembly (build/BlazorScript.targets).</summary>
internal static class BlazorScript
{
    private const string Name = "_framework/blazor.web.js";

    /// <summary>Maps the script; a build with <c>UseAspNetWebAssets</c> has it among the static files, and nothing is mapped.</summary>
    public static void MapBlazorScript(this IEndpointRouteBuilder routes)
    {
        var assembly = typeof(BlazorScript).Assembly;
        if (assembly.GetManifestResourceInfo(Name) is null)
            return;
        var tag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{assembly.ManifestModule.ModuleVersionId:N}\"");
        routes.MapGet("/" + Name, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache"; // asked for anew each time, answered 304 while the program is the same
            return TypedResults.Stream(assembly.GetManifestResourceStream(Name)!, "text/javascript", entityTag: tag);
        });
    }
}
