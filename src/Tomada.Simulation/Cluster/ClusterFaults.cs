using Tomada.Ledger;

namespace Tomada.Simulation.Cluster;

/// <summary>What histories of whole networks are meant to meet; the tests ask for each.</summary>
public static class ClusterFaults
{
    /// <summary>Every kind that histories are meant to meet.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        MessageLost, MessageDuplicated, MessageOvertaken, LinkCut, CrashBeforeSync, CrashAfterSync,
        CrashWhileSending, CrashAfterSending, LostWithCrash, KeptByRestart, VoteKeptByRestart,
        BallotChanged, CatchUp, TransactionExpired, TransactionRefused, TripExpired, TripRefused,
        TripCompleted, TripPartial, WindowTaken, SessionEndedBySilence, CdrAcceptedBySilence,
        ClockChanged, PaymentConfirmed, LiarWrongRoot, LiarInvalidBlock, LiarEquivocated,
        LiarWithheld, LiarReplayed, Censored, CensorReplaced, LinkCutOneWay, ClockJumped,
        LiarConvicted, MemberJoined, MemberRemoved, MemberReplaced, MemberLeft, KeyRotated,
        MemberSuspended, TlsKeyRotated, IdentityRotated,
        ChangedWhileDown, NewcomerVoted, LiarPutOut, DiskLost, DiskRestored, LostKeyFound,
        LostKeyReplaced, HeadCosigned, CrashAfterHeadRecord, LiarTwoHeads, LiarTwoHeadsFound,
        LiarTwoHeadsReported, LiarReported, LegBroken, SnapshotTaken, SnapshotRefused,
        OpenedAnew, HoleFilled, CrashAfterSnapshot, LiarWrongSnapshot,
    ];

    public const string HeadCosigned = "head cosigned by a quorum";
    public const string CrashAfterHeadRecord = "crash between a head's record and its word";
    public const string LiarTwoHeads = "lie: two heads of the log";
    public const string LiarTwoHeadsFound = "liar convicted by two heads";
    public const string LiarTwoHeadsReported = "liar's two heads on the ledger";
    public const string LiarReported = "liar's votes on the ledger";
    public const string SnapshotTaken = "peer's snapshot taken";
    public const string SnapshotRefused = "peer's snapshot not used";
    public const string OpenedAnew = "running node far behind opened anew";
    public const string HoleFilled = "block below a snapshot filled in";
    public const string CrashAfterSnapshot = "crash between a snapshot and its block";
    public const string LiarWrongSnapshot = "lie: wrong snapshot";
    public const string MemberJoined = "member joined";
    public const string MemberRemoved = "member put out";
    public const string MemberSuspended = "member suspended";
    public const string IdentityRotated = "identity key rotated";
    public const string TlsKeyRotated = "TLS key rotated";
    public const string MemberReplaced = "member replaced";
    public const string MemberLeft = "member left";
    public const string KeyRotated = "voting key rotated";
    public const string ChangedWhileDown = "members changed while a node was down";
    public const string NewcomerVoted = "block decided with a newcomer's vote";
    public const string LiarPutOut = "liar put out";
    public const string DiskLost = "disk lost";
    public const string DiskRestored = "disk put back from an older copy";
    public const string LostKeyFound = "node found that its votes were lost";
    public const string LostKeyReplaced = "lost voting key replaced by a fresh one";

    public const string MessageLost = "message lost";
    public const string MessageDuplicated = "message duplicated";
    public const string MessageOvertaken = "message overtaken by a later one";
    public const string LinkCutOneWay = "a node heard by nobody that hears all";
    public const string LiarConvicted = "liar convicted by its own votes";
    public const string ClockJumped = "wall clock jumped";
    public const string LinkCut = "links of a node cut";
    public const string CrashBeforeSync = "crash before sync";
    public const string CrashAfterSync = "crash after sync";
    public const string CrashWhileSending = "crash while sending";
    public const string CrashAfterSending = "crash after sending";
    public const string LostWithCrash = "transaction lost before its sync";
    public const string KeptByRestart = "waiting transaction kept by a restart";
    public const string VoteKeptByRestart = "vote kept by a restart";
    public const string BallotChanged = "block decided above ballot 0";
    public const string CatchUp = "block fetched from a peer's store";
    public const string TransactionExpired = "transaction expired";
    public const string TransactionRefused = "transaction refused before any block";
    public const string TripExpired = "trip expired";
    public const string TripRefused = "trip refused by an owner";
    public const string TripCompleted = "trip completed";
    public const string TripPartial = "trip partly unused";
    public const string LegBroken = "confirmed leg broken by its owner";
    public const string WindowTaken = "trip refused for a taken window";
    public const string SessionEndedBySilence = "session ended by the rules";
    public const string CdrAcceptedBySilence = "CDR accepted by silence";
    public const string ClockChanged = "clock factor changed by a quorum";
    public const string PaymentConfirmed = "payment confirmed";
    public const string LiarWrongRoot = "lie: wrong state root";
    public const string LiarInvalidBlock = "lie: invalid block";
    public const string LiarEquivocated = "lie: two blocks in one ballot";
    public const string LiarWithheld = "lie: vote withheld";
    public const string LiarReplayed = "lie: old message replayed";
    public const string Censored = "lie: transaction ignored by a leader";
    public const string CensorReplaced = "ignored company served by another leader";

    /// <summary>What a change of the members counts as; null: as nothing.</summary>
    internal static string? KindOf(MemberChange change) => change switch
    {
        MemberChange.Admit => MemberJoined,
        MemberChange.Remove => MemberRemoved,
        MemberChange.Suspend => MemberSuspended,
        MemberChange.Replace => MemberReplaced,
        MemberChange.Depart => MemberLeft,
        MemberChange.Rotate { Key: KeyChange.VotingKey key, Company: var company } =>
            key.Key == ClusterKeys.Fresh(company)
                ? LostKeyReplaced : KeyRotated,
        MemberChange.Rotate { Key: KeyChange.IdentityKey } => IdentityRotated,
        MemberChange.Rotate { Key: KeyChange.TlsKey } => TlsKeyRotated,
        _ => null,
    };
}
