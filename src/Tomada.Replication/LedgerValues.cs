using System.Diagnostics.CodeAnalysis;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Replication;

/// <summary>An executed block, as consensus carries it from the check to the decision.</summary>
internal sealed record LedgerValue(AppliedBlock Applied, byte[] Encoded) : ValueCheck.CheckedValue(
    Applied.Digest,
    Applied.Seal.Height,
    Applied.Seal.Previous,
    Applied.Seal.Time,
    Applied.Seal.Proposer,
    Applied.IsEmpty,
    Encoded);

/// <summary>
/// What a value is for consensus: a block, executed on the ledger's newest state.
/// </summary>
internal sealed class LedgerValues(
    PendingQueue pending, CompanyId self, VerifySignature verify) : IValueRules
{
    // Executed on the present tip: a leader checks its own value, and a re-proposed one comes
    // again.
    private readonly Dictionary<Digest, LedgerValue> _executed = [];
    private VoteVerifier? _votes;

    // Consensus asks about one and the same bytes several times in a row.
    private (ReadOnlyMemory<byte> Bytes, Block Block, Seal Seal)? _lastRead;
    private MemberSet? _parentMembers;
    private LedgerState? _tip;

    /// <summary>Moves to another tip.</summary>
    /// <param name="tip">The newest state.</param>
    /// <param name="parentMembers">The members who decided its block; null before block 1.</param>
    public void MoveTo(LedgerState tip, MemberSet? parentMembers)
    {
        _tip = tip;
        _parentMembers = parentMembers;
        _votes ??= new VoteVerifier(tip.Network, verify);
        _executed.Clear();
    }

    private LedgerState Tip => _tip!;

    /// <inheritdoc/>
    public Digest? DigestOf(ReadOnlyMemory<byte> value) =>
        TryRead(value, out Block? block, out _) ? block.Digest : null;

    /// <summary>
    /// The certificate of the block before, inside a value for the next height that follows another
    /// block than the tip; null when it follows the tip, or is not for the next height.
    /// </summary>
    public Certificate? ForeignParentOf(ReadOnlyMemory<byte> value) =>
        TryRead(value, out _, out Seal? seal)
        && seal.Height == Tip.Height + 1 && seal.Previous != Tip.Tip
        && seal.Certificate is { } bytes
        && Certificate.Codec.TryDecode(bytes, out Certificate? certificate, out _)
            ? certificate
            : null;

    /// <inheritdoc/>
    public ValueCheck Check(ReadOnlyMemory<byte> value, Timestamp ledgerNow, bool fresh)
    {
        if (!TryRead(value, out Block? block, out Seal? seal))
        {
            return new ValueCheck.Refused("block.malformed");
        }

        // The clock before the work: a leader may send any number of blocks of wrong times, and
        // what was executed is remembered until the height is decided.
        if (fresh && IsTooFar(seal.Time, ledgerNow))
        {
            return new ValueCheck.Refused("block.time");
        }

        if (!_executed.TryGetValue(block.Digest, out LedgerValue? executed))
        {
            if (!IsParentProven(seal))
            {
                return new ValueCheck.Refused("block.parent-certificate");
            }

            if (!BlockExecution.TryApply(
                Tip, block, verify, out AppliedBlock? applied, out string? why, pending.Find))
            {
                return new ValueCheck.Refused($"block.execution: {why}");
            }

            executed = Remember(applied!, value.ToArray());
        }

        return fresh && executed.IsEmpty ? new ValueCheck.Refused("block.empty") : executed;
    }

    /// <inheritdoc/>
    public byte[]? Make(MakeRequest request)
    {
        Timestamp time = new(Math.Max(Tip.Time.UnixMs + 1, request.LedgerNow.UnixMs));
        // Never less than one: a height where much failed must still be able to decide something.
        int halvings = Math.Min(request.FailedAttempts, 30);
        int count = Math.Max(1, LedgerLimits.BlockTransactionsMax >> halvings);
        List<SignedTransaction> batch = pending.Take(
            count,
            Math.Max(1, ReplicationLimits.BatchBytesMax >> halvings),
            each => Admission.Refuse(Tip, each, time, VerifiedSignatures.Before) is null);
        while (true)
        {
            AppliedBlock made =
                BlockExecution.Build(Tip, batch, time, self, request.ParentCertificate, verify);
            byte[] bytes = Block.Codec.Encode(made.Block);
            if (bytes.Length > Limits.ValueBytesMax && batch.Count > 0)
            {
                // Outcomes and effects took more room than the transactions: fewer of them.
                batch = batch[..(batch.Count / 2)];
                continue;
            }

            return made.IsEmpty ? null : Remember(made, bytes).Encoded;
        }
    }

    private LedgerValue Remember(AppliedBlock applied, byte[] bytes)
    {
        LedgerValue executed = new(applied, bytes);
        _executed[applied.Digest] = executed;
        return executed;
    }

    /// <summary>Whether the certificate inside the seal proves the block before.</summary>
    private bool IsParentProven(Seal seal)
    {
        if (Tip.Height == 0)
        {
            return seal.Certificate is null;
        }

        return seal.Certificate is { } bytes
            && Certificate.Codec.TryDecode(bytes, out Certificate? certificate, out _)
            && certificate.Height == Tip.Height && certificate.Digest == Tip.Tip
            && certificate.IsValid(_parentMembers!, _votes!, VoteType.Accept);
    }

    /// <summary>
    /// A fresh time is near the own clock; where the clock is behind the parent only parent + 1 ms
    /// is left, which the first condition admits as soon as the clock is not far behind.
    /// </summary>
    private bool IsTooFar(Timestamp time, Timestamp ledgerNow)
    {
        long tolerance = ReplicationLimits.ClockToleranceMs * Tip.Clock.Factor;
        bool near = Math.Abs(time.UnixMs - ledgerNow.UnixMs) <= tolerance;
        bool clockBehind = ledgerNow <= Tip.Time && time.UnixMs == Tip.Time.UnixMs + 1;
        return !near && !clockBehind;
    }

    /// <summary>
    /// Reads a block whose entries are bound by its seal, so that its digest names all of it.
    /// </summary>
    private bool TryRead(
        ReadOnlyMemory<byte> bytes,
        [NotNullWhen(true)] out Block? block,
        [NotNullWhen(true)] out Seal? seal)
    {
        if (_lastRead is { } known && known.Bytes.Equals(bytes))
        {
            (_, block, seal) = known;
            return true;
        }

        seal = null;
        if (!Block.Codec.TryDecode(bytes, out block, out _)
            || !Entry.Codec.TryDecode(block.Entries[^1], out Entry? last, out _)
            || last is not Seal found)
        {
            return false;
        }

        seal = found;
        Digest[] leaves = [.. block.Entries[..^1].Select(entry => MerkleTree.LeafHash(entry))];
        if (found.Count != leaves.Length || found.TransactionRoot != MerkleTree.Root(leaves))
        {
            return false;
        }

        _lastRead = (bytes, block, found);
        return true;
    }
}
