using System.Text.Json;
using CsCheck;
using Xunit;

namespace Tomada.Primitives.Tests;

public class RoundTripTests
{
    [Fact]
    public void Every_record_reads_back_from_its_bytes() => Sample.Gen.Sample(sample =>
    {
        byte[] bytes = Sample.Codec.Encode(sample);
        Assert.True(Sample.Codec.TryDecode(bytes, out Sample? read, out string? why), why);
        AssertSame(sample, read);
        Assert.Equal(bytes, Sample.Codec.Encode(read));
    });

    [Fact]
    public void Every_record_reads_back_from_its_json() => Sample.Gen.Sample(sample =>
    {
        using JsonDocument json = JsonDocument.Parse(Sample.Codec.EncodeJson(sample));
        Assert.True(
            Sample.Codec.TryReadJson(json.RootElement, out Sample? read, out string? why), why);
        AssertSame(sample, read);
    });

    [Fact]
    public void Bytes_that_are_accepted_are_the_only_form_of_their_value() =>
        Gen.Select(Sample.Gen, Gen.Int[0, 500], Gen.Byte, Gen.Int[0, 2]).Sample(
            (sample, at, value, change) =>
            {
                List<byte> bytes = [.. Sample.Codec.Encode(sample)];
                at %= bytes.Count;
                if (change == 0)
                {
                    bytes[at] = value;
                }
                else if (change == 1)
                {
                    bytes.Insert(at, value);
                }
                else
                {
                    bytes.RemoveAt(at);
                }

                if (Sample.Codec.TryDecode(bytes.ToArray(), out Sample? read, out _))
                {
                    Assert.Equal(bytes, Sample.Codec.Encode(read));
                }
            },
            iter: 3000);

    [Fact]
    public void Noise_is_refused_with_a_reason_and_never_throws() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            bool ok = Sample.Codec.TryDecode(bytes, out _, out string? why);
            Assert.Equal(ok, why is null);
        });

    [Fact]
    public void The_bytes_of_a_record_never_change()
    {
        Sample sample = new(
            true, [new("a", 1000, PlugState.OutOfOrder)], Digest.Zero, "é", new(
                1), new Shape.Circle(3));
        Assert.Equal(
            "A7000101F50281A30161610219" + "03E80302" + "035820" + new string('0', 64)
                + "0462C3A9" + "0601" + "078201A10103",
            Convert.ToHexString(Sample.Codec.Encode(sample)));
        Assert.Equal(
            "{'yes':true,'plugs':[{'name':'a','powerW':1000,'state':'OUT_OF_ORDER'}],'hash':'"
                + new string('0', 64)
                + "','note':'\\u00E9','at':'1970-01-01T00:00:00.001Z',"
                + "'shape':{'kind':'Circle','body':{'radius':3}}}",
            System.Text.Encoding.UTF8.GetString(
                Sample.Codec.EncodeJson(sample)).Replace('"', '\''));
    }

    [Fact]
    public void A_union_tells_its_cases()
    {
        Assert.Equal([typeof(Shape.Circle), typeof(Shape.Bar)], Shape.Codec.Types);
        Assert.Equal((3, "Bar"), Shape.Codec.CaseOf(new Shape.Bar("00")));
        Assert.Equal("one of Circle, Bar", Shape.Codec.Allowed);
    }

    private static void AssertSame(Sample written, Sample read)
    {
        Assert.Equal(written with { Plugs = [] }, read with { Plugs = [] });
        Assert.Equal(written.Plugs.AsEnumerable(), read.Plugs);
    }
}
