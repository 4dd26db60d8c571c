using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Names for objects that fit one object alone.</summary>
internal static class Reference
{
    /// <summary>"star" where there is one star, "red star" where the colour decides; null where neither does.</summary>
    public static string? To(SceneObject thing, Scene scene)
    {
        if (scene.Objects.Count(o => o.Kind == thing.Kind) == 1)
            return Words.Noun(thing.Kind);
        return thing.Hue is { } hue && scene.Objects.Count(o => o.Kind == thing.Kind && o.Hue == hue) == 1
            ? $"{Words.Color(hue)} {Words.Noun(thing.Kind)}"
            : null;
    }

    /// <summary>The objects that have such a name.</summary>
    public static SceneObject[] Nameable(Scene scene) => [.. scene.Objects.Where(o => To(o, scene) is not null)];

    /// <summary>Two of them, in any order.</summary>
    public static (SceneObject, SceneObject)? Two(Scene scene, Random random)
    {
        var nameable = Nameable(scene);
        random.Shuffle(nameable);
        return nameable.Length < 2 ? null : (nameable[0], nameable[1]);
    }
}
