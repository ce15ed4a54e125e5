using System.Diagnostics.CodeAnalysis;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Transparency;

namespace Tomada.Ledger;

/// <summary>
/// A <see cref="StateAnswer"/> with the place of its block's seal in the log, so that whoever has
/// nothing but a policy can check it (spec/encoding.md, State tree).
/// </summary>
/// <param name="Answer">What the state says.</param>
/// <param name="Proof">
/// A tlog-proof (c2sp.org/tlog-proof@v1) of the seal, under a head with its cosignatures, without
/// an extra: the seal is in the answer.
/// </param>
public sealed record StateReceipt(StateAnswer Answer, byte[] Proof)
{
    public static Codec<StateReceipt> Codec { get; } = RecordCodec<StateReceipt>.Versioned(1)
        .Field(1, "answer", x => x.Answer, StateAnswer.Codec)
        .Field(2, "proof", x => x.Proof, Codecs.Bytes(1, TreeLimits.ProofBytesMax));

    /// <summary>
    /// Whether the state of a block in the log says so: the head by the policy, the seal's place
    /// under it, and the row under the seal. Looks at no time.
    /// </summary>
    /// <param name="policy">Whose signatures count, and how many.</param>
    /// <param name="verify">Checks Ed25519.</param>
    /// <param name="seal">Height, time and root, when the answer is true.</param>
    /// <param name="head">The head and who signed it, when the answer is true.</param>
    /// <param name="refusal">Otherwise the class of what is wrong, and what it is.</param>
    public bool Verify(
        TlogPolicy policy,
        VerifySignature verify,
        [NotNullWhen(true)] out Seal? seal,
        [NotNullWhen(true)] out AcceptedCheckpoint? head,
        [NotNullWhen(false)] out TlogRefusal? refusal)
    {
        (seal, head) = (null, null);
        if (!TlogProof.TryParse(Proof, out TlogProof? place, out string? why))
        {
            refusal = new TlogRefusal(TlogFinding.Malformed, why);
            return false;
        }

        if (place.Extra is not null)
        {
            refusal = new TlogRefusal(
                TlogFinding.Malformed, "extra: is there; the proof of a seal has none");
            return false;
        }

        if (!place.TryVerify(
            MerkleTree.LeafHash(Answer.Seal), policy, verify,
            out AcceptedCheckpoint? accepted, out refusal))
        {
            return false;
        }

        if (!Answer.Verify(Answer.Block, out Seal? read)
            || read.FirstIndex + read.Count != place.Index)
        {
            refusal = new TlogRefusal(
                TlogFinding.NotIncluded,
                "the proof does not lead from the state root of that seal to the value");
            return false;
        }

        (seal, head) = (read, accepted);
        return true;
    }
}
