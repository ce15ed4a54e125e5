using System.Buffers.Binary;

namespace Tomada.Primitives;

/// <summary>What a vote says; the numbers are signed.</summary>
public enum VoteType
{
    /// <summary>1c/2a: the leader's proposal.</summary>
    Propose = 1,

    /// <summary>
    /// 2av: "I saw this proposal, it is valid, and I endorse no other in this ballot".
    /// </summary>
    Endorse = 2,

    /// <summary>2b: "a quorum endorsed this; I hold the proof".</summary>
    Accept = 3,

    /// <summary>1b: "I vote in no lower ballot; this is my highest lock".</summary>
    Promise = 4,
}

/// <summary>What exactly a vote signs, except for the network and the member set.</summary>
/// <param name="Type">The phase.</param>
/// <param name="Height">Height it votes at.</param>
/// <param name="Ballot">Ballot of that height.</param>
/// <param name="Digest">Of the value; of the locked value in a Promise; zeros when
/// unlocked.</param>
/// <param name="LockedBallot">Of a Promise: ballot of the lock, -1 when unlocked. Else -1.</param>
/// <remarks>
/// It stands here because consensus makes votes and the ledger judges contradictory ones, and
/// neither knows the other.
/// </remarks>
public readonly record struct VoteContent(
    VoteType Type, long Height, int Ballot, Digest Digest, int LockedBallot = VoteContent.Unlocked)
{
    /// <summary>The locked ballot of who has accepted nothing at this height.</summary>
    public const int Unlocked = -1;

    /// <summary>Highest height that can be written.</summary>
    public const long HeightMax = long.MaxValue - 1;

    /// <summary>Highest ballot that can be written.</summary>
    public const int BallotMax = 1 << 30;

    /// <summary>Separates votes from everything else that is signed.</summary>
    public const string Tag = "tomada/v1/vote";

    private const int FixedLength = 1 + 32 + 1 + 8 + 4 + 32 + 32;

    /// <summary>
    /// tag ‖ 00 ‖ network (32) ‖ type (1) ‖ height (8, big-endian) ‖ ballot (4, big-endian) ‖
    /// governance root (32) ‖ digest (32) ‖ of a Promise only: locked ballot + 1 (4, big-endian).
    /// </summary>
    public byte[] SignedBytes(Digest network, Digest members)
    {
        int extra = Type == VoteType.Promise ? 4 : 0;
        byte[] bytes = new byte[Tag.Length + FixedLength + extra];
        int at = System.Text.Encoding.ASCII.GetBytes(Tag, bytes) + 1;
        network.CopyTo(bytes.AsSpan(at));
        at += Digest.Size;
        bytes[at++] = (byte)Type;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at), (ulong)Height);
        at += 8;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)Ballot);
        at += 4;
        members.CopyTo(bytes.AsSpan(at));
        at += Digest.Size;
        Digest.CopyTo(bytes.AsSpan(at));
        at += Digest.Size;
        if (extra > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)(LockedBallot + 1));
        }

        return bytes;
    }
}
