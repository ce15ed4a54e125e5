using System.Buffers.Binary;
using System.Text;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

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
public readonly record struct VoteContent(
    VoteType Type, long Height, int Ballot, Digest Digest, int LockedBallot = VoteContent.Unlocked)
{
    /// <summary>The locked ballot of who has accepted nothing at this height.</summary>
    public const int Unlocked = -1;

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
        int at = Encoding.ASCII.GetBytes(Tag, bytes) + 1;
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

/// <summary>Who signed, and the signature; what was signed stands around it.</summary>
/// <param name="Company">The signer.</param>
/// <param name="Signature">64 bytes.</param>
public sealed record VoteSeal(CompanyId Company, byte[] Signature)
{
    public static Codec<VoteSeal> Codec { get; } = RecordCodec<VoteSeal>.Part()
        .Field(1, "company", seal => seal.Company, CompanyId.Codec)
        .Field(2, "signature", seal => seal.Signature, Signing.SignatureCodec);
}

/// <summary>
/// Signatures are checked for one network by one algorithm; both are fixed at start.
/// </summary>
/// <param name="Network">The network id; a vote of another network has no valid signature
/// here.</param>
/// <param name="Verify">The algorithm.</param>
public sealed record VoteVerifier(Digest Network, VerifySignature Verify)
{
    /// <summary>Whether the company is a member and signed exactly this.</summary>
    public bool IsSigned(
        MemberSet members, in VoteContent content, CompanyId company, byte[] signature) =>
        members.Find(company) is { } member
        && Verify(member.VotingKey, content.SignedBytes(Network, members.Hash), signature);
}
