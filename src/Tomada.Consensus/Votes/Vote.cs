using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Consensus;

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
