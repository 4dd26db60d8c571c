using System.Runtime.InteropServices;

namespace Assistant.Vision.Imaging.Native;

/// <summary>The declarations of libvips and GLib that decoding and encoding need, as in <c>vips.h</c> and <c>glib.h</c>.</summary>
/// <remarks>The variadic functions are declared with the terminating NULL as their last, only variable argument; options travel in the option string, so that no double ever has to pass through <c>...</c>.</remarks>
internal static partial class VipsNative
{
    static VipsNative() => VipsLibrary.RegisterResolver();

    [LibraryImport(VipsLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_init(string argv0);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial int vips_version(int flag);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial void vips_concurrency_set(int concurrency);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial void vips_cache_set_max(int max);

    [LibraryImport(VipsLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void vips_operation_block_set(string name, int state);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial nint vips_error_buffer_copy();

    [LibraryImport(VipsLibrary.Name)]
    internal static partial void vips_error_clear();

    [LibraryImport(VipsLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial SafeVipsImageHandle vips_image_new_from_buffer(byte* buf, nuint len, string option_string, nint end);

    [LibraryImport(VipsLibrary.Name)]
    internal static unsafe partial SafeVipsImageHandle vips_image_new_from_memory(byte* data, nuint size, int width, int height, int bands, VipsBandFormat format);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial int vips_image_get_width(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial int vips_image_get_height(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial int vips_image_get_bands(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial VipsBandFormat vips_image_get_format(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial VipsInterpretation vips_image_get_interpretation(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial int vips_image_get_orientation(SafeVipsImageHandle image);

    [LibraryImport(VipsLibrary.Name)]
    internal static unsafe partial byte* vips_image_write_to_memory(SafeVipsImageHandle image, out nuint size);

    [LibraryImport(VipsLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int vips_image_write_to_buffer(SafeVipsImageHandle image, string suffix, out byte* buf, out nuint size, nint end);

    [LibraryImport(VipsLibrary.Name)]
    internal static partial void g_object_unref(nint instance);

    [LibraryImport(VipsLibrary.Name)]
    internal static unsafe partial void g_free(void* memory);

    [LibraryImport(VipsLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int g_setenv(string variable, string value, int overwrite);
}

/// <summary><c>VipsBandFormat</c>: the two sample types that the allowed loaders deliver.</summary>
internal enum VipsBandFormat
{
    UChar = 0,
    UShort = 2,
}

/// <summary><c>VipsInterpretation</c>: only what decides how samples become RGB.</summary>
internal enum VipsInterpretation
{
    BlackAndWhite = 1,
    Cmyk = 15,
    Srgb = 22,
    Rgb16 = 25,
    Grey16 = 26,
}

/// <summary>One reference to a <c>VipsImage</c>.</summary>
internal sealed class SafeVipsImageHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        VipsNative.g_object_unref(handle);
        return true;
    }
}
