using System.Buffers.Binary;
using System.Text;
using Assistant.Vision.Weights;

namespace Assistant.Vision.Tests.Weights;

public class WeightFileTests
{
    [Fact]
    public void SafetensorsHeader_WhoseLengthBeginsLikeAPickle_IsRead()
    {
        const int Length = 0x0280; // stored as 80 02: also how a pickle of protocol 2 begins
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var bytes = new byte[8 + Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Length);
        bytes.AsSpan(8, Length).Fill((byte)' ');
        Encoding.ASCII.GetBytes("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""").CopyTo(bytes, 8);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + Length), 2.5f);
        try
        {
            File.WriteAllBytes(path, bytes);
            using var file = WeightFile.Open(path);
            Assert.Equal([1], file.Get("x").Shape);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
