using Assistant.Vision.Imaging;
using SceneExam.Questions;

namespace SceneExam.ZeroShot;

/// <summary>A picture of one object and what it shows.</summary>
/// <param name="Label">A thing ("dog"), or a shape with its colour ("red circle").</param>
/// <param name="Picture">The picture, 160 to 640 pixels a side.</param>
public sealed record LabelledPicture(string Label, RgbImage Picture)
{
    /// <summary>The label with its article: "a dog", "an orange ring", "grapes".</summary>
    public string Caption => Words.A(Label);
}
