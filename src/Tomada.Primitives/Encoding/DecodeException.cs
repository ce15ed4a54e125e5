using System.Formats.Cbor;

namespace Tomada.Primitives.Encoding;

/// <summary>
/// Carries a refusal from the depth of a decoder to its border, collecting the path on the way up.
/// It never leaves <see cref="Codec{T}.TryDecode"/> or <see cref="Codec{T}.TryReadJson"/>.
/// </summary>
public sealed class DecodeException : Exception
{
    private readonly string _what;

    public DecodeException()
        : this("is malformed")
    {
    }

    public DecodeException(string message)
        : this(message, string.Empty)
    {
    }

    public DecodeException(string message, Exception innerException)
        : base(message, innerException)
    {
        _what = message;
        Path = string.Empty;
    }

    private DecodeException(string what, string path)
        : base(path.Length == 0 ? what : $"{path}: {what}")
    {
        _what = what;
        Path = path;
    }

    /// <summary>
    /// Where in the record, for example <c>legs[2].energyWh</c>; empty at its root.
    /// </summary>
    public string Path { get; }

    /// <summary>Whether a decoder's exception says that its input is wrong.</summary>
    internal static bool IsRefusal(Exception exception) => exception
        is DecodeException or CborContentException or InvalidOperationException
        or OverflowException or FormatException;

    /// <summary>
    /// The refusal itself, or for a reader's own exception what is allowed instead.
    /// </summary>
    internal static DecodeException From(Exception exception, string allowed) =>
        exception as DecodeException ?? new DecodeException($"is not {allowed}");

    /// <summary>The same refusal seen from one level further out.</summary>
    public DecodeException Within(string step)
    {
        string separator = Path.Length == 0 || Path[0] == '[' ? string.Empty : ".";
        return new DecodeException(_what, step + separator + Path);
    }
}
