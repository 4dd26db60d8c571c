using Assistant.Chat.Models;
using Assistant.Chat.Models.Library;

namespace Assistant.Chat.Tests.Models.Library;

public class KnownModelsTests
{
    [Fact]
    public void TheCatalog_NamesBundledFilesThatAreThere_AndSourcesThatCanBePulled()
    {
        var root = FindRoot();
        var known = KnownModels.Read(Path.Combine(root, "models", "catalog.json"));

        Assert.Contains(known, model => model.Name == "pocket");
        Assert.Equal(known.Count, known.Select(model => model.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(known, model => Assert.NotEqual("", model.Description));
        Assert.All(known.Where(model => model.IsBundled).SelectMany(model => model.Files), file => Assert.True(Path.Exists(Path.Combine(root, file.Name)), file.Name));
        Assert.All(known.Where(model => !model.IsBundled), model => Assert.True(PullReference.Parse(model.Source, "registry.ollama.ai").IsHuggingFace));
    }

    [Fact]
    public void BrokenCatalog_IsOneSentence()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "{");
        Assert.StartsWith($"The list of known models, {path}, cannot be read: ", Assert.Throws<ModelLoadException>(() => KnownModels.Read(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Empty(KnownModels.Read(path));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Assistant.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("Assistant.sln is in no folder above the tests.");
    }
}
