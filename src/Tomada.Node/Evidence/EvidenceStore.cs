using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// Heard votes for a day, and evidence until it is on the ledger. Written within writes that are
/// made anyway: losing the newest votes in a crash loses a chance to convict, never safety.
/// </summary>
public sealed class EvidenceStore(NodeStore store, TimeProvider wall)
{
    private const string HeardTable = "heard_votes";
    private const string FoundTable = "found_evidence";
    private long? _bytes;

    /// <summary>The tables; give it to <see cref="NodeStore.Open"/>.</summary>
    public static StoreExtension Extension { get; } = new("evidence", [
        """
        CREATE TABLE heard_votes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            first_height INTEGER NOT NULL, last_height INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE INDEX heard_votes_height ON heard_votes (last_height);
        CREATE TABLE found_evidence (
            id TEXT PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        """,
    ]);

    /// <summary>Statements that keep votes and evidence, for a batch written anyway.</summary>
    /// <returns>Null when there is nothing to keep.</returns>
    public Action<SqliteConnection>? Keep(
        IReadOnlyCollection<HeardVotes> heard, IReadOnlyCollection<Evidence> found)
    {
        if (heard.Count == 0 && found.Count == 0)
        {
            return null;
        }

        return connection =>
        {
            foreach (HeardVotes row in heard)
            {
                Keep(connection, row);
            }

            if (heard.Count > 0)
            {
                Prune(connection);
            }

            foreach (Evidence evidence in found)
            {
                Keep(connection, evidence);
            }
        };
    }

    /// <summary>
    /// The votes of the newest heights that were kept, ascending; a damaged row is left out, for it
    /// could only have helped to convict.
    /// </summary>
    /// <param name="fromHeight">The first height wanted.</param>
    public IReadOnlyList<HeardVotes> ReadHeard(long fromHeight) =>
    [
        .. store.Read(connection => connection.Select(
            "SELECT sequence, bytes, sha256 FROM heard_votes WHERE last_height >= ?1 "
            + "ORDER BY last_height, sequence",
            ToHeard, fromHeight)).OfType<HeardVotes>(),
    ];

    /// <summary>What was heard at a height; null when nothing is kept of it.</summary>
    public HeardHeight? ReadHeight(long height) => store.Read(connection => connection.Select(
            "SELECT sequence, bytes, sha256 FROM heard_votes "
            + "WHERE last_height >= ?1 AND first_height <= ?1 ORDER BY last_height LIMIT 1",
            ToHeard, height))
        .OfType<HeardVotes>()
        .SelectMany(row => row.Heights)
        .FirstOrDefault(each => each.Height == height);

    /// <summary>Evidence that is not known to be on the ledger.</summary>
    public IReadOnlyList<Evidence> ReadFound() => store.Read(connection => connection.Select(
        "SELECT id, bytes, sha256 FROM found_evidence ORDER BY id",
        row => Evidence.Codec.Decode(
            RowHash.Check(FoundTable, row.GetString(0), row.Blob(1), row.Blob(2)))));

    /// <summary>It is on the ledger, or need not be.</summary>
    public void Drop(Evidence evidence) => store.Write(connection => connection.Execute(
        "DELETE FROM found_evidence WHERE id = ?1", IdOf(evidence)));

    private static string IdOf(Evidence evidence) => GuiltId.Of(evidence).ToString()!;

    private static HeardVotes? ToHeard(SqliteDataReader row) =>
        RowHash.Matches(HeardTable, Key(row.GetInt64(0)), row.Blob(1), row.Blob(2))
        && HeardVotes.Codec.TryDecode(row.Blob(1), out HeardVotes? heard, out _)
            ? heard
            : null;

    private static string Key(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    private static void Keep(SqliteConnection connection, Evidence evidence)
    {
        string id = IdOf(evidence);
        byte[] bytes = Evidence.Codec.Encode(evidence);
        connection.Execute(
            "INSERT INTO found_evidence SELECT ?1, ?2, ?3 "
            + "WHERE (SELECT count(*) FROM found_evidence) < ?4 ON CONFLICT (id) DO NOTHING",
            id, bytes, RowHash.Of(FoundTable, id, bytes), EvidenceLimits.FoundMax);
    }

    private void Keep(SqliteConnection connection, HeardVotes row)
    {
        byte[] bytes = HeardVotes.Codec.Encode(row);
        long sequence = 1 + connection.Select(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'heard_votes'",
            each => each.GetInt64(0))[0];
        connection.Execute(
            "INSERT INTO heard_votes VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            sequence,
            row.Heights[0].Height,
            row.Heights[^1].Height,
            wall.GetUtcNow().ToUnixTimeMilliseconds(),
            bytes,
            RowHash.Of(HeardTable, Key(sequence), bytes));
        _bytes = BytesKept(connection, bytes.Length);
    }

    /// <summary>Counted once, then by what comes and goes.</summary>
    private long BytesKept(SqliteConnection connection, int added) => _bytes is { } known
        ? known + added
        : connection.Select(
            "SELECT coalesce(sum(length(bytes)), 0) FROM heard_votes", row => row.GetInt64(0))[0];

    private void Prune(SqliteConnection connection)
    {
        long oldest = (wall.GetUtcNow() - EvidenceLimits.VotesKept).ToUnixTimeMilliseconds();
        while (true)
        {
            (long Sequence, long At, long Bytes)? first = connection
                .Select<(long, long, long)?>(
                    "SELECT sequence, at_ms, length(bytes) FROM heard_votes "
                    + "ORDER BY sequence LIMIT 1",
                    row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)))
                .SingleOrDefault();
            if (first is not { } row
                || (row.At >= oldest && _bytes <= EvidenceLimits.VoteBytesMax))
            {
                return;
            }

            connection.Execute("DELETE FROM heard_votes WHERE sequence = ?1", row.Sequence);
            _bytes -= row.Bytes;
        }
    }
}
