using System.Globalization;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>Companies publish their sites, price lists and EVSEs, and offer them.</summary>
internal static class StationRules
{
    public static Outcome Apply(Working state, TransactionContext context, PutLocation body)
    {
        if (body.Location.Company != context.Sender)
        {
            return NotOwn("location", body.Location);
        }

        if (!state.Locations.TryGet(body.Location, out PutLocation? published) || published != body)
        {
            state.Locations.Put(body.Location, body);
        }

        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, PutTariff body)
    {
        if (body.Id.Company != context.Sender)
        {
            return NotOwn("tariff", body.Id);
        }

        // Old contents stay: legs that pinned one are priced by it.
        Digest hash = body.Tariff.Hash();
        if (!state.Tariffs.Contains(hash))
        {
            state.Tariffs.Put(hash, body.Tariff);
        }

        if (!state.TariffHashes.TryGet(body.Id, out Digest published) || published != hash)
        {
            state.TariffHashes.Put(body.Id, hash);
        }

        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, PutOcpiTariff body)
    {
        if (body.Id.Company != context.Sender)
        {
            return NotOwn("tariff", body.Id);
        }

        if (body.Tariff.TimeZones != LocalClock.Version)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, $"timeZones: allowed is {LocalClock.Version}");
        }

        if (body.Tariff.Elements.Any(each => each.Restrictions?.NeedsCurrent == true))
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules, "restrictions: a station's readings state no current");
        }

        Digest hash = body.Tariff.Hash();
        if (!state.OcpiTariffs.Contains(hash))
        {
            state.OcpiTariffs.Put(hash, body.Tariff);
        }

        if (!state.TariffHashes.TryGet(body.Id, out Digest published) || published != hash)
        {
            state.TariffHashes.Put(body.Id, hash);
        }

        return Outcome.Applied;
    }

    public static Outcome Apply(Working state, TransactionContext context, PutEvse body)
    {
        if (Refuse(state, context, body) is { } refusal)
        {
            return refusal;
        }

        if (!state.Evses.TryGet(body.Evse, out Evse? known))
        {
            state.Evses.Put(
                body.Evse, new Evse(body, Availability.Inoperative, state.Time));
        }
        else if (!IsSame(known.Published, body))
        {
            state.Evses.Put(body.Evse, known with { Published = body });
        }

        return Outcome.Applied;
    }

    public static Outcome Apply(
        Working state, TransactionContext context, SetEvseAvailability body)
    {
        if (body.Evse.Company != context.Sender)
        {
            return NotOwn("evse", body.Evse);
        }

        if (!state.Evses.TryGet(body.Evse, out Evse? known))
        {
            return NotFound("evse", body.Evse);
        }

        long aheadMs = body.ValidUntil.UnixMs - state.Time.UnixMs;
        if (aheadMs is <= 0 or > LedgerLimits.AvailabilityMaxMs)
        {
            return Outcome.Refused(
                OutcomeCode.OutOfRules,
                $"validUntil: {body.ValidUntil} is not within the 30 days after {state.Time}");
        }

        if (known.Availability != body.Availability || known.AvailableUntil != body.ValidUntil)
        {
            state.Evses.Put(
                body.Evse,
                known with { Availability = body.Availability, AvailableUntil = body.ValidUntil });
        }

        return Outcome.Applied;
    }

    private static Outcome? Refuse(Working state, TransactionContext context, PutEvse body)
    {
        if (body.Evse.Company != context.Sender)
        {
            return NotOwn("evse", body.Evse);
        }

        if (body.Location.Company != context.Sender)
        {
            return NotOwn("location", body.Location);
        }

        if (body.Tariff.Company != context.Sender)
        {
            return NotOwn("tariff", body.Tariff);
        }

        if (!state.Locations.Contains(body.Location))
        {
            return NotFound("location", body.Location);
        }

        if (!state.TariffHashes.Contains(body.Tariff))
        {
            return NotFound("tariff", body.Tariff);
        }

        for (int i = 1; i < body.Connectors.Length; i++)
        {
            if (body.Connectors[i].Number <= body.Connectors[i - 1].Number)
            {
                return Outcome.Refused(OutcomeCode.OutOfRules, string.Create(
                    CultureInfo.InvariantCulture,
                    $"connectors: number {body.Connectors[i].Number} does not ascend"));
            }
        }

        return state.Evses.TryGet(body.Evse, out Evse? known)
            && known.Published.Location != body.Location
            ? Outcome.Refused(
                OutcomeCode.AlreadyExists,
                $"location: {body.Evse} stands at {known.Published.Location} and cannot move")
            : null;
    }

    private static bool IsSame(PutEvse one, PutEvse other) =>
        one.Location == other.Location && one.StationKey == other.StationKey
        && one.Tariff == other.Tariff && one.Connectors.SequenceEqual(other.Connectors);

    private static Outcome NotOwn<TId>(string field, TId id) =>
        Outcome.Refused(OutcomeCode.NotAllowed, $"{field}: {id} is not the sender's");

    private static Outcome NotFound<TId>(string field, TId id) =>
        Outcome.Refused(OutcomeCode.NotFound, $"{field}: {id} is not on the ledger");
}
