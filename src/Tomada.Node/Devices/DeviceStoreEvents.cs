using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Tomada.DeviceApi;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <content>
/// The log of local truth: what devices said, and what the company did that is on no ledger, in one
/// order. Everything else here follows from it, and is changed in the same write. Messages of
/// devices go when they are older than the newest <see cref="Broker.BrokerLimits.LogRowsMax"/>
/// rows, those about sessions when <see cref="Broker.BrokerLimits.SessionRowsMax"/> newer ones of
/// their kind are there; replies after a day; reservations and credentials never, because a trip's
/// secrets and a device's way in have no other home.
/// </content>
public sealed partial class DeviceStore
{
    private const string EventsFrom = "node/";
    private const string EventsTo = "node0";
    private const string SessionsFrom = "session/";
    private const string SessionsTo = "session0";
    private const string CredentialTopic = "node/credential";
    private const string ReplyTopic = "node/reply/";
    private const string ReservationTopic = "node/reservation/";
    private const string TripTopic = "node/trip/";
    private const int ReplyHeader = 8 + Digest.Size;

    /// <summary>Rows of the log that are about the company's own doings, oldest first.</summary>
    public IReadOnlyList<LoggedMessage> ReadEvents() => _store.Read(ReadEvents);

    /// <summary>
    /// Throws away what follows from the log and makes it again, as one write.
    /// </summary>
    /// <returns>Digest of the tables before and after, and their rows after.</returns>
    internal (Digest Before, Digest After, int Rows) Rebuild() => _store.Write(connection =>
    {
        (Digest before, _) = Dump(connection);
        connection.Execute("DELETE FROM device_credentials");
        connection.Execute("DELETE FROM device_proofs");
        connection.Execute("DELETE FROM device_replies");
        connection.Execute("DELETE FROM device_reservations");
        foreach (LoggedMessage each in ReadEvents(connection))
        {
            Apply(connection, each);
        }

        (Digest after, int rows) = Dump(connection);
        return (before, after, rows);
    });

    private static List<LoggedMessage> ReadEvents(SqliteConnection connection) =>
        connection.Select(
            "SELECT device, topic, bytes, sha256 FROM device_log "
            + "WHERE topic >= ?1 AND topic < ?2 ORDER BY sequence",
            ReadLogged,
            EventsFrom,
            EventsTo);

    private void Happen(LoggedMessage message) => _store.Write(connection =>
    {
        WriteLog(connection, message);
        Apply(connection, message);
        return true;
    });

    private void WriteLog(SqliteConnection connection, LoggedMessage each)
    {
        LogMoment? moment = Moment?.Invoke();
        connection.Execute(
            "INSERT INTO device_log (device, topic, bytes, sha256, height, ledger_ms) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            each.Device, each.Topic, each.Payload, RowHash.Of(Log, LogKey(each), each.Payload),
            (object?)moment?.Height ?? DBNull.Value,
            (object?)moment?.LedgerNow.UnixMs ?? DBNull.Value);
    }

    /// <summary>Each range is looked at once: what stays in it is not looked at again.</summary>
    private int Prune(SqliteConnection connection)
    {
        long to = connection.Select(
            "SELECT coalesce(max(sequence), 0) FROM device_log", row => row.GetInt64(0))[0]
            - LogRowsMax;
        if (to <= _prunedTo)
        {
            return 0;
        }

        int pruned = connection.Execute(
            "DELETE FROM device_log WHERE sequence > ?1 AND sequence <= ?2 "
            + "AND NOT (topic >= ?3 AND topic < ?4) AND NOT (topic >= ?5 AND topic < ?6)",
            _prunedTo, to, EventsFrom, EventsTo, SessionsFrom, SessionsTo);
        _prunedTo = to;
        return pruned;
    }

    /// <summary>
    /// They are counted once and then along; some more than the bound may stand, so that the oldest
    /// are not looked for at every write.
    /// </summary>
    private int PruneSessions(SqliteConnection connection, int written)
    {
        long rows = _sessionRows is { } before
            ? before + written
            : connection.Select(
                "SELECT count(*) FROM device_log WHERE topic >= ?1 AND topic < ?2",
                row => row.GetInt64(0),
                SessionsFrom,
                SessionsTo)[0];
        int pruned = rows <= SessionRowsMax + (SessionRowsMax / 100)
            ? 0
            : connection.Execute(
                "DELETE FROM device_log WHERE sequence IN (SELECT sequence FROM device_log "
                + "WHERE topic >= ?1 AND topic < ?2 ORDER BY sequence LIMIT ?3)",
                SessionsFrom, SessionsTo, rows - SessionRowsMax);
        _sessionRows = rows - pruned;
        return pruned;
    }

    private static void Apply(SqliteConnection connection, LoggedMessage message)
    {
        if (message.Topic == CredentialTopic)
        {
            connection.Execute(
                "DELETE FROM device_credentials WHERE device = ?1", message.Device);
            if (message.Payload.Length > 0)
            {
                connection.Execute(
                    "INSERT INTO device_credentials VALUES (?1, ?2, ?3)",
                    message.Device, message.Payload, RowHash.Of(
                        Credentials, message.Device, message.Payload));
            }
        }
        else if (message.Topic.StartsWith(ProofTopic, StringComparison.Ordinal))
        {
            ApplyProof(connection, message);
        }
        else if (TryReadId(message.Topic, ReplyTopic, out MessageId reply))
        {
            ApplyReply(connection, message, reply);
        }
        else if (TryReadId(message.Topic, ReservationTopic, out MessageId reservation))
        {
            connection.Execute(
                "INSERT INTO device_reservations (device, id, bytes, sha256) "
                + "VALUES (?1, ?2, ?3, ?4)",
                message.Device, reservation.ToString(), message.Payload, RowHash.Of(
                    Reservations, ReplyKey(message.Device, reservation), message.Payload));
        }
        else if (TryReadId(message.Topic, TripTopic, out MessageId trip))
        {
            connection.Execute(
                "UPDATE device_reservations SET trip = ?3 WHERE device = ?1 AND id = ?2",
                message.Device, trip.ToString(), message.Payload);
        }
    }

    private static void ApplyReply(SqliteConnection connection, LoggedMessage message, MessageId id)
    {
        long atMs = BinaryPrimitives.ReadInt64BigEndian(message.Payload);
        byte[] bytes = message.Payload[ReplyHeader..];
        long forgottenMs = atMs - (long)DeviceLimits.ReplyKept.TotalMilliseconds;
        foreach ((string device, string old) in connection.Select(
            "SELECT device, id FROM device_replies WHERE at_ms < ?1",
            row => (row.GetString(0), row.GetString(1)),
            forgottenMs))
        {
            connection.Execute(
                "DELETE FROM device_replies WHERE device = ?1 AND id = ?2", device, old);
            connection.Execute(
                "DELETE FROM device_log WHERE device = ?1 AND topic = ?2",
                device, ReplyTopic + old);
        }

        connection.Execute(
            "INSERT OR REPLACE INTO device_replies VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            message.Device, id.ToString(), atMs, message.Payload[8..ReplyHeader], bytes,
            RowHash.Of(Replies, ReplyKey(message.Device, id), bytes));
    }

    /// <summary>Before there were events, these tables were written alone.</summary>
    private void LogOlder() => _store.Write(connection =>
    {
        bool isLogged = connection.Select(
            "SELECT 1 FROM device_log WHERE topic >= ?1 AND topic < ?2 LIMIT 1",
            row => row.GetInt32(0), EventsFrom, EventsTo).Count > 0;
        if (isLogged)
        {
            return 0;
        }

        List<LoggedMessage> found =
        [
            .. connection.Select(
                "SELECT device, hmac, sha256 FROM device_credentials ORDER BY device",
                ReadCredential)
                .Select(each => new LoggedMessage(each.Device, CredentialTopic, each.Hmac)),
            .. connection.Select(ProofColumns, ReadProof).Select(LoggedOf),
            .. connection.Select(
                "SELECT device, id, at_ms, body_hash, bytes FROM device_replies ORDER BY at_ms",
                row => new LoggedMessage(
                    row.GetString(0),
                    ReplyTopic + row.GetString(1),
                    EncodeReply(
                        new Timestamp(row.GetInt64(2)), new Digest(row.Blob(3)), row.Blob(4)))),
        ];
        foreach (KeptReservation each in connection.Select(
            Columns + " ORDER BY sequence", ReadReservation))
        {
            found.Add(new LoggedMessage(
                each.Device, ReservationTopic + each.Request, each.Legs));
            if (each.Trip is { } trip)
            {
                found.Add(new LoggedMessage(
                    each.Device, TripTopic + each.Request, trip.Digest.ToArray()));
            }
        }

        found.ForEach(each => WriteLog(connection, each));
        return found.Count;
    });

    private static byte[] EncodeReply(Timestamp at, Digest bodyHash, byte[] reply)
    {
        byte[] bytes = new byte[ReplyHeader + reply.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.UnixMs);
        bodyHash.CopyTo(bytes.AsSpan(8));
        reply.CopyTo(bytes, ReplyHeader);
        return bytes;
    }

    private static bool TryReadId(string topic, string beginning, out MessageId id)
    {
        bool isSo = topic.StartsWith(beginning, StringComparison.Ordinal);
        id = isSo ? MessageId.Parse(topic[beginning.Length..]) : default;
        return isSo;
    }

    /// <summary>Everything that is in the tables, in an order of their own.</summary>
    private static (Digest Digest, int Rows) Dump(SqliteConnection connection)
    {
        string[] rows =
        [
            .. connection.Select(
                "SELECT device || ' ' || hex(hmac) || hex(sha256) FROM device_credentials "
                + "ORDER BY device",
                row => row.GetString(0)),
            .. connection.Select(
                "SELECT device || ' ' || kind || ' ' || until_ms || ' ' || hex(proof) "
                + "|| hex(sha256) FROM device_proofs ORDER BY device, kind",
                row => row.GetString(0)),
            .. connection.Select(
                "SELECT device || ' ' || id || ' ' || at_ms || ' ' || hex(body_hash) || hex(bytes) "
                + "|| hex(sha256) FROM device_replies ORDER BY device, id",
                row => row.GetString(0)),
            .. connection.Select(
                "SELECT device || ' ' || id || ' ' || coalesce(hex(trip), '') || ' ' || hex(bytes) "
                + "|| hex(sha256) FROM device_reservations ORDER BY sequence",
                row => row.GetString(0)),
        ];
        return (
            Digest.Of(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', rows))), rows.Length);
    }
}
