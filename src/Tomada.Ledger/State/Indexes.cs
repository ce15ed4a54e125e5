using Tomada.Primitives;

namespace Tomada.Ledger;

/// <summary>
/// How each index follows from the proven rows. Whoever loads a snapshot computes them anew, so
/// that what no state root covers is believed from nobody.
/// </summary>
internal static class Indexes
{
    public static IEnumerable<KeyValuePair<Deadline, bool>> DeadlineOrder(StateRows rows) =>
        rows.Of(Tables.DeadlineTimes).Select(
            row => KeyValuePair.Create(new Deadline(row.Value, row.Key), true));

    public static IEnumerable<KeyValuePair<HeldBy, long>> Held(StateRows rows)
    {
        SortedDictionary<HeldBy, long> sums = [];
        foreach (Hold hold in rows.Of(Tables.Holds).Values)
        {
            HeldBy key = new(hold.Home, hold.Amount.Currency);
            sums[key] = sums.GetValueOrDefault(key) + hold.Amount.Amount;
        }

        // A hold of nothing leaves no sum behind, as when it is put and removed.
        return sums.Where(sum => sum.Value != 0);
    }

    /// <summary>
    /// Sessions of an EVSE never overlap, so the one that started last started latest. Of two of no
    /// length at one instant the active one is newer; when both are completed the rules ask nothing
    /// of the newest that the other would not answer alike.
    /// </summary>
    public static IEnumerable<KeyValuePair<EvseId, SessionId>> NewestSessions(StateRows rows)
    {
        SortedDictionary<EvseId, Session> newest = [];
        foreach (Session session in rows.Of(Tables.Sessions).Values)
        {
            if (!newest.TryGetValue(session.Evse, out Session? other) || IsNewer(session, other))
            {
                newest[session.Evse] = session;
            }
        }

        return newest.Select(each => KeyValuePair.Create(each.Key, each.Value.Id));
    }

    public static IEnumerable<KeyValuePair<SessionId, bool>> AcceptedCdrs(StateRows rows) =>
        rows.Of(Tables.Cdrs).Values
            .Where(cdr => cdr.State == CdrState.Accepted)
            .Select(cdr => KeyValuePair.Create(cdr.Session, true));

    public static IEnumerable<KeyValuePair<LegId, bool>> OpenPenalties(StateRows rows) =>
        rows.Of(Tables.BrokenLegs).Values
            .Where(broken => broken.IsOpen)
            .Select(broken => KeyValuePair.Create(broken.Leg, true));

    /// <summary>Fills in every index.</summary>
    public static StateRows Complete(StateRows proven)
    {
        object[] tables = [.. Tables.All.Select(
            table => table.IsProven ? proven[table.Index] : table.NoRows)];
        foreach (Table index in Tables.All.Where(table => !table.IsProven))
        {
            tables[index.Index] = index.Derive(proven);
        }

        return new StateRows(tables);
    }

    private static bool IsNewer(Session session, Session other)
    {
        int order = session.Start.At.CompareTo(other.Start.At);
        order = order != 0 ? order : session.LastAt.CompareTo(other.LastAt);
        return order != 0 ? order > 0 : session.State == SessionState.Active;
    }
}
