using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>The rows that the invariants of money look at.</summary>
internal sealed record ClearingRows(
    ImmutableSortedDictionary<TripId, Trip> Trips,
    ImmutableSortedDictionary<Digest, Tariff> Tariffs,
    ImmutableSortedDictionary<Digest, OcpiTariff> OcpiTariffs,
    ImmutableSortedDictionary<SessionId, SessionReadings> Readings,
    ImmutableSortedDictionary<SessionId, CdrPrice> Prices,
    ImmutableSortedDictionary<SessionId, Session> Sessions,
    ImmutableSortedDictionary<SessionId, Cdr> Cdrs,
    ImmutableSortedDictionary<AccountId, Account> Accounts,
    ImmutableSortedDictionary<int, Period> Periods,
    ImmutableSortedDictionary<EvseId, SessionId> NewestSessions,
    ImmutableSortedDictionary<SessionId, bool> AcceptedCdrs,
    ImmutableSortedDictionary<DeadlineSubject, Timestamp> Deadlines,
    ImmutableSortedDictionary<LegId, BrokenLeg> BrokenLegs,
    ImmutableSortedDictionary<LegId, bool> OpenPenalties)
{
    public static ClearingRows Of(LedgerState state) => new(
        state.Trips,
        state.Tariffs,
        state.OcpiTariffs,
        state.Of(Tables.Readings),
        state.Of(Tables.CdrPrices),
        state.Sessions,
        state.Cdrs,
        state.Accounts,
        state.Periods,
        state.Of(Tables.NewestSessions),
        state.Of(Tables.AcceptedCdrs),
        state.Of(Tables.DeadlineTimes),
        state.Of(Tables.BrokenLegs),
        state.Of(Tables.OpenPenalties));

    public static ClearingRows Of(Working state) => new(
        state.Trips.Rows,
        state.Tariffs.Rows,
        state.OcpiTariffs.Rows,
        state.Of(Tables.Readings).Rows,
        state.Of(Tables.CdrPrices).Rows,
        state.Sessions.Rows,
        state.Cdrs.Rows,
        state.Accounts.Rows,
        state.Periods.Rows,
        state.Of(Tables.NewestSessions).Rows,
        state.Of(Tables.AcceptedCdrs).Rows,
        state.Of(Tables.DeadlineTimes).Rows,
        state.Of(Tables.BrokenLegs).Rows,
        state.Of(Tables.OpenPenalties).Rows);
}
