using System.Net;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Node.Keys;
using Tomada.Node.Peers;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// Where the company's operator looks after the network: invites, joins, votes, goes, changes keys.
/// What it cannot do it answers with a reason.
/// </summary>
internal sealed class NetworkDesk(
    NodeConfig config, NodeKeys keys, NodeStore store, PeerNetwork peers, TimeProvider wall)
{
    private volatile FoundingService? _founding;
    private volatile LedgerDesk? _desk;

    /// <summary>The ledger's desk; null before the network is entered.</summary>
    public LedgerDesk? Desk => _desk;

    /// <summary>Where the node stands: FOUNDING, MUST_JOIN, JOINING or RUNNING.</summary>
    public string Phase => _desk is not null ? "RUNNING"
        : JoinInvitation.ReadFrom(store) is not null ? "JOINING"
        : _founding?.Status is Replication.FoundingStatus.MustJoin ? "MUST_JOIN"
        : "FOUNDING";

    /// <summary>Founding has begun, or joining by an invitation that was accepted.</summary>
    public void Opens(FoundingService founding)
    {
        _founding = founding;
        if (JoinInvitation.ReadFrom(store) is { } invitation)
        {
            Follow(founding, invitation);
        }
    }

    /// <summary>The network is entered.</summary>
    public void Runs(LedgerDesk desk) => _desk = desk;

    /// <summary>An invitation into the network as it stands now.</summary>
    public JoinInvitation Invite(LedgerDesk desk)
    {
        LedgerState state = desk.State;
        return new JoinInvitation(
            state.Genesis.Draft.Name,
            state.Network,
            new Replication.TrustAnchor(state.Height, state.Tip),
            config.Advertise is { } advertised ? [advertised]
                : peers.EndPoint.Address.Equals(IPAddress.Any)
                    || peers.EndPoint.Address.Equals(IPAddress.IPv6Any) ? []
                : [HostPort.Parse(peers.EndPoint.ToString())]);
    }

    private void Follow(FoundingService founding, JoinInvitation invitation)
    {
        founding.Join(invitation.Network);
        foreach (HostPort seed in invitation.Peers)
        {
            peers.AddSeed(seed);
        }
    }

    /// <summary>Accepts an invitation; null when it goes on, otherwise why not.</summary>
    public string? Join(JoinInvitation invitation)
    {
        if (_desk is not null || _founding is not { } founding)
        {
            return "this node belongs to a network already";
        }

        if (invitation.Name != config.Network.Name)
        {
            return $"the invitation is for '{invitation.Name}', and tomada.json names "
                + $"'{config.Network.Name}'";
        }

        bool isNew = JoinInvitation.ReadFrom(store) is null;
        invitation.WriteTo(store);
        if (isNew)
        {
            Follow(founding, invitation);
        }
        else
        {
            founding.Join(invitation.Network);
        }

        return null;
    }

    /// <summary>Gives up the draft that binds this company; null when there is one.</summary>
    public string? Abandon()
    {
        if (_desk is not null || _founding is not { } founding)
        {
            return "the network is founded; nothing is left to abandon";
        }

        founding.AbandonByOperator();
        return null;
    }

    /// <summary>The keys of a company at the door; null when it is not there.</summary>
    public SignedMember? FindCandidate(LedgerState state, CompanyId company) =>
        peers.Connected.FirstOrDefault(each =>
            each.Member.Company == company && !state.Members.ContainsKey(company));

    /// <summary>Asks the ledger for a key that this node has just made and synced.</summary>
    public RotateKey Rotation(LedgerDesk desk, KeyKind kind) =>
        new(keys.Prepare(kind, desk.State.Network, config.Company, wall));

    /// <summary>Everything about companies and changes.</summary>
    public NetworkAnswer Snapshot()
    {
        LedgerState? state = _desk?.State;
        return new NetworkAnswer(
            Phase,
            config.Company.Value,
            [.. state?.Members.Keys.Select(each => each.Value) ?? []],
            [.. state?.Parties.Values.Select(each => new PartyAnswer(
                each.Member.Company.Value,
                ApiJson.Name(each.Status),
                each.Since.ToString(),
                Obligations.Has(state, each.Member.Company))) ?? []],
            [.. peers.Connected
                .Select(each => each.Member)
                .Where(each => state is null
                    || (!state.Members.ContainsKey(each.Company)
                        && !state.Parties.ContainsKey(each.Company)))
                .Select(each => new CandidateAnswer(
                    each.Company.Value, each.Name, each.IdentityKey.ToString()))],
            [.. state?.Proposals
                .OrderBy(each => each.Value.ProposedAt)
                .Select(each => Describe(state, each.Key, each.Value, _desk!.Now())) ?? []]);
    }

    /// <summary>An open change, and for whom it waits.</summary>
    public static ProposalAnswer Describe(
        LedgerState state, Digest id, MemberProposal proposal, Timestamp now)
    {
        Timestamp since = MemberChanges.ReadySince(
            now > state.Time ? now : state.Time, state.Clock.Factor);
        Readiness readiness = MemberChanges.ReadinessOf(state.Members, proposal, since);
        return new ProposalAnswer(
            id.ToString(),
            proposal.Change.Kind,
            proposal.Change.Leaving?.Value,
            proposal.Change.Joining?.Member.Company.Value,
            proposal.Change.Joining?.Member.IdentityKey.ToString(),
            proposal.ProposedBy.Value,
            proposal.ProposedAt.ToString(),
            [.. MemberChanges.VotesOf(state.Members, proposal).Select(each => each.Value)],
            proposal.Change.IsOwnWill ? 0 : Governance.QuorumOf(state.Members.Count),
            MemberChanges.IsApproved(state.Members, proposal),
            [.. readiness.Ready.Select(each => each.Value)],
            readiness.Needed,
            [.. readiness.Awaited.Select(each => each.Value)]);
    }
}
