using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Replication;

/// <summary>A seal on its way to a newcomer.</summary>
/// <param name="Seal">The bytes of the block's last entry; their hash is the block's
/// digest.</param>
/// <param name="Proof">That the block was decided; with the last seal of an answer, and where the
/// members change.</param>
/// <param name="Next">Who decides from the next height on, where that changes.</param>
public sealed record SealLink(byte[] Seal, BlockProof? Proof, Governance? Next)
{
    public static Codec<SealLink> Codec { get; } = RecordCodec<SealLink>.Part()
        .Field(1, "seal", x => x.Seal, Codecs.Bytes(1, LedgerLimits.EntryBytesMax))
        .Optional(2, "proof", x => x.Proof, BlockProof.Codec)
        .Optional(3, "next", x => x.Next, Governance.Codec);
}

/// <summary>
/// Follows the chain by its seals alone, from a state that is trusted. Seals hang together by their
/// hashes, so one proven seal proves all before it; each answer ends with a proven one, and the
/// members are followed from change to change, each decided by those before it.
/// </summary>
public sealed class SealChain
{
    private readonly VoteVerifier _verifier;
    private readonly TrustAnchor? _anchor;
    private Timestamp _time;

    /// <summary>Begins at a state that this node has executed, or at genesis.</summary>
    /// <param name="state">The state.</param>
    /// <param name="term">Whose term it is after it.</param>
    /// <param name="verify">Checks signatures.</param>
    /// <param name="anchor">The block that a person named, if one did.</param>
    public SealChain(
        LedgerState state, LeaderTerm term, VerifySignature verify, TrustAnchor? anchor)
    {
        _verifier = new VoteVerifier(state.Network, verify);
        _anchor = anchor;
        _time = state.Time;
        Height = state.Height;
        Tip = state.Tip;
        Term = term;
        Deciders = Next = Governance.Of(state.Members);
        Governances = [Next];
    }

    /// <summary>The newest seal that is proven.</summary>
    public long Height { get; private set; }

    /// <summary>Its block's digest.</summary>
    public Digest Tip { get; private set; }

    /// <summary>Whose term it is after it.</summary>
    public LeaderTerm Term { get; private set; }

    /// <summary>Who decided it; of the state at the beginning, who decides next.</summary>
    public Governance Deciders { get; private set; }

    /// <summary>Who decides after it.</summary>
    public Governance Next { get; private set; }

    /// <summary>All who decided since the beginning.</summary>
    public ImmutableList<Governance> Governances { get; private set; }

    /// <summary>Takes an answer wholly or not at all.</summary>
    public bool TryAdd(ImmutableArray<SealLink> links, [NotNullWhen(false)] out string? why)
    {
        (long, Digest, LeaderTerm, Governance, Governance, ImmutableList<Governance>, Timestamp)
            before = (Height, Tip, Term, Deciders, Next, Governances, _time);
        why = links is [.., { Proof: not null }] ? null : "the last seal is not proven";
        for (int i = 0; why is null && i < links.Length; i++)
        {
            why = Add(links[i]);
        }

        if (why is not null)
        {
            (Height, Tip, Term, Deciders, Next, Governances, _time) = before;
        }

        return why is null;
    }

    private string? Add(SealLink link)
    {
        if (!Entry.Codec.TryDecode(link.Seal, out Entry? entry, out string? why)
            || entry is not Seal seal)
        {
            return $"not a seal: {why}";
        }

        Digest digest = Digest.Of(link.Seal);
        bool changes = seal.GovernanceRoot != Next.Root();
        MemberSet members = MemberSets.Of(Next);
        if (seal.Height != Height + 1 || seal.Previous != Tip || seal.Time <= _time)
        {
            return $"seal {seal.Height} does not follow seal {Height}";
        }

        if (link.Proof is { } proof
            ? !proof.Proves(digest, seal.Height, members, _verifier)
            : changes)
        {
            return $"seal {seal.Height} is not proven";
        }

        if (changes && link.Next?.Root() != seal.GovernanceRoot)
        {
            return $"seal {seal.Height} names other members";
        }

        if (_anchor is { } anchor && anchor.Height == seal.Height && anchor.Tip != digest)
        {
            return $"block {seal.Height} is not the one that the invitation names";
        }

        Deciders = Next;
        if (changes)
        {
            Next = link.Next!;
            Governances = Governances.Add(Next);
        }

        (Height, Tip, _time) = (seal.Height, digest, seal.Time);
        Term = Term.After(seal.Proposer, seal.Time, MemberSets.Of(Next));
        return null;
    }
}
