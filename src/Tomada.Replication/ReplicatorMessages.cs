using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Consensus;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <content>What peers say.</content>
public sealed partial class Replicator
{
    private void OnReceived(ReplicatorInput.Received received)
    {
        if (!PeerMessage.Codec.TryDecode(received.Bytes, out PeerMessage? message, out string? why))
        {
            _output.Refusals.Add(new RefusedInput(received.From, "peer.malformed", why));
            return;
        }

        switch (message)
        {
            case PeerMessage.Voting voting:
                OnVoting(received.From, voting.Message);
                break;
            case PeerMessage.HeldVotes or PeerMessage.GuiltFound:
                _guilt.Hear(received.From, message, _output);
                break;
            case PeerMessage.NewestVoteAsked:
                _guilt.Answer(received.From, _output);
                break;
            case PeerMessage.NewestVote answer:
                _awakening.Hear(received.From, answer);
                Awake();
                break;
            case PeerMessage.Syncing syncing:
                OnSyncing(received.From, syncing.Message);
                break;
            case PeerMessage.Cosigned or PeerMessage.HeadsAsked:
                _output.Heads.Add(new HeadInput(received.From, message));
                break;
            case PeerMessage.OutlookSaid or PeerMessage.OutlookAsked:
                _output.Outlooks.Add(new OutlookInput(received.From, message));
                break;
            case PeerMessage.Gossip
                when NetworkHeight - State.Height > ReplicationLimits.FarBehindMin:
                break;
            case PeerMessage.Gossip gossip:
                foreach (byte[] bytes in gossip.Transactions)
                {
                    _intake.Hear(received.From, bytes, State, NextBlockTime, _output);
                }

                break;
            case PeerMessage.BlockRequest request:
                if (request.FromHeight <= State.Height)
                {
                    _output.Serve.Add(new BlockService(received.From, request.FromHeight));
                }

                break;
            case PeerMessage.BlockAnswer blocks:
                OnBlocks(received.From, blocks);
                break;
            default:
                throw new UnreachableException(message.ToString());
        }
    }

    private void OnVoting(CompanyId from, ConsensusMessage message)
    {
        if (message is not ConsensusMessage.Decided decided
            || !_guilt.IsFork(from, decided, _values, _output))
        {
            Drive(new Input.Received(from, message));
        }

        // Afterwards: a decision does not wait for it.
        _guilt.Hear(from, message, _values, _output);
    }

    /// <summary>
    /// More members than may lie must say that the network is so far: one alone could otherwise
    /// send this node to start again and again.
    /// </summary>
    private void OnSyncing(CompanyId from, SyncMessage message)
    {
        if (message is not SyncMessage.SnapshotOffered { Head: { } head })
        {
            _output.Syncing.Add(new SyncInput(from, message));
        }
        else if (IsFarBehind && _snapshotAtMs > 0 && head.Height <= NetworkHeight
            && head.Height - State.Height >= _options.SnapshotGapMin)
        {
            _output.FarAhead = head;
        }
    }

    private void OnBlocks(CompanyId from, PeerMessage.BlockAnswer answer)
    {
        long before = State.Height;
        ImmutableArray<ConsensusMessage.Decided> older =
            [.. answer.Blocks.TakeWhile(each => each.Height <= before)];
        if (!older.IsEmpty)
        {
            // A hole may be so close to the tip that its answer goes on above it.
            _output.Older.Add(new OlderBlocks(from, older));
            if (older.Length == answer.Blocks.Length)
            {
                return;
            }
        }

        foreach (ConsensusMessage.Decided block in answer.Blocks)
        {
            if (block.Height == State.Height + 1
                && !_guilt.IsFork(from, block, _values, _output))
            {
                Drive(new Input.Received(from, block));
            }
        }

        if (_catchUp.Answered(from, State.Height > before, _monotonicMs, State.Height) is { } ask)
        {
            _output.Send.Add(ask);
        }
    }
}
