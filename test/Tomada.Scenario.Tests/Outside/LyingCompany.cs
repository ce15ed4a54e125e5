using Microsoft.Extensions.Logging.Abstractions;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Scenario.Tests.Outside;

/// <summary>
/// A company that lies: its real keys and the real peer protocol, but no replica behind them. The
/// company's node must be down.
/// </summary>
internal sealed class LyingCompany : IAsyncDisposable
{
    private readonly NodeKeys _keys;
    private readonly NodeStore _store;
    private readonly PeerNetwork _peers;
    private readonly LedgerState _genesis;
    private readonly CompanyId _company;

    private LyingCompany(
        NodeKeys keys, NodeStore store, PeerNetwork peers, LedgerState genesis, CompanyId company)
    {
        _keys = keys;
        _store = store;
        _peers = peers;
        _genesis = genesis;
        _company = company;
    }

    public static async Task<LyingCompany> StartAsync(string data, CancellationToken stop)
    {
        Assert.True(NodeConfig.TryLoad(data, out NodeConfig? config, out string? why), why);
        NodeKeys keys = NodeKeys.Load(data);
        NodeStore store = NodeStore.Open(data);
        LedgerState genesis = LedgerState.FromGenesis(FoundingService.ReadGenesis(store)!);
        PeerNetwork peers = await PeerNetwork.StartAsync(
            config!, keys, store, TimeProvider.System, NullLogger<PeerNetwork>.Instance, stop);
        peers.EnterNetwork(
            genesis.Network, company => genesis.Members.GetValueOrDefault(company));
        return new LyingCompany(keys, store, peers, genesis, config!.Company);
    }

    /// <summary>Waits until it has a channel to both others.</summary>
    public Task ReachesAsync(int others, CancellationToken stop) => Waiting.UntilAsync(
        "the liar to reach the others", () => _peers.Reachable.Count >= others, stop);

    /// <summary>Endorses a value of its own invention at height 1, to one company alone.</summary>
    public void Endorse(string to, string value)
    {
        VoteContent content = new(
            VoteType.Endorse, 1, 0, Digest.Of(System.Text.Encoding.ASCII.GetBytes(value)));
        byte[] signature = _keys.SignVote(
            content.SignedBytes(_genesis.Network, _genesis.GovernanceRoot));
        _peers.Send(CompanyId.Parse(to), PeerMessage.Codec.Encode(new PeerMessage.Voting(
            new ConsensusMessage.Endorse(1, 0, content.Digest, _company, signature))));
    }

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        _store.Dispose();
        _keys.Dispose();
    }
}
