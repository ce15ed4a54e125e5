using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <content>Signing a draft, giving it up, holding it complete.</content>
public sealed partial class FoundingMachine
{
    private void OnSigned(CompanyId from, DraftSigned signed)
    {
        GenesisDraft draft = signed.Draft;
        Digest id = draft.NetworkId;
        if (Record.Held is { } held)
        {
            Send(from, held);
            return;
        }

        if (FounderOf(draft, signed.Signer) is not { } signer
            || !_verify(signer.IdentityKey, draft.SignedMessage(), signed.Signature))
        {
            return;
        }

        if (id == _boundId)
        {
            _signatures[signed.Signer] = signed.Signature;
            CompleteIfSigned();
        }
        else if (IsAbandoned(id))
        {
            SendAbandonOf(from, id, asks: false);
        }
        else if (!IsAcceptable(draft))
        {
            return;
        }
        else if (_foreign is not null)
        {
            Refuse(from, id);
        }
        else if (Record.Bound is null)
        {
            if (Record.Abandoned.Length < FoundingLimits.AbandonedMax)
            {
                Bind(draft, signed.Signer, signed.Signature);
            }
        }
        else if (ProposerOf(draft).IdentityKey < ProposerOf(Record.Bound).IdentityKey)
        {
            // The lower proposer's goes on; it comes again once all founders have given this one
            // up.
            Abandon(_boundId!.Value);
        }
        else
        {
            Refuse(from, id);
            Send(from, new FoundingBusy(_boundId!.Value));
        }
    }

    private void OnAbandoned(CompanyId from, DraftAbandoned abandoned)
    {
        Digest id = abandoned.Draft;
        if (Record.Held is { } held)
        {
            Send(from, held);
            return;
        }

        MemberRecord? signer = id == _boundId
            ? FounderOf(Record.Bound!, abandoned.Signer)
            : _met.GetValueOrDefault(abandoned.Signer)?.Member;
        if (signer is null || !_verify(
            signer.IdentityKey, DraftAbandoned.SignedMessage(id), abandoned.Signature))
        {
            return;
        }

        Abandon(id);
        if (id == _boundId)
        {
            _abandoners.Add(abandoned.Signer);
        }

        if (abandoned.Asks)
        {
            Refuse(from, id);
        }

        GiveUpIfAbandoned();
    }

    private void OnHeld(GenesisHeld held)
    {
        if (Record.Held is not null || held.Genesis.Draft.Name != _plan.Name
            || !held.IsValid(_verify))
        {
            return;
        }

        Digest network = held.Genesis.NetworkId;
        if (Record.Bound is { } bound && network != _boundId
            && IsExcludedBy(bound, held.Genesis.Draft))
        {
            DropBound();
        }

        bool isFounder = FounderOf(held.Genesis.Draft, Self) == _self.Member;
        if (!isFounder && network == _joining && Record.Bound is null)
        {
            // Its founders signed it, and a person said that this is the one.
            Hold(held);
        }
        else if (!isFounder)
        {
            // Bound or not: a network of this name lives, so this company will have to ask to join.
            _foreign = network;
        }
        else if (network == _boundId || Record.Bound is null)
        {
            // Even after abandoning it: the holder never will, so nobody can have given it up.
            Hold(held);
        }
    }

    private void OnOperatorAbandons()
    {
        if (Record is { Held: null, Bound: not null })
        {
            DropBound();
        }
    }

    // A founder of both signed the complete one and is bound by it for ever, so it never signs the
    // other.
    private bool IsExcludedBy(GenesisDraft draft, GenesisDraft complete) => draft.Founders.Any(
        founder => founder.Member != _self.Member
            && FounderOf(complete, founder.Member.Company) == founder.Member);

    private void DropBound()
    {
        Abandon(_boundId!.Value);
        if (Record.Bound is not null)
        {
            Persist(Record with { Bound = null });
            _boundId = null;
        }
    }

    private void CompleteIfSigned()
    {
        GenesisDraft draft = Record.Bound!;
        if (IsAbandoned(_boundId!.Value) || Missing(draft, _signatures.ContainsKey).Length > 0)
        {
            return;
        }

        Genesis genesis =
            new(draft, [.. draft.Founders.Select(each => _signatures[each.Member.Company])]);
        Invariant.Require(
            genesis.IsValid(_verify), "a genesis has a valid signature of each founder");
        Hold(new GenesisHeld(genesis, Self, _sign(GenesisHeld.SignedMessage(genesis.NetworkId))));
    }

    private void Hold(GenesisHeld held)
    {
        Persist(Record with { Bound = null, Held = held });
        _boundId = null;
        _effects.Add(new FoundingEffect.Founded(held.Genesis));
        foreach (CompanyId company in _present.Keys)
        {
            Send(company, held);
        }
    }

    /// <summary>Promises not to complete a draft, unless the promise was given before.</summary>
    private void Abandon(Digest id)
    {
        bool isBound = id == _boundId;
        // Room is kept for the draft this company is bound by, so that it never gets stuck in it.
        if (IsAbandoned(id)
            || Record.Abandoned.Length >= FoundingLimits.AbandonedMax - (isBound ? 0 : 1))
        {
            return;
        }

        Persist(Record with { Abandoned = Record.Abandoned.Add(id) });
        if (isBound)
        {
            _abandoners.Add(Self);
            SendAbandon(Missing(Record.Bound!, _abandoners.Contains), asks: true);
            GiveUpIfAbandoned();
        }
    }

    private void GiveUpIfAbandoned()
    {
        if (Record.Bound is { } bound && IsAbandoned(_boundId!.Value)
            && Missing(
                bound, company => company == Self || _abandoners.Contains(company)).Length == 0)
        {
            Persist(Record with { Bound = null });
            _boundId = null;
        }
    }

    private void Refuse(CompanyId from, Digest id)
    {
        Abandon(id);
        if (IsAbandoned(id))
        {
            SendAbandonOf(from, id, asks: false);
        }
    }

    private bool IsAbandoned(Digest id) => Record.Abandoned.Contains(id);

    /// <summary>Whether this candidate would sign the draft if nothing bound it.</summary>
    private bool IsAcceptable(GenesisDraft draft) =>
        draft.Name == _plan.Name && draft.Simulated == _plan.Simulated && draft.Rules == _plan.Rules
        && draft.Founders.Length == _plan.Founders
        && draft.Time.UnixMs <= _wall.UnixMs + FoundingLimits.ClockAheadMaxMs
        && draft.Founders.All(IsMet)
        && draft.Founders.Any(founder => founder.Member == _self.Member)
        && draft.IsWellFormed(_verify);

    // Who signs vouches for the others, so it signs only with those it has shaken hands with.
    private bool IsMet(SignedMember founder) => founder.Member == _self.Member
        || _met.GetValueOrDefault(founder.Member.Company)?.Member == founder.Member;

    private void SendAbandon(IEnumerable<CompanyId> to, bool asks)
    {
        foreach (CompanyId company in to)
        {
            SendAbandonOf(company, _boundId!.Value, asks);
        }
    }

    private void SendAbandonOf(CompanyId to, Digest id, bool asks) =>
        Send(to, new DraftAbandoned(id, Self, _sign(DraftAbandoned.SignedMessage(id)), asks));
}
