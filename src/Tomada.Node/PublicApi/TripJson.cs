using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>Trips, sessions and CDRs as docs/http-api.md has them.</summary>
internal sealed class TripJson(ChainIndex index, Chronicle chronicle)
{
    private LedgerState State => index.State;

    /// <summary>
    /// A trip that the ledger held, or one that was refused when it was asked for.
    /// </summary>
    /// <returns>False when there is no such trip.</returns>
    public bool TryWrite(Utf8JsonWriter json, TripId id)
    {
        if (State.Trips.TryGetValue(id, out Trip? trip))
        {
            Write(json, trip);
            return true;
        }

        if (chronicle.Transaction(new TransactionId(id.Digest)) is not
            { Entry.Transaction.Content: { Body: ProposeTrip proposed } content } found)
        {
            return false;
        }

        WriteRefused(json, id, content.Company, proposed, found.Block, found.Entry.Outcome!);
        return true;
    }

    public void WriteSession(Utf8JsonWriter json, Session session)
    {
        json.WriteStartObject();
        json.WriteString("id", session.Id.ToString());
        json.WriteString("leg", session.Id.Leg.ToString());
        json.WriteString("home", session.Home.Value);
        json.WriteString("owner", session.Evse.Company.Value);
        json.WriteString("evse", session.Evse.ToString());
        WriteLocation(json, session.Evse);
        WriteSessionFields(json, session);
        json.WriteNumber("meterStartWh", session.Start.MeterWh);
        json.WriteNumber("meterWh", session.LastMeterWh);
        json.WriteNumber("lastSequence", session.LastSequence);
        json.WriteString("lastAt", session.LastAt.ToString());
        if (State.Cdrs.ContainsKey(session.Id))
        {
            json.WriteString("cdr", session.Id.ToString());
        }

        json.WriteEndObject();
    }

    public void WriteCdr(Utf8JsonWriter json, Cdr cdr)
    {
        json.WriteStartObject();
        WriteCdrFields(json, cdr);
        json.WriteString("session", cdr.Session.ToString());
        json.WriteString("home", cdr.Home.Value);
        json.WriteString("owner", cdr.Owner.Value);
        json.WriteString("evse", cdr.Evse.ToString());
        WriteLocation(json, cdr.Evse);
        json.WriteString("tariff", cdr.Tariff.ToString());
        ApiJson.Record(json, "period", TimeWindow.Codec, cdr.Period);
        ApiJson.Array(json, "lines", cdr.Lines, line => CdrLine.Codec.WriteJson(json, line));
        if (State.Of(Tables.CdrPrices).TryGetValue(cdr.Session, out CdrPrice? price))
        {
            ApiJson.Record(json, "price", CdrPrice.Codec, price);
        }

        json.WriteString("issuedAt", cdr.IssuedAt.ToString());
        ApiJson.Optional(json, "acknowledgedAt", cdr.AcknowledgedAt?.ToString());
        ApiJson.Optional(
            json, "settledIn", cdr.SettledIn is { } period ? SettlementJson.Name(period) : null);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Trip trip)
    {
        json.WriteStartObject();
        json.WriteString("id", trip.Id.ToString());
        json.WriteString("home", trip.Home.Value);
        json.WriteString("state", ApiJson.Name(trip.State));
        json.WriteString("proposedAt", trip.ProposedAt.ToString());
        json.WriteString("decideBy", trip.DecideBy.ToString());
        ApiJson.Optional(json, "reason", index.Refusals.GetValueOrDefault(trip.Id));
        ApiJson.Array(json, "legs", trip.Legs, leg => WriteLeg(json, trip.Id, leg));
        json.WriteString("transaction", trip.Id.ToString());
        json.WriteEndObject();
    }

    private void WriteRefused(
        Utf8JsonWriter json,
        TripId id,
        CompanyId home,
        ProposeTrip proposed,
        BlockView block,
        Outcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("id", id.ToString());
        json.WriteString("home", home.Value);
        json.WriteString("state", ApiJson.Name(TripState.Refused));
        json.WriteString("proposedAt", block.Seal.Time.ToString());
        json.WriteString("reason", outcome.Detail ?? ApiJson.Name(outcome.Code));
        json.WriteStartArray("legs");
        for (int i = 0; i < proposed.Legs.Length; i++)
        {
            json.WriteStartObject();
            WriteRequest(json, i + 1, proposed.Legs[i], LegState.Released);
            ApiJson.Array<TransactionId>(json, "transactions", [], _ => { });
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("transaction", id.ToString());
        json.WriteEndObject();
    }

    private void WriteLeg(Utf8JsonWriter json, TripId trip, Leg leg)
    {
        LegId id = new(trip, leg.Number);
        LegTrace trace = index.Legs.GetValueOrDefault(id, LegTrace.Empty);
        json.WriteStartObject();
        WriteRequest(json, leg.Number, leg.Request, leg.State);
        ApiJson.Array(
            json, "transactions", trace.Transactions, each =>
                json.WriteStringValue(each.ToString()));
        SessionId newest = new(id, leg.Attempt);
        if (State.Sessions.TryGetValue(newest, out Session? session))
        {
            json.WriteStartObject("session");
            json.WriteString("id", session.Id.ToString());
            WriteSessionFields(json, session);
            json.WriteEndObject();
        }

        if (State.Cdrs.TryGetValue(newest, out Cdr? cdr))
        {
            json.WriteStartObject("cdr");
            WriteCdrFields(json, cdr);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteRequest(Utf8JsonWriter json, int number, LegRequest request, LegState state)
    {
        json.WriteNumber("number", number);
        json.WriteString("evse", request.Evse.ToString());
        json.WriteString("owner", request.Evse.Company.Value);
        WriteLocation(json, request.Evse);
        ApiJson.Record(json, "window", TimeWindow.Codec, request.Window);
        json.WriteNumber("energyWh", request.EnergyWh);
        ApiJson.Money(json, "priceCap", request.PriceCap);
        if (Estimate(request) is { } estimate)
        {
            ApiJson.Money(json, "estimatedPrice", estimate);
        }

        json.WriteString("state", ApiJson.Name(state));
    }

    /// <summary>
    /// What all the energy over the whole window would cost, as far as it can be priced.
    /// </summary>
    private Money? Estimate(LegRequest request) =>
        TariffBook.CurrencyOf(State, request.Tariff) is not null
        && request.Window.Until.UnixMs - request.Window.From.UnixMs <= LedgerLimits.SessionMsMax
            ? TariffBook.Most(State, request.Tariff, request.Window, request.EnergyWh)
            : null;

    private void WriteLocation(Utf8JsonWriter json, EvseId id)
    {
        if (State.Evses.TryGetValue(id, out Evse? evse))
        {
            json.WriteString("location", evse.Published.Location.ToString());
        }
    }

    private void WriteSessionFields(Utf8JsonWriter json, Session session)
    {
        json.WriteString("state", ApiJson.Name(session.State));
        json.WriteString("startedAt", session.Start.At.ToString());
        if (session.State == SessionState.Completed)
        {
            json.WriteString("endedAt", session.LastAt.ToString());
        }

        json.WriteNumber("energyWh", session.EnergyWh);
        LegTrace trace = index.Legs.GetValueOrDefault(session.Id.Leg, LegTrace.Empty);
        ApiJson.Optional(json, "transaction", trace.Start?.ToString());
    }

    private void WriteCdrFields(Utf8JsonWriter json, Cdr cdr)
    {
        json.WriteString("id", cdr.Session.ToString());
        ApiJson.Money(json, "total", cdr.Total);
        json.WriteNumber("energyWh", cdr.EnergyWh);
        json.WriteString("state", ApiJson.Name(cdr.State));
        LegTrace trace = index.Legs.GetValueOrDefault(cdr.Session.Leg, LegTrace.Empty);
        ApiJson.Optional(json, "transaction", trace.End?.ToString());
    }
}
