using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public sealed class QueryTargetsTests
{
    private static readonly SceneObject RedCircle = new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 60, 60, 70, 0, 1);
    private static readonly SceneObject BlueStar = new(SceneShape.Star, SceneColor.Blue, SceneSize.Small, SceneCell.LowerRight, 180, 180, 40, 0, 2);
    private static readonly SceneObject RedStar = new(SceneShape.Star, SceneColor.Red, SceneSize.Small, SceneCell.UpperRight, 180, 60, 40, 0, 3);
    private static readonly Scene Scene = new(240, 240, SceneColor.White, [RedCircle, RedStar, BlueStar]);

    [Fact]
    public void AQuestionAboutOneObjectLooksAtIt() =>
        Assert.Equal([RedCircle], QueryTargets.Of(new SceneQuery.ColorOf(new SceneFilter(SceneShape.Circle)), Scene).First);

    [Fact]
    public void CountingLooksAtAllThatFit() =>
        Assert.Equal([RedStar, BlueStar], QueryTargets.Of(new SceneQuery.Count(new SceneFilter(SceneShape.Star)), Scene).First);

    [Fact]
    public void WhatIsNotThereIsLookedForNowhere() =>
        Assert.Empty(QueryTargets.Of(new SceneQuery.Exists(new SceneFilter(SceneShape.Heart)), Scene).First);

    [Fact]
    public void ACornerIsWhatLiesInIt() =>
        Assert.Equal([BlueStar], QueryTargets.Of(new SceneQuery.At(SceneCell.LowerRight), Scene).First);

    [Fact]
    public void ItsColourIsThatOfWhatLiesThere() =>
        Assert.Equal([RedStar], QueryTargets.Of(new SceneQuery.ColorAt(SceneCell.UpperRight), Scene).First);

    [Fact]
    public void AComparisonLooksAtBothSeparately()
    {
        var targets = QueryTargets.Of(new SceneQuery.Side(new SceneFilter(SceneShape.Circle), new SceneFilter(SceneShape.Star, SceneColor.Blue), Horizontal: true), Scene);
        Assert.Equal([RedCircle], targets.First);
        Assert.Equal([BlueStar], targets.Second);
    }

    [Fact]
    public void ADescriptionLooksEverywhere() => Assert.Empty(QueryTargets.Of(new SceneQuery.Describe(), Scene).First);
}
