using System.Formats.Cbor;

namespace Tomada.Primitives.Encoding;

/// <summary>
/// Keeps one reader and one writer for the next use: their stacks and buffers are most of what
/// coding a small record would allocate. One of each per thread, so that callers share nothing; a
/// nested use finds none and makes its own.
/// </summary>
internal static class CborScratch
{
    /// <summary>A writer that grew beyond this is let go of, with its buffer.</summary>
    private const int KeptBytesMax = 64 * 1024;

    [ThreadStatic]
    private static CborWriter? t_writer;

    [ThreadStatic]
    private static CborReader? t_reader;

    /// <summary>An empty canonical writer.</summary>
    public static CborWriter TakeWriter()
    {
        CborWriter writer = t_writer ?? new CborWriter(CborConformanceMode.Canonical);
        t_writer = null;
        writer.Reset();
        return writer;
    }

    /// <summary>Gives back a writer whose bytes were taken.</summary>
    public static void Return(CborWriter writer)
    {
        if (writer.BytesWritten <= KeptBytesMax)
        {
            t_writer = writer;
        }
    }

    /// <summary>A canonical reader at the beginning of the bytes.</summary>
    public static CborReader TakeReader(ReadOnlyMemory<byte> bytes)
    {
        if (t_reader is not { } reader)
        {
            return new CborReader(bytes, CborConformanceMode.Canonical);
        }

        t_reader = null;
        reader.Reset(bytes);
        return reader;
    }

    /// <summary>Gives back a reader; it holds on to no bytes.</summary>
    public static void Return(CborReader reader)
    {
        reader.Reset(default);
        t_reader = reader;
    }
}
