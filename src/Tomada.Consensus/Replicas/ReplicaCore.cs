using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>What the roles of a replica share: who I am, what I know, and the way out.</summary>
internal sealed class ReplicaCore(
    ReplicaOptions options, IValueRules rules, SignMessage sign, VerifySignature verify)
{
    public CompanyId Self => options.Self;

    public ProtocolMutation Mutation => options.Mutation;

    /// <summary>T0: what was configured, or more when the network is slow.</summary>
    public int BaseTimeoutMs { get; private set; } = options.BaseTimeoutMs;

    /// <summary>
    /// Derives T0 from the round trip to the slowest member of the fastest quorum.
    /// </summary>
    public void SetRoundTrip(int milliseconds) => BaseTimeoutMs = Math.Max(
        options.BaseTimeoutMs,
        (int)Math.Min(
            Limits.BaseTimeoutRoundTrips * (long)milliseconds, Limits.DerivedBaseTimeoutMsMax));

    public IValueRules Rules => rules;

    public VoteVerifier Verifier { get; } = new(options.Network, verify);

    public Outbox Out { get; } = new();

    /// <summary>My own messages of this step, which I handle as I handle everyone's.</summary>
    public Queue<ConsensusMessage> ToSelf { get; } = new();

    /// <summary>The height being decided; null before the first one is started.</summary>
    public HeightState? Current { get; set; }

    /// <summary>The height being decided.</summary>
    public HeightState Now => Current!;

    public long WallMs { get; set; }

    /// <summary>
    /// When I last told anything to all: what is new need not be sent again at once.
    /// </summary>
    public long LastBroadcastMs { get; private set; }

    public bool HasTime { get; set; }

    public Timestamp LedgerNow { get; set; }

    public bool WorkWaits { get; set; }

    public ImmutableSortedSet<CompanyId> Reachable { get; set; } = [];

    /// <summary>Leaders that let a ballot time out and were not heard since.</summary>
    public SortedSet<CompanyId> Silent { get; } = [];

    public bool IsMember => Now.Votes && Now.Members.Contains(Self);

    public bool LeadsNow => Now.LeaderOf(Now.Ballot).Company == Self;

    /// <summary>Whether enough members can be reached to decide anything.</summary>
    public bool SeesQuorum =>
        Now.Members.Members.Count(each => each.Company == Self || Reachable.Contains(each.Company))
            >= Now.Quorum;

    /// <summary>Defects that make every J worthless, so that it is not asked for either.</summary>
    public bool DoubtsJustifications => Mutation is ProtocolMutation.SkipPromiseCheck
        or ProtocolMutation.AnyLockInsteadOfHighest or ProtocolMutation.BelieveForgedLock;

    private DurableKind? Forgotten => Mutation switch
    {
        ProtocolMutation.ForgetLockOnRestart => DurableKind.Accepted,
        ProtocolMutation.ForgetEndorseOnRestart => DurableKind.Endorsed,
        ProtocolMutation.ForgetPromiseOnRestart => DurableKind.Promised,
        ProtocolMutation.ForgetProposalOnRestart => DurableKind.Proposed,
        _ => null,
    };

    public int QuorumOf(MemberSet members) => Mutation switch
    {
        ProtocolMutation.SimpleMajority => (members.N / 2) + 1,
        ProtocolMutation.TwoFaultsPlusOne => (2 * members.F) + 1,
        ProtocolMutation.QuorumLessOne => Math.Max(1, members.Q - 1),
        _ => members.Q,
    };

    public byte[] Sign(in VoteContent content) =>
        sign(content.SignedBytes(options.Network, Now.Members.Hash));

    public bool IsSigned(in VoteContent content, CompanyId company, byte[] signature) =>
        Verifier.IsSigned(Now.Members, content, company, signature);

    /// <summary>
    /// Writes a row of this height; synced before anything of this step leaves (C8).
    /// </summary>
    public void Persist(DurableKind kind, int ballot, byte[] bytes)
    {
        if (Forgotten != kind)
        {
            Out.Persist(new DurableRecord(Now.Height, kind, ballot, bytes));
        }
    }

    /// <summary>Sends to all other members, and handles it myself.</summary>
    public void Broadcast(ConsensusMessage message)
    {
        LastBroadcastMs = WallMs;
        Out.Send(null, message);
        ToSelf.Enqueue(message);
    }
}
