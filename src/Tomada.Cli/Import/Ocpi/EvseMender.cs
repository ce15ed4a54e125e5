using System.Globalization;
using System.Text.Json.Nodes;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>Makes an OCPI 2.2.1 EVSE of what feeds call one, or says why it is none.</summary>
internal static class EvseMender
{
    private static readonly HashSet<string> s_statuses = new(StringComparer.Ordinal)
    {
        "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED",
        "RESERVED", "UNKNOWN",
    };

    /// <summary>Corrects an EVSE; null when it cannot be used, which is counted.</summary>
    /// <param name="evse">Changed in place.</param>
    /// <param name="number">Its place in the location, from 1.</param>
    /// <param name="updated">When its location changed.</param>
    /// <param name="mending">Counts.</param>
    public static JsonObject? Mend(JsonObject evse, int number, string updated, Mending mending)
    {
        string? status = evse.Text("status")?.Trim().ToUpperInvariant();
        if (status is null || !s_statuses.Contains(status))
        {
            mending.Did("EVSE: a status that is none of OCPI's became UNKNOWN", status);
            status = "UNKNOWN";
        }

        if (status == "REMOVED")
        {
            mending.Did("EVSE left out: it is REMOVED");
            return null;
        }

        evse["status"] = status;
        string? uid = evse.Text("uid")?.Trim();
        if (string.IsNullOrEmpty(uid))
        {
            uid = evse.Text("evse_id")?.Trim() is { Length: > 0 } id
                ? id
                : number.ToString(CultureInfo.InvariantCulture);
            mending.Did("EVSE: without a uid it got its evse_id or its place as one");
        }

        evse["uid"] = uid;
        string changed = OcpiTimes.Mend(evse.Text("last_updated"), mending) ?? updated;
        evse["last_updated"] = changed;
        JsonArray connectors = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (JsonObject each in evse.Objects("connectors", mending))
        {
            if (ConnectorMender.Mend(
                each.DeepClone().AsObject(), connectors.Count + 1, changed, mending)
                is not { } sound)
            {
                continue;
            }

            if (!ids.Add(sound.Text("id")!))
            {
                mending.Did("connector left out: another one has its id", sound.Text("id"));
                continue;
            }

            connectors.Add((JsonNode)sound);
        }

        evse["connectors"] = connectors;
        if (connectors.Count == 0)
        {
            mending.Did("EVSE left out: no connector of it can be used", uid);
            return null;
        }

        return evse;
    }
}
