using Assistant.Training.Scenes;

namespace Assistant.Training.Tests.Scenes;

public class SceneCaptionTests
{
    private static readonly Scene Scene = new(400, 400, SceneColor.Yellow,
    [
        new(SceneShape.Circle, SceneColor.Red, SceneSize.Big, SceneCell.UpperLeft, 100, 100, 150, 0, 0),
        new(SceneKind.Named("dog"), null, null, SceneCell.UpperRight, 300, 110, 130, 0, 0),
        new(SceneShape.Circle, SceneColor.Blue, SceneSize.Small, SceneCell.LowerRight, 290, 300, 70, 0, 0),
    ]);

    private static readonly SceneFilter Circle = new(SceneShape.Circle), Dog = new(SceneKind.Named("dog"));

    public static TheoryData<string, bool, SceneFilter[], SceneColor?> Captions => new()
    {
        { "a circle", true, [Circle], null },
        { "a dog on a yellow background", true, [Dog], SceneColor.Yellow },
        { "a dog on a red background", false, [Dog], SceneColor.Red },
        { "a circle and a circle", true, [Circle, Circle], null },
        { "a dog and a dog", false, [Dog, Dog], null }, // there is only one
        { "a circle, a red circle and a dog", true, [Circle, Circle with { Color = SceneColor.Red }, Dog], null }, // the first circle must be the blue one
        { "a green circle", false, [Circle with { Color = SceneColor.Green }], null },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Captions))]
    public void ACaptionIsTrueWhereEachMentionHasAnObjectOfItsOwn(string text, bool isTrue, SceneFilter[] mentions, SceneColor? background)
    {
        var caption = new SceneCaption(mentions, background);
        Assert.Equal(text, caption.Text);
        Assert.Equal(isTrue, caption.IsTrueOf(Scene));
    }

    [Fact]
    public void DrawnCaptionsAreTrue_AndChangedOnesMostlyNot()
    {
        var scenes = new SceneGenerator(5, 0.3, SceneTiers.All);
        var (random, changed) = (new SceneRandom(3), 0);
        for (var i = 0UL; i < 500; i++)
        {
            var scene = scenes.Generate(i);
            var caption = SceneCaption.Of(scene, random);
            Assert.True(caption.IsTrueOf(scene));
            var worded = caption.Worded(random).Replace("plus sign", "cross", StringComparison.Ordinal).Replace("rhombus", "diamond", StringComparison.Ordinal)
                .Replace("plane", "airplane", StringComparison.Ordinal).Replace("bike", "bicycle", StringComparison.Ordinal);
            Assert.All(caption.Mentions.Where(mention => mention.Kind is not null), mention => Assert.Contains(mention.Kind!.Value.KeyWord, worded, StringComparison.OrdinalIgnoreCase));
            changed += caption.Changed(random).IsTrueOf(scene) ? 0 : 1;
        }
        Assert.InRange(changed, 400, 499);
    }
}
