using System.Globalization;
using System.Text;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Bench;

/// <summary>
/// What is submitted: a PutLocation of exactly <see cref="BodyBytes"/> canonical bytes, to one of
/// <see cref="Slots"/> sites, with an address that differs each time. So every transaction changes
/// the state, and the state stays as large as it is.
/// </summary>
internal static class BenchBody
{
    /// <summary>Canonical bytes of the body, and of a peer's value.</summary>
    public const int BodyBytes = 256;

    /// <summary>Sites, or a peer's keys, that are written in turn.</summary>
    public const int Slots = 1_024;

    /// <summary>Digits that differ from submission to submission.</summary>
    public const int NumberDigits = 12;

    /// <summary>The body as the control API takes it, and where its number stands.</summary>
    public static (byte[] Json, int NumberAt) Of(CompanyId company, int slot)
    {
        string marker = new('0', NumberDigits);
        string site = $"site-{slot % Slots:D4}";
        PutLocation body = Padded(company, site, marker, BodyBytes);
        byte[] json = Body.Codec.EncodeJson(body);
        int at = json.AsSpan().IndexOf(Encoding.ASCII.GetBytes("Pier " + marker)) + "Pier ".Length;
        return (json, at);
    }

    /// <summary>Writes a number over the digits that stand for it.</summary>
    public static void WriteNumber(Span<byte> digits, long number) =>
        number.TryFormat(digits, out _, "D12", CultureInfo.InvariantCulture);

    /// <summary>A body of so many canonical bytes.</summary>
    public static PutLocation Padded(CompanyId company, string site, string number, int bytes)
    {
        PutLocation Sized(int padding) => new(
            new LocationId(company, site),
            "Bench",
            $"Pier {number}{new string('x', padding)}",
            "Salvador",
            -12_971_400,
            -38_501_400,
            "America/Bahia");
        int missing = bytes - Size(Sized(0));
        // The length of a longer text takes a byte more.
        return Size(Sized(missing)) == bytes ? Sized(missing) : Sized(missing - 1);
    }

    private static int Size(Body body) => Body.Codec.Encode(body).Length;
}
