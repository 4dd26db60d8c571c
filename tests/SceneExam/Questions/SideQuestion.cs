using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>Family 6, of every tier: where objects lie, as seen from one another.</summary>
internal static class SideQuestion
{
    /// <summary>Left or right, above or below: asked of two objects whose quarters differ so.</summary>
    public static (string, Expectation)? OnWhichSide(Scene scene, Random random)
    {
        if (Reference.Two(scene, random) is not var (a, b))
            return null;
        var (first, second) = (Reference.To(a, scene)!, Reference.To(b, scene)!);
        if (a.IsLeft != b.IsLeft && (a.IsUpper == b.IsUpper || random.Next(2) == 0))
            return (Phrasing.Say(random, Phrasing.LeftOrRight, first, second), new SideExpected(a.IsLeft ? Side.Left : Side.Right));
        return a.IsUpper != b.IsUpper
            ? (Phrasing.Say(random, Phrasing.AboveOrBelow, first, second), new SideExpected(a.IsUpper ? Side.Above : Side.Below))
            : null;
    }

    /// <summary>Asked where one object alone lies in that direction.</summary>
    public static (string, Expectation)? WhatIsBeside(Scene scene, Random random)
    {
        var nameable = Reference.Nameable(scene);
        if (nameable.Length == 0)
            return null;
        var anchor = Any(random, nameable);
        var side = Any(random, Enum.GetValues<Side>());
        var there = scene.Objects.Where(o => side switch
        {
            Side.Left => o.IsLeft && !anchor.IsLeft,
            Side.Right => !o.IsLeft && anchor.IsLeft,
            Side.Above => o.IsUpper && !anchor.IsUpper,
            _ => !o.IsUpper && anchor.IsUpper,
        }).ToArray();
        if (there is not [var found])
            return null;
        var where = side switch { Side.Left => "to the left of", Side.Right => "to the right of", Side.Above => "above", _ => "below" };
        return (Phrasing.Say(random, Phrasing.WhatIsAt, where, Reference.To(anchor, scene)!), new ObjectExpected(Described.Of(found), ColorNeeded: found.Kind == anchor.Kind));
    }

    private static T Any<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
