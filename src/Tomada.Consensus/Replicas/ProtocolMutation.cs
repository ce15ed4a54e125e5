namespace Tomada.Consensus;

/// <summary>Deliberate defects; the simulation must catch each one.</summary>
internal enum ProtocolMutation
{
    None,

    /// <summary>q = ⌊n / 2⌋ + 1.</summary>
    SimpleMajority,

    /// <summary>q = 2f + 1.</summary>
    TwoFaultsPlusOne,

    /// <summary>q is one too small.</summary>
    QuorumLessOne,

    /// <summary>The lowest lock of J is proposed and believed.</summary>
    AnyLockInsteadOfHighest,

    /// <summary>A proposal above ballot 0 needs no J, and its leader ignores locks.</summary>
    SkipPromiseCheck,

    /// <summary>A quorum of Endorse suffices to accept.</summary>
    AcceptWithoutOwnEndorse,

    /// <summary>Messages leave before their rows are synced (done by the simulated node).</summary>
    SendBeforeSync,

    /// <summary>Accepts of one digest count together, whatever their ballot.</summary>
    MixAcceptsOfBallots,

    /// <summary>Endorsements of one digest count together, whatever their ballot.</summary>
    MixEndorsesOfBallots,

    /// <summary>The lock is kept in memory only.</summary>
    ForgetLockOnRestart,

    /// <summary>What I endorsed is kept in memory only.</summary>
    ForgetEndorseOnRestart,

    /// <summary>The ballot I promised is kept in memory only.</summary>
    ForgetPromiseOnRestart,

    /// <summary>What I proposed is kept in memory only.</summary>
    ForgetProposalOnRestart,

    /// <summary>A vote that comes twice counts twice.</summary>
    CountVoterTwice,

    /// <summary>The clock judges a value that a quorum has certified.</summary>
    ClockJudgesLockedValue,

    /// <summary>No clock judges a fresh value.</summary>
    NoClockJudgesFreshValue,

    /// <summary>A leader's term ends after some blocks (done by the simulated node).</summary>
    TermsInBlocks,

    /// <summary>A ballot's timer runs whoever is in sight.</summary>
    LoneNodeClimbs,

    /// <summary>A proposal of a ballot that I promised to leave is endorsed and accepted.</summary>
    VoteInAbandonedBallot,

    /// <summary>A second proposal of one ballot is endorsed like the first.</summary>
    EndorseTwice,

    /// <summary>A Promise claims that nothing was accepted.</summary>
    PromiseHidesLock,

    /// <summary>The certificate of a claimed lock is not checked.</summary>
    BelieveForgedLock,

    /// <summary>The certificate of a decision that somebody shows is not checked.</summary>
    BelieveForgedDecision,

    /// <summary>A decision in another ballot than mine is not believed.</summary>
    RefuseOtherBallotsDecision,

    /// <summary>Who proposes a locked value again makes it anew.</summary>
    RewriteLockedValue,

    /// <summary>T(b) = T0 in every ballot.</summary>
    ConstantTimeout,
}
