using System.Collections.Immutable;
using System.Diagnostics;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// How candidates become a network: the lowest identity key proposes a draft of the genesis, every
/// founder signs it, and N signatures are the genesis. Two complete geneses with a common founder
/// never exist, because a candidate is bound by one draft until <em>all</em> its founders have
/// promised not to complete it. Single-threaded; no clock, no IO.
/// </summary>
public sealed partial class FoundingMachine
{
    private readonly FoundingPlan _plan;
    private readonly SignedMember _self;
    private readonly SignMessage _sign;
    private readonly VerifySignature _verify;
    private readonly SortedDictionary<CompanyId, SignedMember> _present = [];
    private readonly SortedDictionary<CompanyId, SignedMember> _met = [];
    private readonly SortedDictionary<CompanyId, int> _busyTicks = [];
    private readonly SortedDictionary<CompanyId, byte[]> _signatures = [];
    private readonly SortedSet<CompanyId> _abandoners = [];
    private readonly List<FoundingEffect> _effects = [];
    private Timestamp _wall;
    private Digest? _boundId;
    private Digest? _foreign;
    private Digest? _joining;

    /// <summary>A candidate as its last durable record left it.</summary>
    /// <param name="plan">What it wants to found.</param>
    /// <param name="self">Its own signed record.</param>
    /// <param name="sign">Signs with its identity key.</param>
    /// <param name="verify">Checks signatures.</param>
    /// <param name="record">The newest persisted record, or
    /// <see cref="FoundingRecord.Empty"/>.</param>
    /// <param name="wall">The wall clock now.</param>
    public FoundingMachine(
        FoundingPlan plan,
        SignedMember self,
        SignMessage sign,
        VerifySignature verify,
        FoundingRecord record,
        Timestamp wall)
    {
        _plan = plan;
        _self = self;
        _sign = sign;
        _verify = verify;
        _wall = wall;
        Record = record;
        _boundId = record.Bound?.NetworkId;
        if (record.Bound is { } bound)
        {
            _signatures[Self] = sign(bound.SignedMessage());
        }
    }

    /// <summary>The newest record; durable once the effects of the last step are done.</summary>
    public FoundingRecord Record { get; private set; }

    public FoundingStatus Status => this switch
    {
        { Record.Held: { } held } => new FoundingStatus.Done(held.Genesis.NetworkId),
        { Record.Bound: { } bound } when IsAbandoned(_boundId!.Value) =>
            new FoundingStatus.GivingUp(_boundId!.Value, Missing(bound, _abandoners.Contains)),
        { Record.Bound: { } bound } =>
            new FoundingStatus.Signing(_boundId!.Value, Missing(bound, _signatures.ContainsKey)),
        { _foreign: { } network } => new FoundingStatus.MustJoin(network),
        { Record.Abandoned.Length: >= FoundingLimits.AbandonedMax } => new FoundingStatus.Disturbed(
            ),
        _ => new FoundingStatus.Waiting(_present.Count + 1, _plan.Founders),
    };

    private CompanyId Self => _self.Member.Company;

    /// <summary>Takes one input; the effects are to be done in order.</summary>
    public ImmutableArray<FoundingEffect> Step(FoundingInput input)
    {
        switch (input)
        {
            case FoundingInput.CandidateUp up:
                OnUp(up.Candidate);
                break;
            case FoundingInput.CandidateDown down:
                _present.Remove(down.Candidate);
                _busyTicks.Remove(down.Candidate);
                break;
            case FoundingInput.Received received:
                OnMessage(received.From, received.Message);
                break;
            case FoundingInput.Tick tick:
                OnTick(tick.Wall);
                break;
            case FoundingInput.OperatorJoins joins:
                _joining = joins.Network;
                break;
            case FoundingInput.OperatorAbandons:
                OnOperatorAbandons();
                break;
            default:
                throw new UnreachableException(input.ToString());
        }

        ImmutableArray<FoundingEffect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private static ImmutableArray<CompanyId> Missing(
        GenesisDraft draft, Func<CompanyId, bool> has) =>
        [.. draft.Founders.Select(founder => founder.Member.Company)
            .Where(company => !has(company))];

    private static MemberRecord ProposerOf(GenesisDraft draft) =>
        draft.Founders.MinBy(founder => founder.Member.IdentityKey)!.Member;

    private static MemberRecord? FounderOf(GenesisDraft draft, CompanyId company) =>
        draft.Founders.FirstOrDefault(founder => founder.Member.Company == company)?.Member;

    private void OnUp(SignedMember candidate)
    {
        MemberRecord member = candidate.Member;
        bool known = _met.ContainsKey(member.Company);
        if (member.Company == Self || (!known && _met.Count >= FoundingLimits.CandidatesMax))
        {
            return;
        }

        _present[member.Company] = candidate;
        _met[member.Company] = candidate;
        _busyTicks.Remove(member.Company);
        Answer(member.Company);
    }

    /// <summary>
    /// Tells a waiting candidate where founding stands; silence means that nothing has begun.
    /// </summary>
    private void Answer(CompanyId candidate)
    {
        if (Record.Held is { } held)
        {
            Send(candidate, held);
        }
        else if (Record.Bound is { } bound && FounderOf(bound, candidate) is null)
        {
            Send(candidate, new FoundingBusy(_boundId!.Value));
        }
    }

    private void OnMessage(CompanyId from, FoundingMessage message)
    {
        switch (message)
        {
            case DraftSigned signed:
                OnSigned(from, signed);
                break;
            case DraftAbandoned abandoned:
                OnAbandoned(from, abandoned);
                break;
            case GenesisHeld held:
                OnHeld(held);
                break;
            case FoundingBusy when _present.ContainsKey(from):
                _busyTicks[from] = FoundingLimits.BusyTicks;
                break;
            case FoundingBusy:
                break;
            case FoundingAsked:
                Answer(from);
                break;
            default:
                throw new UnreachableException(message.ToString());
        }
    }

    private void OnTick(Timestamp wall)
    {
        _wall = wall > _wall ? wall : _wall;
        foreach ((CompanyId company, int ticks) in _busyTicks.ToArray())
        {
            if (ticks == 1)
            {
                _busyTicks.Remove(company);
            }
            else
            {
                _busyTicks[company] = ticks - 1;
            }
        }

        if (Record.Held is not null)
        {
            return;
        }

        if (Record.Bound is { } bound)
        {
            Resend(bound);
            return;
        }

        ProposeIfLowest();
        if (Record is { Bound: null, Held: null })
        {
            foreach (CompanyId company in _present.Keys)
            {
                Send(company, new FoundingAsked());
            }
        }
    }

    private void Resend(GenesisDraft bound)
    {
        if (IsAbandoned(_boundId!.Value))
        {
            SendAbandon(Missing(bound, _abandoners.Contains), asks: true);
        }
        else
        {
            Broadcast(bound, new DraftSigned(bound, Self, _signatures[Self]));
        }
    }

    private void ProposeIfLowest()
    {
        // While somebody is busy founding this network, a second draft would make a second network.
        if (_busyTicks.Count > 0 || _foreign is not null
            || Record.Abandoned.Length >= FoundingLimits.AbandonedMax)
        {
            return;
        }

        SignedMember[] candidates =
            [.. _present.Values.Append(_self).OrderBy(each => each.Member.IdentityKey)];
        if (candidates.Length < _plan.Founders || candidates[0] != _self)
        {
            return;
        }

        GenesisDraft draft = new(
            _plan.Name,
            [.. candidates.Take(_plan.Founders).OrderBy(each => each.Member.Company)],
            _plan.Rules,
            _wall,
            _plan.Simulated);
        // A draft given up at this very instant has this very id; the next tick makes another.
        if (!IsAbandoned(draft.NetworkId))
        {
            Bind(draft, Self, _sign(draft.SignedMessage()));
        }
    }

    private void Bind(GenesisDraft draft, CompanyId signer, byte[] signature)
    {
        _boundId = draft.NetworkId;
        _signatures.Clear();
        _abandoners.Clear();
        _signatures[signer] = signature;
        _signatures[Self] = _sign(draft.SignedMessage());
        Persist(Record with { Bound = draft });
        Broadcast(draft, new DraftSigned(draft, Self, _signatures[Self]));
        CompleteIfSigned();
    }

    private void Persist(FoundingRecord record)
    {
        Record = record;
        _effects.Add(new FoundingEffect.Persist(record));
    }

    private void Send(CompanyId to, FoundingMessage message)
    {
        if (to != Self && _present.ContainsKey(to))
        {
            _effects.Add(new FoundingEffect.Send(to, message));
        }
    }

    private void Broadcast(GenesisDraft draft, FoundingMessage message)
    {
        foreach (SignedMember founder in draft.Founders)
        {
            Send(founder.Member.Company, message);
        }
    }
}
