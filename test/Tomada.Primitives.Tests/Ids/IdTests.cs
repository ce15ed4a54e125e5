using CsCheck;
using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Primitives.Tests;

public class IdTests
{
    private const string Trip = "00000000000000000000000000000000000000000000000000000000000000ab";

    private static readonly Gen<string> s_name =
        Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['0', '9'], Gen.Const('-')).Array[1, 40]
            .Select(chars => new string(chars));

    private static readonly Gen<EvseId> s_evse = Gen.Select(
        Gen.Char['a', 'c'], Gen.Char['0', '3'], s_name,
        (country, party, name) => EvseId.Parse($"b{country}-a{party}z/{name}"));

    [Theory]
    [InlineData("br-abc", true)]
    [InlineData("br-a1z", true)]
    [InlineData("br-123", true)]
    [InlineData("BR-abc", false)]
    [InlineData("br-ABC", false)]
    [InlineData("b1-abc", false)]
    [InlineData("br-ab", false)]
    [InlineData("br-abcd", false)]
    [InlineData("br_abc", false)]
    [InlineData("br--bc", false)]
    [InlineData("br-ab-", false)]
    [InlineData(" br-abc", false)]
    [InlineData("br-ab\u0661", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_company_has_one_spelling(string? text, bool isCompany)
    {
        Assert.Equal(isCompany, CompanyId.TryParse(text, out CompanyId company));
        Assert.Equal(isCompany ? text : string.Empty, company.Value);
    }

    [Fact]
    public void A_company_is_an_ocpi_party()
    {
        CompanyId company = CompanyId.Parse("br-a1z");
        Assert.Equal(("BR", "A1Z"), (company.CountryCode, company.PartyId));
    }

    [Theory]
    [InlineData("br-abc/a", true)]
    [InlineData("br-abc/a-1", true)]
    [InlineData("br-abc/1234567890123456789012345678901234567890", true)]
    [InlineData("br-abc/12345678901234567890123456789012345678901", false)]
    [InlineData("br-abc/", false)]
    [InlineData("br-abc", false)]
    [InlineData("/a", false)]
    [InlineData("br-abc/A", false)]
    [InlineData("br-abc/a/b", false)]
    [InlineData("br-abc/a b", false)]
    [InlineData("br-abc/é", false)]
    public void An_owned_name_has_one_spelling(string text, bool isId)
    {
        AssertSpelling(EvseId.Codec, text, isId);
        AssertSpelling(LocationId.Codec, text, isId);
        AssertSpelling(TariffId.Codec, text, isId);
    }

    [Theory]
    [InlineData(Trip + "/1", true)]
    [InlineData(Trip + "/16", true)]
    [InlineData(Trip + "/17", false)]
    [InlineData(Trip + "/0", false)]
    [InlineData(Trip + "/01", false)]
    [InlineData(Trip + "/+1", false)]
    [InlineData(Trip + "/ 1", false)]
    [InlineData(Trip + "/", false)]
    [InlineData(Trip, false)]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000AB/1", false)]
    [InlineData("0000/1", false)]
    public void A_leg_has_one_spelling(string text, bool isLeg)
    {
        AssertSpelling(LegId.Codec, text, isLeg);
        AssertSpelling(SessionId.Codec, text + "/9", isLeg);
        AssertSpelling(SessionId.Codec, text + "/10", false);
        AssertSpelling(SessionId.Codec, text + "/0", false);
        AssertSpelling(SessionId.Codec, text + "/", false);
    }

    [Fact]
    public void A_digest_has_one_spelling()
    {
        Assert.True(Digest.TryParse(Trip, out Digest digest));
        Assert.Equal(Trip, digest.ToString());
        Assert.Equal("00000000", digest.ToShortString());
        Assert.False(Digest.TryParse(Trip.ToUpperInvariant(), out _));
        Assert.False(Digest.TryParse(Trip[1..], out _));
        Assert.False(Digest.TryParse(Trip[1..] + "g", out _));
        Assert.False(Digest.TryParse(null, out _));
        Assert.Throws<FormatException>(() => Digest.Parse("x"));
    }

    [Fact]
    public void Ids_are_ordered_as_they_are_written() =>
        Gen.Select(s_evse, s_evse).Sample((one, other) => Assert.Equal(
            Math.Sign(string.CompareOrdinal(one.ToString(), other.ToString())),
            Math.Sign(one.CompareTo(other))));

    [Fact]
    public void Legs_and_sessions_are_ordered_by_number()
    {
        LegId second = LegId.Parse(Trip + "/2");
        LegId tenth = LegId.Parse(Trip + "/10");
        Assert.True(second < tenth);
        Assert.True(new SessionId(second, 9) < new SessionId(tenth, 1));
        Assert.True(new SessionId(second, 1) < new SessionId(second, 2));
    }

    [Fact]
    public void Digests_are_ordered_and_walked_by_their_bits() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[32]).Sample((one, other) =>
        {
            Digest digest = new(one);
            Assert.Equal(one, digest.ToArray());
            Assert.Equal(
                Math.Sign(one.AsSpan().SequenceCompareTo(other)),
                Math.Sign(digest.CompareTo(new Digest(other))));
            for (int depth = 0; depth < 256; depth++)
            {
                Assert.Equal(((one[depth / 8] >> (7 - (depth % 8))) & 1) == 1, digest.Bit(depth));
            }
        });

    [Fact]
    public void What_is_signed_is_tag_zero_and_parts()
    {
        Assert.Equal(
            "tag\0ab"u8.ToArray(), Signing.Message("tag", "a"u8.ToArray(), "b"u8.ToArray()));
        Assert.Equal(Digest.Of("tag\0ab"u8), Digest.Tagged("tag", "ab"u8.ToArray()));
        Assert.Equal(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            Digest.Of([]).ToString());
    }

    private static void AssertSpelling<T>(Codec<T> codec, string text, bool isId)
    {
        byte[] bytes = Codecs.Text(0, 200).Encode(text);
        Assert.Equal(isId, codec.TryDecode(bytes, out T? id, out string? why));
        Assert.Equal(isId, why is null);
        if (isId)
        {
            Assert.Equal(text, id!.ToString());
            Assert.Equal(bytes, codec.Encode(id));
        }
    }
}
