namespace SceneExam;

/// <summary>Where the bundled models lie.</summary>
public static class Repository
{
    /// <summary>The folder above this program that holds appsettings.json.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string Root
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "appsettings.json")))
                    return folder.FullName;
            }
            throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds appsettings.json; name the model's files or its settings.");
        }
    }
}
