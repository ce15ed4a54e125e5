using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Simulation.Cluster;

/// <summary>
/// The real desk of heads above one node's disk, driven as the node's public log drives it: the
/// record is compared, replaced and synced, then the head is signed, then the word is sent. What
/// convicts is on disk until the ledger has it.
/// </summary>
internal sealed class ClusterHeads
{
    private readonly ClusterWorld _world;
    private readonly ClusterNode _node;
    private readonly SimulatedLog _log = new();
    private readonly HeadDesk _desk;
    private Checkpoint? _heard;
    private LedgerState? _ahead;
    private long _height;

    public ClusterHeads(ClusterWorld world, ClusterNode node)
    {
        (_world, _node) = (world, node);
        _desk = new HeadDesk(node.Company, world.Network, StandIn, _log.Read);
        _desk.Restore(node.Disk.LargestHead, []);
    }

    /// <summary>When it must be driven again at the latest; virtual time.</summary>
    public long WakeAtMs => _desk.WakeAtMs;

    /// <summary>
    /// The node appended a block; it waits for its turn while blocks are missing.
    /// </summary>
    public void Stand(AppliedBlock block)
    {
        if (_height == block.Seal.Height - 1)
        {
            _log.Append(block.Block.Entries);
            _height++;
            _desk.Stand(block.After, _world.NowMs);
        }
        else
        {
            _ahead = block.After;
        }
    }

    /// <summary>The node stands at a state whose log is on its disk, as far as it is.</summary>
    public void StandAt(LedgerState state)
    {
        _ahead = state;
        ReadOn();
    }

    /// <summary>Reads what came into the log from elsewhere: the disk's holes are filled.</summary>
    private void ReadOn()
    {
        while (_ahead is not null && _height < _ahead.Height
            && _node.Disk.ReadBlock(_height + 1) is { } stored)
        {
            _log.Append(Block.Codec.Decode(stored.Value).Entries);
            _height++;
        }

        if (_ahead is { } state && _height == state.Height)
        {
            _ahead = null;
            if (_height > 0)
            {
                _desk.Stand(state, _world.NowMs);
            }
        }
    }

    /// <summary>A peer asks for heads or says what it cosigned.</summary>
    public void Hear(HeadInput input)
    {
        switch (input.Message)
        {
            case PeerMessage.HeadsAsked:
                _world.Send(_node, input.From, _desk.AnswerTo(input.From));
                break;
            case PeerMessage.Cosigned words:
                _heard = words.Words.Select(each => each.Head.In(_world.Network))
                    .Append(_heard).MaxBy(each => each?.Size ?? 0);
                _desk.Hear(input.From, words);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(input.ToString());
        }
    }

    /// <summary>Asks, signs and tells what is due.</summary>
    /// <returns>False: the node died after a record was synced and before its word left.</returns>
    public bool Work()
    {
        ReadOn();
        foreach (CompanyId member in _desk.Asked(_world.NowMs))
        {
            _world.Send(_node, member, new PeerMessage.HeadsAsked());
        }

        while (_desk.Due(_world.NowMs) is { } due && KeyOf(due) is { } key)
        {
            Checkpoint head = Spoiled(due.Head);
            LogHead largest = _node.Disk.LargestHead is { } signed
                ? LogHead.Of(signed) : LogHead.Empty;
            if (!CosignerRule.MaySign(largest, LogHead.Of(head), out _))
            {
                break;
            }

            _node.Disk.LargestHead = head;
            _world.Oracles.Heads.Signed(_node, head, key);
            if (_world.CrashesAtHead(_node))
            {
                return false;
            }

            HeadCosignature word = HeadCosignature.Sign(
                head, _node.Company, _world.NowMs / 1_000,
                Consensus.StandInSignatures.SignerOf(key));
            _desk.Signed(word, key);
            _world.Send(_node, null, new PeerMessage.Cosigned(false, [word]));
        }

        Tell();
        if (_desk.Newest is { } newest)
        {
            _world.Oracles.Heads.Newest(_node.Company, newest);
        }

        return true;
    }

    private void Tell()
    {
        if (_world.Mutation == ReplicationMutation.IgnoreForeignHeads)
        {
            return;
        }

        foreach (HeadCosignature foreign in _desk.TakeShown())
        {
            _world.Send(_node, null, new PeerMessage.Cosigned(false, [foreign]));
        }

        foreach (TwoHeads found in _desk.TakeFound())
        {
            _world.Oracles.Heads.Found(_node.Company, found);
            _node.Disk.FoundHeads.Add(found);
        }

    }

    /// <summary>The company's key in force after the head's block; null when it has none.</summary>
    private PublicKey? KeyOf(CosignedHead due) => due.Governance.Members
        .Where(each => each.Company == _node.Company)
        .Select(each => (PublicKey?)each.IdentityKey)
        .FirstOrDefault();

    /// <summary>As a planted defect has it: what somebody else has cosigned.</summary>
    private Checkpoint Spoiled(Checkpoint head) =>
        _world.Mutation == ReplicationMutation.CosignWhatIsHeard
            && _heard is { } heard && heard.Size > head.Size ? heard : head;

    private static bool StandIn(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Consensus.StandInSignatures.Verify(key, message, signature);
}
