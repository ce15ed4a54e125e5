using System.Text.Json;
using CsCheck;
using Xunit;

namespace Tomada.Primitives.Tests;

public class TimeTests
{
    private const long LastMs = 253_402_300_799_999;

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2026-11-23T14:00:00Z", 1795442400000)]
    [InlineData("2026-11-23T14:00:00.5Z", 1795442400500)]
    [InlineData("2026-11-23T11:00:00-03:00", 1795442400000)]
    [InlineData("2026-11-23T14:00:00.123456Z", 1795442400123)]
    [InlineData("9999-12-31T23:59:59.999Z", LastMs)]
    public void Times_are_read_as_rfc_3339(string text, long unixMs) =>
        Assert.Equal(unixMs, Timestamp.Parse(text).UnixMs);

    [Theory]
    [InlineData("")]
    [InlineData("14:00:00Z")]
    [InlineData("2026")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T14:00:00")]
    [InlineData("2026-11-23T14:00:00.Z")]
    [InlineData("2026-11-23 14:00:00Z")]
    [InlineData("2026-11-23T14:00Z")]
    [InlineData("2026-11-23T24:00:00Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-11-23T14:00:00z")]
    [InlineData(" 2026-11-23T14:00:00Z")]
    [InlineData("2026-11-23T14:00:00Z ")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1970-01-01T00:00:00+00:01")]
    [InlineData("23/11/2026 14:00:00")]
    public void Every_other_form_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Timestamp.Parse(text));

    [Fact]
    public void Every_time_reads_back() => Gen.Long[0, LastMs].Sample(ms =>
    {
        Timestamp time = new(ms);
        Assert.Equal(time, Timestamp.Parse(time.ToString()));
        Assert.Equal(time, Timestamp.Codec.Decode(Timestamp.Codec.Encode(time)));
        Assert.Equal(ms, time.ToDateTimeOffset().ToUnixTimeMilliseconds());
    });

    [Fact]
    public void Times_and_spans_add_up() =>
        Gen.Select(Gen.Long[0, LastMs / 2], Gen.Long[0, LastMs / 2]).Sample((one, other) =>
        {
            Timestamp start = new(one);
            Timestamp end = new(other);
            Assert.Equal(end, start.Plus(end.Since(start)));
            Assert.Equal(one < other, start < end);
        });

    [Theory]
    [InlineData(0, 10, 10, 20, false)]
    [InlineData(0, 11, 10, 20, true)]
    [InlineData(0, 30, 10, 20, true)]
    [InlineData(12, 13, 10, 20, true)]
    [InlineData(20, 30, 10, 20, false)]
    public void Windows_that_only_touch_do_not_overlap(
        long from, long until, long otherFrom, long otherUntil, bool overlap)
    {
        TimeWindow one = new(new(from), new(until));
        TimeWindow other = new(new(otherFrom), new(otherUntil));
        Assert.Equal(overlap, one.Overlaps(other));
        Assert.Equal(overlap, other.Overlaps(one));
    }

    [Fact]
    public void A_window_contains_its_start_and_not_its_end()
    {
        TimeWindow window = new(new(10), new(20));
        Assert.True(window.Contains(new(10)));
        Assert.True(window.Contains(new(19)));
        Assert.False(window.Contains(new(20)));
        Assert.False(window.Contains(new(9)));
        Assert.Equal(TimeSpan.FromMilliseconds(10), window.Length);
    }

    [Theory]
    [InlineData("2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z", "The window ends before it starts")]
    [InlineData("2026-11-23T14:00:01Z", "2026-11-23T14:00:00Z", "The window ends before it starts")]
    [InlineData("14:00", "2026-11-23T14:00:00Z", "from: is not a time as 2026-11-23T14:00:00.000Z")]
    public void A_window_that_is_none_is_refused(string from, string until, string reason)
    {
        using JsonDocument json =
            JsonDocument.Parse($$"""{"from":"{{from}}","until":"{{until}}"}""");
        Assert.False(TimeWindow.Codec.TryReadJson(json.RootElement, out _, out string? why));
        Assert.StartsWith(reason, why);
        Assert.Throws<InvariantBrokenException>(
            () => TimeWindow.Codec.Encode(new TimeWindow(new(2), new(2))));
    }
}
