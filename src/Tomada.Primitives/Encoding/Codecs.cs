using System.Collections.Immutable;

namespace Tomada.Primitives.Encoding;

/// <summary>The codecs that all others are made of. Every one states its range.</summary>
public static class Codecs
{
    /// <summary>True or false.</summary>
    public static Codec<bool> Bool { get; } = new BoolCodec();

    /// <summary>An integer within a range, both ends included.</summary>
    public static Codec<long> Long(long min, long max) => new Int64Codec(min, max);

    /// <summary>An integer within a range, both ends included.</summary>
    public static Codec<int> Int(int min, int max) =>
        Long(min, max).Convert(value => (int)value, value => value);

    /// <summary>UTF-8 text of at most so many bytes, without control characters.</summary>
    public static Codec<string> Text(int minBytes, int maxBytes) =>
        new TextCodec(minBytes, maxBytes);

    /// <summary>A byte string of a bounded length; in JSON, lower-case hexadecimal.</summary>
    public static Codec<byte[]> Bytes(int min, int max) => new BytesCodec(min, max);

    /// <summary>A list of a bounded number of items.</summary>
    public static Codec<ImmutableArray<T>> List<T>(Codec<T> item, int min, int max) =>
        new ListCodec<T>(item, min, max);

    /// <summary>
    /// A named value: an integer in CBOR, its UPPER_SNAKE name in JSON (as OCPI writes enums).
    /// </summary>
    public static Codec<T> Enum<T>()
        where T : struct, Enum => Enum<T>(value => EnumNames.UpperSnake(value.ToString()));

    /// <summary>A named value whose names in JSON are not those of C#.</summary>
    /// <param name="name">The name of each value; distinct.</param>
    public static Codec<T> Enum<T>(Func<T, string> name)
        where T : struct, Enum => new EnumCodec<T>(name);
}
