using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Names for objects that fit one object alone.</summary>
internal static class Reference
{
    /// <summary>"star" where there is one star, "red star" where the colour decides; null where neither does.</summary>
    public static string? To(SceneObject thing, Scene scene)
    {
        if (scene.Objects.Count(o => o.Shape == thing.Shape) == 1)
            return Words.Noun(thing.Shape);
        return scene.Objects.Count(o => o.Shape == thing.Shape && o.Hue == thing.Hue) == 1
            ? $"{Words.Color(thing.Hue)} {Words.Noun(thing.Shape)}"
            : null;
    }

    /// <summary>The objects that have such a name.</summary>
    public static SceneObject[] Nameable(Scene scene) => [.. scene.Objects.Where(o => To(o, scene) is not null)];
}
