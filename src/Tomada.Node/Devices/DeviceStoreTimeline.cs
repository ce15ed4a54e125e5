using Microsoft.Data.Sqlite;
using Tomada.DeviceApi;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>Where the ledger was, for this node, when something was logged.</summary>
/// <param name="Height">The newest block that it had applied.</param>
/// <param name="LedgerNow">Its ledger clock.</param>
public readonly record struct LogMoment(long Height, Timestamp LedgerNow);

/// <summary>A row of the log about one trip.</summary>
/// <param name="Sequence">Its place in the log.</param>
/// <param name="Moment">Null for rows that are older than the moments.</param>
/// <param name="Message">What was said, or done.</param>
public sealed record LoggedRow(long Sequence, LogMoment? Moment, LoggedMessage Message);

/// <content>What the log says of one trip.</content>
public sealed partial class DeviceStore
{
    private const string RowColumns =
        "SELECT sequence, height, ledger_ms, device, topic, bytes, sha256 FROM device_log ";

    /// <summary>
    /// What this company's devices said about a trip, and what it did for it beside the ledger.
    /// </summary>
    /// <param name="trip">The trip.</param>
    /// <param name="evses">Names of this company's EVSEs in it.</param>
    /// <param name="fromHeight">Of its proposal: what EVSEs said before is not about it.</param>
    /// <returns>In the log's order; and whether a limit left something out.</returns>
    public (IReadOnlyList<LoggedRow> Rows, bool IsCut) ReadTrip(
        TripId trip, IReadOnlyList<string> evses, long fromHeight) => _store.Read(connection =>
    {
        int max = DeskLimits.TimelineRowsMax;
        List<IReadOnlyList<LoggedRow>> parts =
        [
            // '.' follows '-' in the order of texts.
            connection.Select(
                RowColumns + "WHERE topic >= ?1 AND topic < ?2 ORDER BY sequence LIMIT ?3",
                ReadRow, $"session/{trip}-", $"session/{trip}.", max),
        ];
        if (connection.Select(
            Columns + " WHERE trip = ?1", ReadReservation, trip.Digest.ToArray())
            is [{ } kept, ..])
        {
            foreach (string topic in (string[])[ReservationTopic, TripTopic, ReplyTopic])
            {
                parts.Add(connection.Select(
                    RowColumns + "WHERE topic = ?1 AND device = ?2 ORDER BY sequence LIMIT ?3",
                    ReadRow, topic + kept.Request, kept.Device, max));
            }

            parts.Add(RequestsOf(connection, kept, trip, max));
        }

        foreach (string evse in evses)
        {
            parts.Add(connection.Select(
                RowColumns + "WHERE topic = ?1 AND height >= ?2 ORDER BY sequence LIMIT ?3",
                ReadRow, new UpTopic.EvseState(evse).Path, fromHeight, max));
        }

        return (
            (IReadOnlyList<LoggedRow>)[.. parts.SelectMany(part => part)
                .OrderBy(row => row.Sequence)],
            parts.Exists(part => part.Count == max));
    });

    /// <summary>What the car asked: the reservation itself, and the receipt.</summary>
    private static List<LoggedRow> RequestsOf(
        SqliteConnection connection, KeptReservation kept, TripId trip, int max) =>
    [
        .. connection.Select(
            RowColumns + "WHERE topic = ?1 AND device = ?2 ORDER BY sequence DESC LIMIT ?3",
            ReadRow, new UpTopic.Request(RequestOp.Reserve).Path, kept.Device, max)
            .Where(row => Envelope.TryDecode(row.Message.Payload, out Envelope? said, out _)
                && said.Id == kept.Request),
        .. connection.Select(
            RowColumns + "WHERE topic = ?1 AND device = ?2 ORDER BY sequence DESC LIMIT ?3",
            ReadRow, new UpTopic.Request(RequestOp.Receipt).Path, kept.Device, max)
            .Where(row => Envelope.TryDecode(row.Message.Payload, out Envelope? said, out _)
                && said.TryRead(out ReceiptRequest? asked, out _) && asked.Trip == trip),
    ];

    private static LoggedRow ReadRow(SqliteDataReader row)
    {
        LoggedMessage message = new(row.GetString(3), row.GetString(4), row.Blob(5));
        RowHash.Check(Log, LogKey(message), message.Payload, row.Blob(6));
        LogMoment? moment = row.IsDBNull(1)
            ? null
            : new LogMoment(row.GetInt64(1), new Timestamp(row.GetInt64(2)));
        return new LoggedRow(row.GetInt64(0), moment, message);
    }
}
