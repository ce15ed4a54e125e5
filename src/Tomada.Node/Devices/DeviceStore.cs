using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.DeviceApi;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Node.Devices;

/// <summary>A message of a device as it came in.</summary>
public sealed record LoggedMessage(string Device, string Topic, byte[] Payload);

/// <summary>A request that was answered, or is being worked on.</summary>
/// <param name="BodyHash">Tells a repetition from another request with the same id.</param>
/// <param name="Reply">The final reply's body in JSON; null while there is none.</param>
public sealed record KeptReply(Digest BodyHash, byte[]? Reply);

/// <summary>A reservation of a car: what only the home company knows of a trip.</summary>
/// <param name="Device">kind/id.</param>
/// <param name="Request">The reserve request.</param>
/// <param name="Legs">The legs' secrets, a line of hexadecimal each.</param>
/// <param name="Trip">The trip, once the ledger has taken the proposal.</param>
public sealed record KeptReservation(string Device, MessageId Request, byte[] Legs, TripId? Trip);

/// <summary>
/// What a node keeps about its devices: credentials, their messages, replies, reservations.
/// </summary>
public sealed partial class DeviceStore
{
    /// <summary>Largest number of reservations that one read returns.</summary>
    public const int HistoryMax = 100;

    private readonly NodeStore _store;
    private long _prunedTo;
    private long? _sessionRows;

    /// <param name="store">Opened with <see cref="Extension"/>.</param>
    public DeviceStore(NodeStore store)
    {
        _store = store;
        LogOlder();
    }

    /// <summary>Where the ledger is; without it rows are written that do not know.</summary>
    public Func<LogMoment>? Moment { get; init; }

    /// <summary>For tests that do not write a million rows.</summary>
    internal long LogRowsMax { get; init; } = Broker.BrokerLimits.LogRowsMax;

    /// <summary>As before.</summary>
    internal long SessionRowsMax { get; init; } = Broker.BrokerLimits.SessionRowsMax;

    private const string Log = "device_log";
    private const string Credentials = "device_credentials";
    private const string Replies = "device_replies";
    private const string Reservations = "device_reservations";

    /// <summary>The tables; give it to <see cref="NodeStore.Open"/>.</summary>
    public static StoreExtension Extension { get; } = new("devices", [
        """
        CREATE TABLE device_credentials (
            device TEXT PRIMARY KEY, hmac BLOB NOT NULL,
            sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE device_log (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, topic TEXT NOT NULL,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE INDEX device_log_topic ON device_log (topic);
        CREATE TABLE device_replies (
            device TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL, body_hash BLOB NOT NULL,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL,
            PRIMARY KEY (device, id)) WITHOUT ROWID, STRICT;
        CREATE TABLE device_reservations (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, id TEXT NOT NULL,
            trip BLOB, bytes BLOB NOT NULL, sha256 BLOB NOT NULL, UNIQUE (device, id)) STRICT;
        CREATE INDEX device_reservations_trip ON device_reservations (trip);
        """,

        // Certificates and tokens, beside the secrets of device_credentials.
        """
        CREATE TABLE device_proofs (
            device TEXT NOT NULL, kind INTEGER NOT NULL, until_ms INTEGER NOT NULL,
            proof BLOB NOT NULL, sha256 BLOB NOT NULL,
            PRIMARY KEY (device, kind)) WITHOUT ROWID, STRICT;
        """,

        // Where the ledger was when a row was written; older rows do not know.
        """
        ALTER TABLE device_log ADD COLUMN height INTEGER;
        ALTER TABLE device_log ADD COLUMN ledger_ms INTEGER;
        """,
    ]);

    public void PutCredential(string device, byte[] hmac) =>
        Happen(new LoggedMessage(device, CredentialTopic, hmac));

    public void RemoveCredential(string device) =>
        Happen(new LoggedMessage(device, CredentialTopic, []));

    public IReadOnlyList<(string Device, byte[] Hmac)> ReadCredentials() => _store.Read(
        connection => connection.Select(
            "SELECT device, hmac, sha256 FROM device_credentials ORDER BY device",
            ReadCredential));

    /// <summary>Writes messages together; they are on disk when this returns.</summary>
    public void Append(IReadOnlyList<LoggedMessage> messages) => _store.Write(connection =>
    {
        foreach (LoggedMessage each in messages)
        {
            WriteLog(connection, each);
        }

        return Prune(connection) + PruneSessions(connection, messages.Count(
            each => each.Topic.StartsWith(SessionsFrom, StringComparison.Ordinal)));
    });

    /// <summary>Messages on a topic, oldest first.</summary>
    public IReadOnlyList<LoggedMessage> ReadLog(string topic) =>
        _store.Read(connection => connection.Select(
        "SELECT device, topic, bytes, sha256 FROM device_log WHERE topic = ?1 ORDER BY sequence",
        ReadLogged,
        topic));

    /// <summary>Sessions of which there are messages, by the first of them.</summary>
    public IReadOnlyList<SessionId> ReadSessions() => [.. _store.Read(
        connection => connection.Select(
            "SELECT topic FROM device_log WHERE topic >= ?1 AND topic < ?2 "
            + "GROUP BY topic ORDER BY min(sequence)",
            row => row.GetString(0),
            SessionsFrom,
            SessionsTo))
        .Select(topic => UpTopic.TryParse(topic, out UpTopic? parsed) ? parsed : null)
        .OfType<UpTopic.Session>().Select(each => each.Id)];

    public KeptReply? FindReply(string device, MessageId id) =>
        _store.Read(connection => connection.Select(
        "SELECT body_hash, bytes, sha256 FROM device_replies WHERE device = ?1 AND id = ?2",
        row => new KeptReply(
            new Digest(row.Blob(0)),
            RowHash.Check(
                Replies, ReplyKey(device, id), row.Blob(1), row.Blob(2)) is { Length: > 0 } reply
                ? reply
                : null),
        device,
        id.ToString()).FirstOrDefault());

    /// <summary>When a request was taken, or answered; null when it is not known.</summary>
    public Timestamp? FindReplyTime(string device, MessageId id) =>
        _store.Read(connection => connection.Select<Timestamp?>(
        "SELECT at_ms FROM device_replies WHERE device = ?1 AND id = ?2",
        row => new Timestamp(row.GetInt64(0)),
        device,
        id.ToString()).FirstOrDefault());

    /// <summary>
    /// Keeps a request's reply for a day; without one it stands for "being worked on".
    /// </summary>
    public void PutReply(
        string device, MessageId id, KeptReply reply, Timestamp wallNow) => Happen(
        new LoggedMessage(
            device, ReplyTopic + id, EncodeReply(wallNow, reply.BodyHash, reply.Reply ?? [])));

    /// <summary>Keeps the secrets of a trip before the ledger is asked for it.</summary>
    public void PutReservation(string device, MessageId id, byte[] legs) =>
        Happen(new LoggedMessage(device, ReservationTopic + id, legs));

    public void SetTrip(string device, MessageId id, TripId trip) =>
        Happen(new LoggedMessage(device, TripTopic + id, trip.Digest.ToArray()));

    public KeptReservation? FindReservation(string device, MessageId id) => _store.Read(
        connection => connection.Select(
            Columns + " WHERE device = ?1 AND id = ?2", ReadReservation, device,
            id.ToString()).FirstOrDefault());

    public KeptReservation? FindReservation(TripId trip) =>
        _store.Read(connection => connection.Select(
        Columns + " WHERE trip = ?1", ReadReservation, trip.Digest.ToArray()).FirstOrDefault());

    /// <summary>A device's reservations that became trips, the newest first.</summary>
    public IReadOnlyList<KeptReservation> ReadHistory(string device, int max) => _store.Read(
        connection => connection.Select(
            Columns + " WHERE device = ?1 AND trip IS NOT NULL ORDER BY sequence DESC LIMIT ?2",
            ReadReservation,
            device,
            Math.Min(max, HistoryMax)));

    private const string Columns =
        "SELECT device, id, trip, bytes, sha256 FROM device_reservations";

    private static string LogKey(LoggedMessage message) => $"{message.Device} {message.Topic}";

    private static string ReplyKey(string device, MessageId id) =>
        string.Create(CultureInfo.InvariantCulture, $"{device} {id}");

    private static (string Device, byte[] Hmac) ReadCredential(SqliteDataReader row)
    {
        string device = row.GetString(0);
        return (device, RowHash.Check(Credentials, device, row.Blob(1), row.Blob(2)));
    }

    private static LoggedMessage ReadLogged(SqliteDataReader row)
    {
        LoggedMessage message = new(row.GetString(0), row.GetString(1), row.Blob(2));
        RowHash.Check(Log, LogKey(message), message.Payload, row.Blob(3));
        return message;
    }

    private static KeptReservation ReadReservation(SqliteDataReader row)
    {
        string device = row.GetString(0);
        MessageId id = MessageId.Parse(row.GetString(1));
        TripId? trip = row.IsDBNull(2) ? null : new TripId(new Digest(row.Blob(2)));
        byte[] legs = RowHash.Check(Reservations, ReplyKey(device, id), row.Blob(3), row.Blob(4));
        return new KeptReservation(device, id, legs, trip);
    }
}
