using Tomada.Primitives;

namespace Tomada.Consensus;

/// <summary>Which of two votes of one member an honest one made later.</summary>
public static class VoteOrder
{
    /// <summary>Later height, or ballot, or phase within a ballot.</summary>
    public static bool IsNewer(SignedVote one, SignedVote other) =>
        (one.Height, one.Ballot, Phase(one.Type))
            .CompareTo((other.Height, other.Ballot, Phase(other.Type))) > 0;

    /// <summary>A ballot is entered by a Promise; then come proposal, Endorse, Accept.</summary>
    private static int Phase(VoteType type) => type == VoteType.Promise ? 0 : (int)type;
}
