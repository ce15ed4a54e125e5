using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>What a candidate wants to found.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="Founders">How many found it; 1 to 100.</param>
/// <param name="Rules">Its first rules.</param>
/// <param name="Simulated">Whether its clock may be sped up.</param>
public sealed record FoundingPlan(string Name, int Founders, Rules Rules, bool Simulated);

/// <summary>Something that happened around a candidate.</summary>
public abstract record FoundingInput
{
    private FoundingInput()
    {
    }

    /// <summary>A mutual handshake succeeded; both know the invitation code.</summary>
    public sealed record CandidateUp(SignedMember Candidate) : FoundingInput;

    /// <summary>The connection is gone.</summary>
    public sealed record CandidateDown(CompanyId Candidate) : FoundingInput;

    /// <summary>A message over a connection whose handshake succeeded.</summary>
    public sealed record Received(CompanyId From, FoundingMessage Message) : FoundingInput;

    /// <summary>Time passed; what is not answered is sent again. About every 200 ms.</summary>
    public sealed record Tick(Timestamp Wall) : FoundingInput;

    /// <summary>
    /// The operator was invited by a member: this network's genesis is taken over when it is heard.
    /// </summary>
    public sealed record OperatorJoins(Digest Network) : FoundingInput;

    /// <summary>
    /// The operator gives up the bound draft, knowing that its founders are gone for ever.
    /// </summary>
    public sealed record OperatorAbandons : FoundingInput;
}

/// <summary>
/// What the shell must do, in this order; a record is synced before anything after it.
/// </summary>
public abstract record FoundingEffect
{
    private FoundingEffect()
    {
    }

    /// <summary>Replace the durable record.</summary>
    public sealed record Persist(FoundingRecord Record) : FoundingEffect;

    /// <summary>Send to one candidate; loss is allowed.</summary>
    public sealed record Send(CompanyId To, FoundingMessage Message) : FoundingEffect;

    /// <summary>The network exists and this company is one of its founders.</summary>
    public sealed record Founded(Genesis Genesis) : FoundingEffect;
}

/// <summary>Where founding stands, for the operator.</summary>
public abstract record FoundingStatus
{
    private FoundingStatus()
    {
    }

    /// <summary>Not enough candidates yet, or the lowest of them has not proposed.</summary>
    public sealed record Waiting(int Present, int Needed) : FoundingStatus;

    /// <summary>A draft is signed; these founders' signatures are missing.</summary>
    public sealed record Signing(Digest Draft, IReadOnlyList<CompanyId> Missing) : FoundingStatus;

    /// <summary>A draft is being given up; these founders have not agreed yet.</summary>
    public sealed record GivingUp(Digest Draft, IReadOnlyList<CompanyId> Missing) : FoundingStatus;

    /// <summary>The network exists.</summary>
    public sealed record Done(Digest Network) : FoundingStatus;

    /// <summary>
    /// Others founded the network without this company: it must join by their vote.
    /// </summary>
    public sealed record MustJoin(Digest Network) : FoundingStatus;

    /// <summary>
    /// Too many drafts were abandoned; see <see cref="FoundingLimits.AbandonedMax"/>.
    /// </summary>
    public sealed record Disturbed : FoundingStatus;
}
