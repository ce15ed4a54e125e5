using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Simulation.Consensus;

/// <summary>The smallest value that consensus can decide: a header and a number.</summary>
/// <param name="Height">Height it was made for.</param>
/// <param name="Previous">Digest of the value before.</param>
/// <param name="Time">Block time.</param>
/// <param name="Proposer">Its creator.</param>
/// <param name="Number">Tells values apart.</param>
public sealed record ToyValue(
    long Height, Digest Previous, Timestamp Time, CompanyId Proposer, long Number)
{
    private const int Length = 8 + Digest.Size + 8 + 8 + 6;

    public byte[] Encode()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Height);
        Previous.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), Time.UnixMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), Number);
        Encoding.ASCII.GetBytes(Proposer.Value, bytes.AsSpan(56));
        return bytes;
    }

    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ToyValue? value)
    {
        value = null;
        if (bytes.Length != Length
            || !CompanyId.TryParse(Encoding.ASCII.GetString(bytes[56..]), out CompanyId proposer))
        {
            return false;
        }

        value = new ToyValue(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            new Digest(bytes.Slice(8, Digest.Size)),
            new Timestamp(BinaryPrimitives.ReadInt64BigEndian(bytes[40..])),
            proposer,
            BinaryPrimitives.ReadInt64BigEndian(bytes[48..]));
        return true;
    }
}

/// <summary>The rules of toy values on one node's tip.</summary>
/// <param name="self">Who makes values here.</param>
/// <param name="nextNumber">Gives every value made its own number.</param>
public sealed class ToyRules(CompanyId self, Func<long> nextNumber) : IValueRules
{
    /// <summary>
    /// How far a fresh value's time may be from the ledger clock, in milliseconds.
    /// </summary>
    public const long ClockToleranceMs = 2_000;

    public long TipHeight { get; set; }

    public Digest Tip { get; set; }

    public Timestamp TipTime { get; set; }

    public Digest? DigestOf(ReadOnlyMemory<byte> value) =>
        ToyValue.TryDecode(value.Span, out _) ? Digest.Of(value.Span) : null;

    public ValueCheck Check(ReadOnlyMemory<byte> value, Timestamp ledgerNow, bool fresh)
    {
        if (!ToyValue.TryDecode(value.Span, out ToyValue? toy))
        {
            return new ValueCheck.Refused("toy.malformed");
        }

        if (toy.Height != TipHeight + 1 || toy.Previous != Tip || toy.Time <= TipTime)
        {
            return new ValueCheck.Refused("toy.parent");
        }

        bool near = Math.Abs(toy.Time.UnixMs - ledgerNow.UnixMs) <= ClockToleranceMs
            || toy.Time.UnixMs == TipTime.UnixMs + 1;
        return fresh && !near
            ? new ValueCheck.Refused("toy.clock")
            : new ValueCheck.CheckedValue(
                Digest.Of(value.Span), toy.Height, toy.Previous, toy.Time, toy.Proposer, false,
                value.ToArray());
    }

    public byte[]? Make(MakeRequest request)
    {
        Timestamp time = request.LedgerNow > TipTime
            ? request.LedgerNow
            : new Timestamp(TipTime.UnixMs + 1);
        return new ToyValue(request.Height, Tip, time, self, nextNumber()).Encode();
    }
}
