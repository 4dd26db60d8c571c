using Assistant.Vision.Imaging;

namespace Assistant.Vision.Pipelines;

/// <summary>A class and how sure the network is of it.</summary>
/// <param name="Index">Number of the class.</param>
/// <param name="Label">Its name.</param>
/// <param name="Score">Its probability, 0 to 1.</param>
public sealed record Classification(int Index, string Label, float Score);

/// <summary>A label and how well a picture fits it.</summary>
/// <param name="Index">Place of the label among those asked for.</param>
/// <param name="Label">The label.</param>
/// <param name="Score">Probability, 0 to 1: over all labels they sum to 1, or each stands for itself (<see cref="ZeroShotOptions.MultiLabel"/>).</param>
/// <param name="Cosine">Cosine of the picture's embedding with the label's, -1 to 1.</param>
public sealed record ZeroShotScore(int Index, string Label, float Score, float Cosine);

/// <summary>A caption.</summary>
/// <param name="Text">The text, its prefix included.</param>
/// <param name="Score">Sum of the new tokens' log-probabilities divided by their number to the length penalty's power: at most 0, comparable among the captions of one picture.</param>
/// <param name="Tokens">The new tokens, the end token included if there is one.</param>
public sealed record ImageCaption(string Text, double Score, IReadOnlyList<long> Tokens);

/// <summary>A picture and a question about it.</summary>
/// <param name="Image">An upright picture of any size.</param>
/// <param name="Question">The question.</param>
public sealed record VisualQuestion(RgbImage Image, string Question);

/// <summary>An answer.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Score">From a list of answers (ViLT): its probability, 0 to 1. Written (BLIP, BLIP-2): the score of <see cref="ImageCaption.Score"/>.</param>
public sealed record VisualAnswer(string Text, double Score);

/// <summary>Whether a text fits a picture.</summary>
/// <param name="Probability">That it does, 0 to 1, after reading both together (ITM).</param>
/// <param name="Cosine">Of their embeddings, -1 to 1, made apart from each other (ITC).</param>
public sealed record ImageTextMatch(float Probability, float Cosine);

/// <summary>Where texts stand that are being written.</summary>
/// <param name="Step">Number of the step, from 0: each adds a token.</param>
/// <param name="Items">Which pictures or questions of the call these are.</param>
/// <param name="Texts">Their texts so far. In a beam search the best running beam's, which a later step can replace; a finished text stays as it was.</param>
public sealed record GenerationProgress(int Step, IReadOnlyList<int> Items, IReadOnlyList<string> Texts);
