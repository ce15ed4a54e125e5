namespace Tomada.Consensus;

/// <summary>Every bound of the consensus core, and what happens at it.</summary>
public static class Limits
{
    /// <summary>
    /// Members of one set; more are refused when the set is made. The promise is 10.
    /// </summary>
    public const int MembersMax = 100;

    /// <summary>Highest height; a message above it does not decode.</summary>
    public const long HeightMax = Primitives.VoteContent.HeightMax;

    /// <summary>
    /// Highest ballot of a height; a replica in it stays there and waits for a decision.
    /// </summary>
    public const int BallotMax = Primitives.VoteContent.BallotMax;

    /// <summary>
    /// Bytes of one value (a block); a longer one does not decode. Twice what a ledger block's
    /// transactions may have, which leaves room for their effects and the seal.
    /// </summary>
    public const int ValueBytesMax = 4 * 1024 * 1024;

    /// <summary>
    /// Ballots of which one member's votes of one type are kept at a height; the lowest is dropped.
    /// An honest member climbs by timeouts that double, so only a liar ever reaches it.
    /// </summary>
    public const int BallotsPerSignerMax = 64;

    /// <summary>Values kept at a height beside the locked one; the oldest is dropped.</summary>
    public const int KnownValuesMax = 16;

    /// <summary>
    /// Justifications kept of one ballot; a further one is not, and a peer shows the decision.
    /// </summary>
    public const int JustificationsMax = 4;

    /// <summary>Messages kept of one peer for the next height; the oldest is dropped.</summary>
    public const int EarlyPerPeerMax = 16;

    /// <summary>T0 is at least so many round trips (spec/consensus.md, Timeouts).</summary>
    public const int BaseTimeoutRoundTrips = 10;

    /// <summary>
    /// The longest T0 that is derived from round trips, in milliseconds; a slower network is given
    /// no more, and decides in higher ballots.
    /// </summary>
    public const int DerivedBaseTimeoutMsMax = 10_000;

    /// <summary>Longest ballot timeout, in multiples of T0.</summary>
    public const int TimeoutFactorMax = 64;

    /// <summary>Longest wait of a replica that has nothing to decide until it names its height
    /// again,
    /// in multiples of T0.</summary>
    public const int IdleResendFactor = 4;

    /// <summary>
    /// Votes of one signer at one height that are held of one bringer, to find contradictions; the
    /// oldest is dropped. A member that climbs makes three in a ballot.
    /// </summary>
    public const int WatchedPerSignerMax = 24;

    /// <summary>Votes that are held of one bringer in all; the oldest is dropped.</summary>
    public const int WatchedPerPeerMax = 16_384;

    /// <summary>
    /// Forged signatures that one peer may make a replica check in a second; beyond, what it brings
    /// is dropped unchecked.
    /// </summary>
    public const int FailedChecksPerSecondMax = 50;
}
