using System.Text.Json;
using Tomada.Primitives.Encoding;
using Xunit;

namespace Tomada.Primitives.Tests;

public class RefusalTests
{
    private const string Tail =
        "0358200000000000000000000000000000000000000000000000000000000000000000";
    private const string Circle = "078201A10103";
    private const string Known = "an object of yes, plugs, hash, note, at, shape";

    [Theory]
    [InlineData("A5000101F50280" + Tail + Circle, null)]
    [InlineData("A5000101F50280" + Tail + Circle + "00", "1 bytes after the end")]
    [InlineData("A5000201F50280" + Tail + Circle, "version 2 is not known; known is 1")]
    [InlineData("A401F50280" + Tail + Circle, "has no version")]
    [InlineData("A0", "has no version")]
    [InlineData("A400010280" + Tail + Circle, "yes: is missing; it is true or false")]
    [InlineData("A4000101F50280" + Tail, "shape: is missing; it is one of Circle, Bar")]
    [InlineData("A6000101F50280" + Tail + "0500" + Circle, "unknown field 5; known are " + Known)]
    [InlineData("A6000101F50280" + Tail + Circle + "0800", "unknown field 8; known are " + Known)]
    [InlineData("A500010280" + "01F5" + Tail + Circle, "yes: is missing; it is true or false")]
    [InlineData("A6000101F501F50280" + Tail + Circle, "not canonical CBOR")]
    [InlineData("A518000101F50280" + Tail + Circle, "not canonical CBOR")]
    [InlineData("A500180101F50280" + Tail + Circle, "not canonical CBOR")]
    [InlineData("BF000101F50280" + Tail + Circle + "FF", "not canonical CBOR")]
    [InlineData("B805000101F50280" + Tail + Circle, "not canonical CBOR")]
    [InlineData("A5616101F50280" + Tail + Circle, "not canonical CBOR")]
    [InlineData("A5000101F50280" + Tail + "0782", "shape: is not one of Circle, Bar")]
    [InlineData("A500010101" + "0280" + Tail + Circle, "yes: is not true or false")]
    [InlineData("A5000101F5029FFF" + Tail + Circle, "plugs: is not a list of 0 to 3 items")]
    [InlineData(
        "A5000101F5028401020304" + Tail + Circle, "plugs: 4 items are not a list of 0 to 3 items")]
    [InlineData("A5000101F5029AFFFFFFFF" + Tail + Circle, "plugs: is not a list of 0 to 3 items")]
    [InlineData(
        "A5000101F50281A0" + Tail + Circle, "plugs[0].name: is missing; it is text of 1 to 10")]
    [InlineData(
        "A5000101F5028101" + Tail + Circle, "plugs[0]: is not an object of name, powerW, state")]
    [InlineData("A5000101F502800341AA" + Circle, "hash: is not 32 bytes")]
    [InlineData("A5000101F502800301" + Circle, "hash: is not 32 bytes")]
    [InlineData(
        "A5000101F50280" + Tail + "078301A1010300", "shape: is not a pair of number and record")]
    [InlineData(
        "A5000101F50280" + Tail + "078202A10103", "shape: kind 2 is not one of Circle, Bar")]
    [InlineData(
        "A5000101F50280" + Tail + "078201A1011865",
        "shape.radius: 101 is not an integer from 1 to 100")]
    [InlineData(
        "A5000101F50280" + Tail + "078201A101FB3FF0000000000000",
        "shape.radius: is not an integer")]
    [InlineData(
        "A5000101F50280" + Tail + "078201A1011BFFFFFFFFFFFFFFFF",
        "shape.radius: is not an integer")]
    [InlineData(
        "A5000101F50280" + Tail + "078203A1014500000000" + "00",
        "shape.bytes: 5 bytes are not 0 to 4")]
    [InlineData(
        "A6000101F50280" + Tail + "0620" + Circle,
        "at: -1 is not an integer from 0 to 253402300799999")]
    [InlineData("A6000101F50280" + Tail + "04620A0A" + Circle, "note: is not text of 0 to 20")]
    [InlineData("A6000101F50280" + Tail + "0461FF" + Circle, "note: is not text of 0 to 20")]
    [InlineData("A6000101F50280" + Tail + "0463EDA080" + Circle, "note: is not text of 0 to 20")]
    [InlineData("A6000101F50280" + Tail + "04C06161" + Circle, "note: is not text of 0 to 20")]
    [InlineData("A6000101F50280" + Tail + "04F6" + Circle, "note: is not text of 0 to 20")]
    [InlineData("", "not canonical CBOR")]
    public void Bytes_are_refused_with_the_field_and_what_is_allowed(string hex, string? reason)
    {
        bool ok = Sample.Codec.TryDecode(Convert.FromHexString(hex), out _, out string? why);
        Assert.Equal(reason is null, ok);
        Assert.StartsWith(reason ?? string.Empty, why ?? string.Empty);
    }

    [Theory]
    [InlineData("""{"name":"a","powerW":1,"state":"FREE"}""", null)]
    [InlineData("""{"name":"a","powerW":1,"state":"IEC_62196_T2"}""", null)]
    [InlineData(
        """{"name":"a","powerW":1,"state":"free"}""",
        "state: 'free' is not one of FREE, OUT_OF_ORDER")]
    [InlineData("""{"name":"a","powerW":1,"state":1}""", "state: '' is not one of FREE")]
    [InlineData(
        """{"name":"a","powerW":0,"state":"FREE"}""",
        "powerW: 0 is not an integer from 1 to 1000000")]
    [InlineData(
        """{"name":"a","powerW":1.5,"state":"FREE"}""",
        "powerW: is not an integer from 1 to 1000000")]
    [InlineData(
        """{"name":"a","powerW":"1","state":"FREE"}""",
        "powerW: is not an integer from 1 to 1000000")]
    [InlineData(
        """{"name":"","powerW":1,"state":"FREE"}""", "name: is not text of 1 to 10 UTF-8 bytes")]
    [InlineData("""{"name":"\u0000","powerW":1,"state":"FREE"}""", "name: is not text of 1 to 10")]
    [InlineData("""{"name":"\u0085","powerW":1,"state":"FREE"}""", "name: is not text of 1 to 10")]
    [InlineData("""{"name":"\ud83d","powerW":1,"state":"FREE"}""", "name: is not text of 1 to 10")]
    [InlineData("""{"name":null,"powerW":1,"state":"FREE"}""", "name: is not text of 1 to 10")]
    [InlineData("""{"powerW":1,"state":"FREE"}""", "name: is missing; it is text of 1 to 10")]
    [InlineData(
        """{"name":"a","powerW":1,"state":"FREE","x":0}""",
        "unknown field 'x'; known are an object of")]
    [InlineData("""{"name":"a","powerW":1,"powerW":2,"state":"FREE"}""", "powerW: is given twice")]
    [InlineData("[]", "is not an object of name, powerW, state")]
    public void Json_is_refused_with_the_field_and_what_is_allowed(string text, string? reason)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        bool ok = Plug.Codec.TryReadJson(json.RootElement, out _, out string? why);
        Assert.Equal(reason is null, ok);
        Assert.StartsWith(reason ?? string.Empty, why ?? string.Empty);
    }

    [Theory]
    [InlineData("""{"kind":"Circle","body":{"radius":1}}""", null)]
    [InlineData("""{"kind":"Square","body":{}}""", "kind 'Square' is not one of Circle, Bar")]
    [InlineData("""{"kind":1,"body":{}}""", "kind '' is not one of Circle, Bar")]
    [InlineData("""{"kind":"Circle"}""", "is not an object of kind and body")]
    [InlineData(
        """{"kind":"Circle","body":{"radius":1},"x":1}""", "has fields besides kind and body")]
    [InlineData(
        """{"kind":"Bar","body":{"bytes":"AA"}}""", "bytes: is not 0 to 4 bytes in lower-case")]
    [InlineData("""{"kind":"Bar","body":{"bytes":"a"}}""", "bytes: is not 0 to 4 bytes")]
    [InlineData(
        """{"kind":"Bar","body":{"bytes":"0000000000"}}""", "bytes: 5 bytes are not 0 to 4 bytes")]
    public void A_union_in_json_is_refused_with_its_reason(string text, string? reason)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        bool ok = Shape.Codec.TryReadJson(json.RootElement, out _, out string? why);
        Assert.Equal(reason is null, ok);
        Assert.StartsWith(reason ?? string.Empty, why ?? string.Empty);
    }

    [Fact]
    public void Writing_what_could_not_be_read_is_a_defect()
    {
        Assert.Throws<InvariantBrokenException>(
            () => Plug.Codec.Encode(new("", 1, PlugState.Free)));
        Assert.Throws<InvariantBrokenException>(
            () => Plug.Codec.Encode(new("\ud800", 1, PlugState.Free)));
        Assert.Throws<InvariantBrokenException>(
            () => Plug.Codec.Encode(new("a", 0, PlugState.Free)));
        Assert.Throws<InvariantBrokenException>(() => Plug.Codec.Encode(new("a", 1, (PlugState)5)));
        Assert.Throws<InvariantBrokenException>(() => Codecs.Bytes(1, 2).Encode([]));
        Assert.Throws<InvariantBrokenException>(() => Codecs.List(Codecs.Bool, 1, 2).Encode([]));
        Assert.Throws<InvariantBrokenException>(() => Plug.Codec.Decode(new byte[] { 0xA0 }));
    }

    [Fact]
    public void Keys_that_do_not_ascend_are_a_defect()
    {
        RecordCodec<Plug> codec = RecordCodec<Plug>.Part()
            .Field(2, "name", plug => plug.Name, Codecs.Text(1, 10));
        Assert.Throws<InvariantBrokenException>(
            () => codec.Field(2, "again", plug => plug.Name, Codecs.Text(1, 10)));
    }

    [Fact]
    public void A_long_text_of_pairs_is_read_in_one_pass()
    {
        string text = string.Concat(Enumerable.Repeat("\U0001F50C", 200_000));
        Codec<string> codec = Codecs.Text(0, 1_000_000);
        Assert.Equal(text, codec.Decode(codec.Encode(text)));
    }
}
