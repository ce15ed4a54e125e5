namespace Tomada.Audit;

/// <summary>
/// What kind of thing is wrong. The number is the exit code of <c>tomada audit</c>; of several
/// kinds the lowest counts. Numbers are never reused.
/// </summary>
public enum FindingClass
{
    /// <summary>Entries, tiles and checkpoint are not one log.</summary>
    Log = 10,

    /// <summary>A file is not in its one form.</summary>
    Encoding = 11,

    /// <summary>A file that must be there is not.</summary>
    Missing = 12,

    /// <summary>The seals do not hang together: height, parent, range, time or root.</summary>
    Chain = 13,

    /// <summary>A block has no quorum of its members behind it (I13).</summary>
    Certificate = 14,

    /// <summary>A transaction is not signed by a key that was valid then (I11).</summary>
    Signature = 15,

    /// <summary>The members did not change as the log says that they did (I12).</summary>
    Membership = 16,

    /// <summary>A checkpoint has not the signatures that the policy asks for.</summary>
    Cosignature = 17,

    /// <summary>The rules make other outcomes, effects or roots of a block.</summary>
    Rules = 18,

    /// <summary>A receipt's entry is not in the log of its checkpoint.</summary>
    Inclusion = 19,

    /// <summary>A log became shorter, or another one, since it was mirrored.</summary>
    Rollback = 20,

    /// <summary>Two mirrors of one network show different logs (I14).</summary>
    SplitView = 21,

    /// <summary>Evidence that proves nobody's guilt.</summary>
    Evidence = 22,

    /// <summary>An export whose rows, sums or root are not the log's (I15).</summary>
    Export = 23,
}
