namespace Assistant.Web.Hosting;

/// <summary>Where appsettings.json and wwwroot are: beside a published program, at the repository's root for one that was built in it.</summary>
internal static class ContentRoot
{
    /// <summary>The nearest folder, from <paramref name="start"/> upwards, that holds both.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "appsettings.json")) && Directory.Exists(Path.Combine(folder.FullName, "wwwroot")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No folder from {start} upwards holds both appsettings.json and wwwroot; run the program from its repository or from its published folder.");
    }
}
