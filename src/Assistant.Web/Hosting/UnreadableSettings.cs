using Assistant.Chat.Models;
using Microsoft.Extensions.Configuration.Json;

namespace Assistant.Web.Hosting;

/// <summary>Notices when appsettings.json is changed to something that is no JSON: the framework would say so to nobody.</summary>
internal static class UnreadableSettings
{
    /// <summary>Tells whoever follows the models' configuration; what was in force stays.</summary>
    public static void ReportUnreadableSettings(this WebApplication application)
    {
        if (application.Services.GetService<ModelsMonitor>() is not { } monitor)
            return;
        foreach (var source in ((IConfigurationBuilder)application.Configuration).Sources.OfType<JsonConfigurationSource>())
            source.OnLoadException = failure => monitor.Refuse($"{Path.GetFileName(failure.Provider.Source.Path)}: {failure.Exception.GetBaseException().Message}");
    }
}
