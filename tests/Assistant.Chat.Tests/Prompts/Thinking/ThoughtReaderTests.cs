using Assistant.Chat.Prompts.Thinking;

namespace Assistant.Chat.Tests.Prompts.Thinking;

public class ThoughtReaderTests
{
    [Theory]
    [InlineData(false, "A dog.", "", "A dog.")]
    [InlineData(false, "  A dog.", "", "  A dog.")]
    [InlineData(false, "<think>\nLook: < and </thin >.\n\n</think>\n\nA <think> dog.</think>", "Look: < and </thin >.", "A <think> dog.</think>")]
    [InlineData(false, "\n<think></think>A dog.", "", "A dog.")]
    [InlineData(false, "<thinking>A dog.", "", "<thinking>A dog.")]
    [InlineData(false, "<thi", "", "<thi")]
    [InlineData(true, "Look.\n\nAgain.</think>\n\nA dog.", "Look.\n\nAgain.", "A dog.")]
    [InlineData(true, "\n</think>\nA dog.", "", "A dog.")]
    [InlineData(true, "Cut off </thi", "Cut off </thi", "")]
    [InlineData(true, "", "", "")]
    public void Thoughts_AreToldFromWords_HoweverTheTextComes(bool opened, string text, string thoughts, string words)
    {
        for (var size = 1; size <= Math.Max(1, text.Length); size++)
        {
            var reader = new ThoughtReader(opened);
            List<AnswerPiece> pieces = [.. text.Chunk(size).SelectMany(chunk => reader.Add(new string(chunk))), .. reader.Flush()];
            Assert.Equal(thoughts, string.Concat(pieces.Where(piece => piece.IsThought).Select(piece => piece.Text)));
            Assert.Equal(words, string.Concat(pieces.Where(piece => !piece.IsThought).Select(piece => piece.Text)));
            Assert.DoesNotContain(pieces, piece => piece.Text.Length == 0);
        }
    }

    [Fact]
    public void Words_ComeAtOnce_AndThoughtsDo()
    {
        var reader = new ThoughtReader(opened: false);
        Assert.Empty(reader.Add("<think>"));
        Assert.Equal([new AnswerPiece("Look", true)], reader.Add("\nLook "));
        Assert.Equal([new AnswerPiece(" again", true)], reader.Add("again"));
        Assert.Equal([new AnswerPiece("A", false)], reader.Add("</think> A"));
        Assert.Equal([new AnswerPiece(" dog", false)], reader.Add(" dog"));
    }
}
