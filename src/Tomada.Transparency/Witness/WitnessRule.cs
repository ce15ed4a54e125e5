using Tomada.Primitives;

namespace Tomada.Transparency;

/// <summary>
/// The decision of a witness of one log (C2SP tlog-witness, add-checkpoint). It records and signs
/// nothing itself: <see cref="WitnessAnswer.Cosign"/> says what its caller does.
/// </summary>
public static class WitnessRule
{
    /// <summary>Decides on a request.</summary>
    /// <param name="request">The body of the request.</param>
    /// <param name="origin">The log that this witness knows.</param>
    /// <param name="logKeys">Who may sign for that log; at least one must have.</param>
    /// <param name="recorded">
    /// The largest head ever cosigned; <see cref="LogHead.Empty"/> if none.
    /// </param>
    /// <param name="verify">Checks Ed25519.</param>
    public static WitnessAnswer Decide(
        ReadOnlySpan<byte> request,
        string origin,
        IReadOnlyCollection<NoteKey> logKeys,
        LogHead recorded,
        VerifySignature verify) =>
        AddCheckpoint.TryParse(request, out AddCheckpoint? read, out string? why)
            ? Decide(read, origin, logKeys, recorded, verify)
            : new WitnessAnswer.Refused(400, why);

    /// <summary>Decides on a request that was read.</summary>
    /// <inheritdoc cref="Decide(ReadOnlySpan{byte}, string, IReadOnlyCollection{NoteKey}, LogHead,
    /// VerifySignature)"/>
    public static WitnessAnswer Decide(
        AddCheckpoint request,
        string origin,
        IReadOnlyCollection<NoteKey> logKeys,
        LogHead recorded,
        VerifySignature verify)
    {
        // Other logs may write lines that this one never does, so the origin comes first.
        string text = request.Checkpoint.Text;
        if (text[..text.IndexOf('\n', StringComparison.Ordinal)] != origin)
        {
            return new WitnessAnswer.Refused(404, $"origin: is not {origin}");
        }

        if (!Checkpoint.TryParse(text, out Checkpoint? checkpoint, out string? why))
        {
            return new WitnessAnswer.Refused(400, $"checkpoint: {why}");
        }

        if (!request.Checkpoint.TryVerify(logKeys, verify, out _, out why))
        {
            return new WitnessAnswer.Refused(403, why);
        }

        LogHead head = LogHead.Of(checkpoint);
        if (request.OldSize > head.Size)
        {
            return new WitnessAnswer.Refused(
                400, $"old: {request.OldSize} is more than the checkpoint's size {head.Size}");
        }

        if (request.OldSize != recorded.Size)
        {
            return new WitnessAnswer.Conflict(recorded.Size);
        }

        if (!CosignerRule.MaySign(recorded, head, out why))
        {
            return new WitnessAnswer.Refused(422, why);
        }

        return MerkleTree.VerifyConsistency(
            recorded.Size, recorded.Root, head.Size, head.Root, request.Proof.AsSpan())
            ? new WitnessAnswer.Cosign(request.Checkpoint, head)
            : new WitnessAnswer.Refused(
                422, $"the proof does not lead from {recorded.Size} to {head.Size} entries");
    }
}
