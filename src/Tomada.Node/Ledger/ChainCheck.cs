using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>What is wrong with a stored block.</summary>
/// <param name="Height">The block.</param>
/// <param name="Entry">Log index of the entry, where it can be told; null for the block.</param>
/// <param name="What">For people.</param>
public sealed record ChainFault(long Height, long? Entry, string What);

/// <summary>
/// Validates everything that the store has of the chain: checksums, how blocks hang together,
/// roots, certificates of each height's own members, and the state by executing from genesis. What
/// is wrong is set aside and comes back from peers; then the check is run again.
/// </summary>
internal sealed class ChainCheck(LedgerDesk desk, NodeStore store, PublicLog log)
{
    /// <summary>Faults that one run tells; the rest is found by the next.</summary>
    public const int FaultsMax = 100;

    private readonly List<ChainFault> _faults = [];
    private LedgerState? _state;
    private Digest _previous;
    private long _size;

    /// <summary>Checks every block up to the newest one; beside the loop.</summary>
    /// <param name="progress">Told how many blocks were looked at, from this thread.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The faults, lowest first; none when everything is sound.</returns>
    public IReadOnlyList<ChainFault> Run(Action<long> progress, CancellationToken stop)
    {
        long tip = desk.State.Height;
        (_state, _previous) = (LedgerState.FromGenesis(desk.State.Genesis), desk.State.Network);
        for (long height = 1; height <= tip && _faults.Count < FaultsMax; height++)
        {
            stop.ThrowIfCancellationRequested();
            progress(height - 1);
            if (WhyNot(height) is { } fault)
            {
                // Its successors are still checked as far as they prove themselves.
                _faults.Add(fault);
                _state = null;
                store.Suspect(height);
            }
        }

        return _faults;
    }

    private ChainFault? WhyNot(long height)
    {
        Digest? expected = _previous == default ? null : _previous;
        _previous = default;
        ConsensusMessage.Decided? stored = ChainRows.Read(store, height);
        if (stored is null)
        {
            return new ChainFault(height, null, "missing, or not what its checksum says");
        }

        if (!SealedBlock.TryRead(stored.Value, out SealedBlock? block))
        {
            return new ChainFault(
                height, Differing(stored.Value), "its entries are not those that its seal binds");
        }

        if (block.Seal.Height != height || (expected is { } tip && block.Seal.Previous != tip))
        {
            return new ChainFault(height, null, "it does not follow from the block before");
        }

        if (_state is null)
        {
            _previous = block.Digest;
            return null;
        }

        MemberSet members = MemberSets.Of(_state);
        if (!BlockProof.Of(stored).Proves(
            block.Digest, height, members, new VoteVerifier(_state.Network, Ed25519.Verify)))
        {
            return new ChainFault(height, null, "its certificate is not one of its members");
        }

        if (!BlockExecution.TryApply(
            _state, block.Block, Ed25519.Verify, out AppliedBlock? applied, out string? why))
        {
            return new ChainFault(height, Differing(stored.Value), why!);
        }

        (_state, _previous, _size) = (applied!.After, block.Digest, applied.After.Size);
        return null;
    }

    /// <summary>
    /// The first entry that is not the one that the log's tree has; null when none can be told.
    /// </summary>
    private long? Differing(byte[] value)
    {
        LogView view = log.View;
        if (_state is null || !Block.Codec.TryDecode(value, out Block? block, out _))
        {
            return null;
        }

        for (int i = 0; i < block.Entries.Length && _size + i < view.Size; i++)
        {
            if (view.Read(0, _size + i) != MerkleTree.LeafHash(block.Entries[i]))
            {
                return _size + i;
            }
        }

        return null;
    }
}
