using SceneExam.Pictures;

namespace SceneExam.Questions;

/// <summary>One question with its pictures; a follow-up has an earlier turn that the model answers for itself.</summary>
/// <param name="Id">Number within the exam.</param>
/// <param name="Family">Family of the description of the domain: 1-10.</param>
/// <param name="Turns">What the user says, in order.</param>
/// <param name="Expected">What the answer to the last turn must hold.</param>
/// <param name="Tier">Tier of its pictures: 1 has shapes, 2 things, 3 characters.</param>
internal sealed record ExamQuestion(int Id, int Family, IReadOnlyList<ExamTurn> Turns, Expectation Expected, int Tier = 1);

/// <summary>One turn of the user.</summary>
/// <param name="Text">The words.</param>
/// <param name="Picture">The picture that comes with them, if any.</param>
internal sealed record ExamTurn(string Text, Scene? Picture);
