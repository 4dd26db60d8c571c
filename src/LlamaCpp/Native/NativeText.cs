using System.Text;

namespace LlamaCpp.Native;

/// <summary>Reads text from functions that write up to a buffer's size and return the full length, as <c>snprintf</c> does.</summary>
internal static unsafe class NativeText
{
    internal delegate int Writer(byte* buffer, nuint size);

    internal static string Read(Writer write)
    {
        var buffer = new byte[256];
        for (; ; )
        {
            int length;
            fixed (byte* p = buffer)
                length = write(p, (nuint)buffer.Length);
            if (length < 0)
                return "";
            if (length < buffer.Length)
                return Encoding.UTF8.GetString(buffer, 0, length);
            buffer = new byte[length + 1]; // the terminating NUL takes one
        }
    }
}
