using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>
/// Reads a mirror block by block: entries against the tree, seals against each other, members
/// against their history. Checks no signature; one block is held at a time.
/// </summary>
internal sealed class ChainReader
{
    private readonly MirrorHead _head;
    private readonly FindingList _findings;
    private readonly LogReader _log;
    private readonly IProgress<AuditProgress>? _progress;
    private readonly List<byte[]> _entries = [];
    private Digest _tip;
    private Timestamp _time;

    /// <param name="mirror">The folder.</param>
    /// <param name="head">What it claims.</param>
    /// <param name="findings">What is wrong.</param>
    /// <param name="progress">Told after each block.</param>
    public ChainReader(
        MirrorFolder mirror,
        MirrorHead head,
        FindingList findings,
        IProgress<AuditProgress>? progress)
    {
        _head = head;
        _findings = findings;
        _progress = progress;
        _log = new LogReader(mirror, head.Head.Size, findings);
        _tip = head.Genesis.NetworkId;
        _time = head.Genesis.Draft.Time;
        Trail = new MembershipTrail(head.Genesis);
    }

    /// <summary>The members after the newest block that was handed out and taken.</summary>
    public MembershipTrail Trail { get; }

    /// <summary>Height of the newest block read.</summary>
    public long Height { get; private set; }

    /// <summary>Digest of the newest block read.</summary>
    public Digest Tip => _tip;

    /// <summary>The members before the newest block.</summary>
    public ImmutableSortedDictionary<CompanyId, MemberRecord> MembersBefore { get; private set; } =
        ImmutableSortedDictionary<CompanyId, MemberRecord>.Empty;

    /// <summary>Whether the log ended where a block ends.</summary>
    public bool EndsWithSeal { get; private set; }

    /// <summary>
    /// Each block. While the caller holds one, <see cref="Trail"/> is that before it; the block's
    /// changes are taken when the next one is asked for.
    /// </summary>
    public IEnumerable<LogBlock> Blocks()
    {
        long first = 0;
        foreach ((long index, ReadOnlyMemory<byte> bytes) in _log.Entries())
        {
            _entries.Add(bytes.ToArray());
            if (!IsSeal(bytes.Span))
            {
                if (_entries.Count > LedgerLimits.BlockEntriesMax)
                {
                    _findings.Add(new Finding(
                        FindingClass.Chain,
                        $"no seal in {_entries.Count} entries; a block has at most "
                            + $"{LedgerLimits.BlockEntriesMax}",
                        Height: Height + 1,
                        Index: index));
                    yield break;
                }

                continue;
            }

            if (Read(first) is { } block)
            {
                yield return block;
                Take(block);
            }

            first = index + 1;
            _entries.Clear();
        }

        EndsWithSeal = _entries.Count == 0 && Height > 0;
        if (_entries.Count > 0 && _log.Read == _head.Head.Size)
        {
            _findings.Add(new Finding(
                FindingClass.Chain,
                "the log does not end with a seal; a checkpoint stands at the end of a block",
                Height: Height + 1,
                Index: first));
        }
    }

    /// <summary>Compares the whole with the head; after the last block.</summary>
    public void Conclude() => _log.Conclude(_head.Head.Root);

    /// <summary>The first bytes of every seal: the pair of number 3 and a map.</summary>
    private static bool IsSeal(ReadOnlySpan<byte> bytes) =>
        bytes is [0x82, 0x03, ..];

    private LogBlock? Read(long first)
    {
        ImmutableArray<Entry>.Builder entries = ImmutableArray.CreateBuilder<Entry>();
        SignedTransaction?[] transactions = new SignedTransaction?[_entries.Count];
        bool isWhole = true;
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry? entry = Decode(first + i, _entries[i], out transactions[i]);
            isWhole &= entry is not null;
            if (entry is not null)
            {
                entries.Add(entry);
            }
        }

        if (entries.Count == 0 || entries[^1] is not Seal seal)
        {
            Height++;
            return null;
        }

        Block block = new([.. _entries]);
        Digest digest = block.Digest;
        CheckSeal(seal, digest, first);
        return new LogBlock(
            first, block, digest, entries.ToImmutable(),
            System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(
                transactions),
            seal, isWhole, Trail.Deciders);
    }

    private Entry? Decode(long index, byte[] bytes, out SignedTransaction? transaction)
    {
        transaction = null;
        if (!Entry.Codec.TryDecode(bytes, out Entry? entry, out string? why))
        {
            Add(FindingClass.Encoding, $"not an entry: {why}", index);
            return null;
        }

        if (entry is TransactionEntry each
            && !SignedTransaction.TryDecode(each.Transaction, out transaction, out why))
        {
            Add(FindingClass.Encoding, $"not a transaction: {why}", index);
            return null;
        }

        return entry;
    }

    private void CheckSeal(Seal seal, Digest digest, long first)
    {
        long index = first + _entries.Count - 1;
        long height = Height + 1;
        if (seal.Height != height || seal.Previous != _tip)
        {
            Add(
                FindingClass.Chain,
                $"seal {seal.Height} after {seal.Previous} does not follow block {Height} {_tip}",
                index);
        }

        if (seal.FirstIndex != first || seal.Count != _entries.Count - 1)
        {
            Add(
                FindingClass.Chain,
                $"the seal says entries {seal.FirstIndex} + {seal.Count}; they are "
                    + $"{first} + {_entries.Count - 1}",
                index);
        }

        if (seal.Time <= _time || seal.Time > LedgerLimits.BlockTimeMax)
        {
            Add(FindingClass.Chain, $"time {seal.Time} is not after {_time}", index);
        }

        if (seal.TransactionRoot != MerkleTree.Root(
            _entries.Take(_entries.Count - 1).Select(entry => MerkleTree.LeafHash(entry))))
        {
            Add(
                FindingClass.Chain,
                $"the entries have not the root {seal.TransactionRoot} that the seal says",
                index);
        }

        if (!Trail.Members.ContainsKey(seal.Proposer))
        {
            Add(FindingClass.Chain, $"proposer {seal.Proposer} is not a member", index);
        }

        Height = seal.Height;
        _tip = digest;
        _time = seal.Time;
    }

    private void Take(LogBlock block)
    {
        MembersBefore = Trail.Members;
        long last = block.FirstIndex + block.Block.Entries.Length - 1;
        for (int i = 0, at = 0; i < block.Entries.Length; i++, at++)
        {
            SignedTransaction? transaction =
                block.IsWhole ? block.Transactions[at] : null;
            if (Trail.Take(block.Entries[i], transaction) is { } wrong)
            {
                _findings.Add(new Finding(
                    FindingClass.Membership, wrong, "I12", block.Seal.Height,
                    block.FirstIndex + at));
            }
        }

        if (block.Seal.GovernanceRoot != Trail.Deciders.Hash)
        {
            _findings.Add(new Finding(
                FindingClass.Membership,
                $"the seal names the members {block.Seal.GovernanceRoot}; by the log they are "
                    + $"{Trail.Deciders.Hash}",
                "I12",
                block.Seal.Height,
                last));
        }

        _progress?.Report(new AuditProgress("log", last + 1, _head.Head.Size));
    }

    private void Add(FindingClass kind, string what, long index) =>
        _findings.Add(new Finding(kind, what, null, Height + 1, index));
}
