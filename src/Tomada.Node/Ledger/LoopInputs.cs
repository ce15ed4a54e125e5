using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Tomada.Ledger;
using Tomada.Node.Peers;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// What the loop steps next: the node's own inputs and the peers' by turns, so that neither many
/// submissions nor a talkative peer keeps the other waiting. One reader.
/// </summary>
internal sealed class LoopInputs(
    ChannelReader<ReplicatorInput> own, ChannelReader<PeerEvent> peers)
{
    /// <summary>Own transactions that are stepped together; more wait for the next turn.</summary>
    public const int SubmittedTogetherMax = 256;

    private Task<bool> _own = Task.FromResult(true);
    private Task<bool> _peers = Task.FromResult(true);
    private bool _peersFirst;

    /// <summary>Waits until there may be something to take; false when nothing comes.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        // A wait that has not ended yet is kept: each new one would be remembered by its channel.
        _own = _own.IsCompleted ? own.WaitToReadAsync(stop).AsTask() : _own;
        _peers = _peers.IsCompleted ? peers.WaitToReadAsync(stop).AsTask() : _peers;
        return await await Task.WhenAny(_own, _peers);
    }

    /// <summary>Takes the next input if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out ReplicatorInput? input)
    {
        _peersFirst = !_peersFirst;
        return _peersFirst
            ? TryTakePeers(out input) || TryTakeOwn(out input)
            : TryTakeOwn(out input) || TryTakePeers(out input);
    }

    /// <summary>
    /// The next own input. Transactions that wait one behind the other are taken together, so that
    /// they are proposed together: else the first of them would be a block by itself.
    /// </summary>
    private bool TryTakeOwn([NotNullWhen(true)] out ReplicatorInput? input)
    {
        if (!own.TryRead(out input) || input is not ReplicatorInput.Submitted first)
        {
            return input is not null;
        }

        List<SignedTransaction> together = [.. first.Transactions];
        while (together.Count < SubmittedTogetherMax
            && own.TryPeek(out ReplicatorInput? next) && next is ReplicatorInput.Submitted more)
        {
            own.TryRead(out _);
            together.AddRange(more.Transactions);
        }

        input = new ReplicatorInput.Submitted([.. together]);
        return true;
    }

    private bool TryTakePeers([NotNullWhen(true)] out ReplicatorInput? input)
    {
        input = !peers.TryRead(out PeerEvent? happened) ? null : happened switch
        {
            PeerEvent.Arrived arrived =>
                new ReplicatorInput.Received(arrived.From, arrived.Bytes),
            PeerEvent.ReachableChanged changed =>
                new ReplicatorInput.PeersReachable(changed.Reachable),
            _ => throw new System.Diagnostics.UnreachableException(happened.ToString()),
        };
        return input is not null;
    }
}
