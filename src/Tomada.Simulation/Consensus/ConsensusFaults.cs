namespace Tomada.Simulation.Consensus;

/// <summary>What histories of consensus are meant to meet; the tests ask for each.</summary>
public static class ConsensusFaults
{
    public const string Lost = "message lost";
    public const string Duplicated = "message duplicated";
    public const string Overtaken = "message overtaken by a later one";
    public const string CutBothWays = "network cut in two";
    public const string CutOneWay = "links cut one way";
    public const string ClockJumped = "ledger clock jumped";
    public const string PowerCut = "all nodes dead at once";
    public const string PowerCutWithLock = "all nodes dead at once, a value locked";
    public const string DeadBeforeSync = "crash before sync, all rows lost";
    public const string DeadTorn = "crash within sync, some rows lost";
    public const string DeadBeforeSend = "crash while sending";
    public const string DeadAfterSend = "crash after sending";
    public const string DeadAfterAppend = "crash after appending";
    public const string VotesRestored = "votes read back at a restart";
    public const string Replaced = "member replaced";
    public const string Complained = "leader left for censorship";
    public const string BallotChanged = "height decided above ballot 0";
    public const string LockProposed = "locked value proposed again";
    public const string SlowNetwork = "messages slower than T0 after the faults";
    public const string RealSignatures = "votes signed with Ed25519";
    public const string Twins = "lie: two replicas with one key";
    public const string Equivocated = "lie: two values in one ballot";
    public const string Withheld = "lie: vote withheld";
    public const string Forged = "lie: certificate forged";
    public const string Future = "lie: ballot far above";
    public const string Stale = "lie: ballot long left";
    public const string Invalid = "lie: invalid value";
    public const string Replayed = "lie: old message replayed";
    public const string Unfounded = "lie: vote for anything";

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        Lost, Duplicated, Overtaken, CutBothWays, CutOneWay, ClockJumped, PowerCut,
        PowerCutWithLock, DeadBeforeSync, DeadTorn, DeadBeforeSend, DeadAfterSend,
        DeadAfterAppend, VotesRestored, Replaced, Complained, BallotChanged, LockProposed,
        SlowNetwork, RealSignatures, Twins, Equivocated, Withheld, Forged, Future, Stale, Invalid,
        Replayed, Unfounded,
    ];
}
