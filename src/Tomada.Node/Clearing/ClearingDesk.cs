using System.Collections.Immutable;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Node.Clearing;

/// <summary>
/// The home company's side of CDRs: acknowledges each, computes it again by itself, and accepts it
/// when it is the same to the last minor unit. One that is not is left for a person.
/// </summary>
internal sealed class ClearingDesk(DeskLedger ledger, Submitter submitter)
{
    private readonly SortedSet<SessionId> _open = [];

    public void Start(LedgerState state)
    {
        foreach (Cdr cdr in state.Cdrs.Values.Where(IsOpen))
        {
            _open.Add(cdr.Session);
        }
    }

    public void On(Effect effect)
    {
        if (effect is CdrIssued issued && IsOpen(issued.Cdr))
        {
            _open.Add(issued.Cdr.Session);
        }
    }

    public void Work(CancellationToken ct)
    {
        LedgerState state = ledger.State();
        foreach (SessionId session in _open.ToArray())
        {
            if (!state.Cdrs.TryGetValue(session, out Cdr? cdr) || !IsOpen(cdr))
            {
                _open.Remove(session);
            }
            else if (cdr.State == CdrState.Issued)
            {
                submitter.Submit($"acknowledge {session}", new AcknowledgeCdr(session), ct);
            }
            else if (Recomputes(state, cdr))
            {
                submitter.Submit($"accept {session}", new AcceptCdr(session), ct);
            }
        }
    }

    /// <summary>
    /// Whether the CDR follows from its session, the leg's promise and the pinned tariff.
    /// </summary>
    internal static bool Recomputes(LedgerState state, Cdr cdr)
    {
        if (!state.Sessions.TryGetValue(cdr.Session, out Session? session)
            || !state.Trips.TryGetValue(cdr.Session.Leg.Trip, out Trip? trip))
        {
            return false;
        }

        LegRequest request = trip.Legs[cdr.Session.Leg.Number - 1].Request;
        ImmutableArray<CdrLine> lines = [];
        Money price;
        if (state.Tariffs.TryGetValue(cdr.Tariff, out Tariff? simple))
        {
            (lines, price) = TariffEngine.Price(simple, cdr.Period, session.EnergyWh);
        }
        else if (state.OcpiTariffs.TryGetValue(cdr.Tariff, out OcpiTariff? tariff)
            && state.Of(Tables.Readings).TryGetValue(cdr.Session, out SessionReadings? readings))
        {
            price = OcpiPricing.Price(tariff, readings.Priced(request.Window)).AfterTaxes;
        }
        else
        {
            return false;
        }

        Money total = price.Amount <= request.PriceCap.Amount ? price : request.PriceCap;
        return cdr.Tariff == request.Tariff && cdr.Evse == request.Evse
            && cdr.EnergyWh == session.EnergyWh && cdr.Total == total
            && cdr.Lines.AsSpan().SequenceEqual(lines.AsSpan());
    }

    private bool IsOpen(Cdr cdr) =>
        cdr.Home == ledger.Self && cdr.State is CdrState.Issued or CdrState.Acknowledged;
}
