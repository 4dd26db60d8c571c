using Assistant.Vision.Imaging;
using Microsoft.Extensions.AI;

namespace Assistant.Chat.Tools.Vision;

/// <summary>The pictures of a conversation in the order in which they came, numbered from 1; decoded when a tool looks at one.</summary>
internal sealed class ConversationPictures(IEnumerable<ChatMessage> messages)
{
    private readonly List<DataContent> pictures = [.. messages.SelectMany(message => message.Contents).OfType<DataContent>().Where(data => data.HasTopLevelMediaType("image"))];

    public int Count => pictures.Count;

    /// <summary>A picture.</summary>
    /// <exception cref="ToolArgumentException">There is none of this number.</exception>
    /// <exception cref="ImageDecodeException">Its data cannot be read.</exception>
    public RgbImage Get(int number) => number >= 1 && number <= Count
        ? ImageDecoder.Decode(pictures[number - 1].Data.Span)
        : throw new ToolArgumentException(Count == 1 ? $"there is no picture {number}, only picture 1" : $"there is no picture {number}; there are 1 to {Count}");
}
