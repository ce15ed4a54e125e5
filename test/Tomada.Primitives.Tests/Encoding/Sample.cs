using System.Collections.Immutable;
using CsCheck;
using Tomada.Primitives.Encoding;

namespace Tomada.Primitives.Tests;

/// <summary>How a plug's state is spelled, to try enum codecs.</summary>
public enum PlugState
{
    Free = 1,
    OutOfOrder = 2,
    IEC_62196_T2 = 7,
}

/// <summary>A part of <see cref="Sample"/>.</summary>
public sealed record Plug(string Name, long PowerW, PlugState State)
{
    public static Codec<Plug> Codec { get; } = RecordCodec<Plug>.Part()
        .Field(1, "name", plug => plug.Name, Codecs.Text(1, 10))
        .Field(2, "powerW", plug => plug.PowerW, Codecs.Long(1, 1_000_000))
        .Field(3, "state", plug => plug.State, Codecs.Enum<PlugState>());

    public static Gen<Plug> Gen { get; } = CsCheck.Gen.Select(
        CsCheck.Gen.Char.AlphaNumeric.Array[1, 10].Select(chars => new string(chars)),
        CsCheck.Gen.Long[1, 1_000_000],
        CsCheck.Gen.Int[0, 2].Select(i => System.Enum.GetValues<PlugState>()[i]),
        (name, power, state) => new Plug(name, power, state));
}

/// <summary>A record with a field of every kind.</summary>
public sealed record Sample(
    bool Yes, ImmutableArray<Plug> Plugs, Digest Hash, string? Note, Timestamp? At, Shape Shape)
{
    public static Codec<Sample> Codec { get; } = RecordCodec<Sample>.Versioned(1)
        .Field(1, "yes", sample => sample.Yes, Codecs.Bool)
        .Field(2, "plugs", sample => sample.Plugs, Codecs.List(Plug.Codec, 0, 3))
        .Field(3, "hash", sample => sample.Hash, Digest.Codec)
        .Optional(4, "note", sample => sample.Note, Codecs.Text(0, 20))
        .OptionalValue(6, "at", sample => sample.At, Timestamp.Codec)
        .Field(7, "shape", sample => sample.Shape, Shape.Codec);

    private static readonly string?[] s_notes =
        [null, "", "olá, João", "\U0001F50C\U0001F697", "日本"];

    public static Gen<Sample> Gen { get; } = CsCheck.Gen.Select(
        CsCheck.Gen.Bool,
        Plug.Gen.Array[0, 3],
        CsCheck.Gen.Byte.Array[32],
        CsCheck.Gen.Int[0, 4].Select(i => s_notes[i]),
        CsCheck.Gen.Long[-1, 253_402_300_799_999],
        Shape.Gen,
        (yes, plugs, hash, note, at, shape) => new Sample(
            yes, [.. plugs], new Digest(hash), note, at < 0 ? null : new Timestamp(at), shape));
}

/// <summary>A closed choice, to try union codecs.</summary>
public abstract record Shape
{
    private Shape()
    {
    }

    public static UnionCodec<Shape> Codec { get; } = new UnionCodec<Shape>()
        .Case(1, RecordCodec<Circle>.Part()
            .Field(1, "radius", circle => circle.Radius, Codecs.Int(1, 100)))
        .Case(3, RecordCodec<Bar>.Part()
            .Field(1, "bytes", bar => System.Convert.FromHexString(bar.Hex), Codecs.Bytes(0, 4)));

    public static Gen<Shape> Gen { get; } = CsCheck.Gen.OneOf<Shape>(
        CsCheck.Gen.Int[1, 100].Select(radius => (Shape)new Circle(radius)),
        CsCheck.Gen.Byte.Array[0, 4].Select(
            bytes => (Shape)new Bar(System.Convert.ToHexString(bytes))));

    public sealed record Circle(int Radius) : Shape;

    public sealed record Bar(string Hex) : Shape
    {
        public Bar(byte[] bytes)
            : this(System.Convert.ToHexString(bytes))
        {
        }
    }
}
