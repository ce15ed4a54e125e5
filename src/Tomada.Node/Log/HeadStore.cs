using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Replication;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>
/// The largest head that this company ever cosigned, the newest heads that a quorum cosigned, and
/// contradictions that wait to be reported. All in the node's own file, synced.
/// </summary>
internal sealed class HeadStore(NodeStore store)
{
    private const string HeadsTable = "cosigned_heads";
    private const string FoundTable = "found_heads";
    private const string RecordTable = "cosign_record";
    private const string Only = "1";

    /// <summary>The tables.</summary>
    public static StoreExtension Extension { get; } = new("heads", [
        """
        CREATE TABLE cosign_record (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE TABLE cosigned_heads (
            size INTEGER PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT;
        CREATE TABLE found_heads (
            id TEXT PRIMARY KEY, bytes BLOB NOT NULL, sha256 BLOB NOT NULL) WITHOUT ROWID, STRICT;
        """,
    ]);

    /// <summary>The largest head ever signed from this disk; null before the first.</summary>
    /// <exception cref="StoreCorruptException">The record is damaged.</exception>
    public Checkpoint? ReadRecord(Digest network) => store.Read(ReadRecord) is { } record
        ? new Checkpoint(Checkpoint.OriginOf(network), record.Size, record.Root)
        : null;

    /// <summary>
    /// The same at a start, where a damaged record is removed: from then on the disk counts as one
    /// that does not know what it signed.
    /// </summary>
    /// <param name="network">The network id.</param>
    /// <param name="wasDamaged">Whether there was a record that cannot be read.</param>
    public Checkpoint? ReadRecordOrForget(Digest network, out bool wasDamaged)
    {
        try
        {
            wasDamaged = false;
            return ReadRecord(network);
        }
        catch (StoreCorruptException)
        {
            wasDamaged = true;
            store.Write(connection => connection.Execute("DELETE FROM cosign_record"));
            return null;
        }
    }

    /// <summary>
    /// Makes a head the largest ever signed, if it may be; on disk when this returns. Compared and
    /// set in one write, so that no two heads that contradict each other are ever signed.
    /// </summary>
    /// <param name="head">The head to sign.</param>
    /// <param name="also">A head to keep in the same write; null for none.</param>
    /// <returns>Whether it may be signed.</returns>
    public bool TryRecord(Checkpoint head, CosignedHead? also) => store.Write(connection =>
    {
        Keep(connection, also);
        LogHead largest = ReadRecord(connection) is { } record
            ? new LogHead(record.Size, record.Root)
            : LogHead.Empty;
        if (!CosignerRule.MaySign(largest, LogHead.Of(head), out _))
        {
            return false;
        }

        byte[] bytes = HeadRecord.Codec.Encode(new HeadRecord(head.Size, head.Root));
        connection.Execute(
            "INSERT OR REPLACE INTO cosign_record VALUES (1, ?1, ?2)",
            bytes,
            RowHash.Of(RecordTable, Only, bytes));
        return true;
    });

    /// <summary>Keeps a head that a quorum cosigned.</summary>
    public void Keep(CosignedHead head) => store.Write(connection =>
    {
        Keep(connection, head);
        return true;
    });

    /// <summary>The newest heads that had a quorum, ascending; damaged ones are left out.</summary>
    public IReadOnlyList<CosignedHead> ReadHeads(int max) =>
    [
        .. store.Read(connection => connection.Select(
            "SELECT size, bytes, sha256 FROM cosigned_heads ORDER BY size DESC LIMIT ?1",
            row => RowHash.Matches(
                HeadsTable, Key(row.GetInt64(0)), row.Blob(1), row.Blob(2))
                && CosignedHead.Codec.TryDecode(row.Blob(1), out CosignedHead? head, out _)
                    ? head
                    : null,
            max)).OfType<CosignedHead>().Reverse(),
    ];

    /// <summary>Keeps a contradiction until it is on the ledger.</summary>
    public void KeepFound(TwoHeads found) => store.Write(connection =>
    {
        string id = GuiltId.Of(found).ToString();
        byte[] bytes = TwoHeads.Codec.Encode(found);
        return connection.Execute(
            "INSERT INTO found_heads SELECT ?1, ?2, ?3 "
            + "WHERE (SELECT count(*) FROM found_heads) < ?4 ON CONFLICT (id) DO NOTHING",
            id, bytes, RowHash.Of(FoundTable, id, bytes), LogLimits.FoundMax);
    });

    /// <summary>Contradictions that are not known to be on the ledger.</summary>
    public IReadOnlyList<TwoHeads> ReadFound() => store.Read(connection => connection.Select(
        "SELECT id, bytes, sha256 FROM found_heads ORDER BY id",
        row => TwoHeads.Codec.Decode(
            RowHash.Check(FoundTable, row.GetString(0), row.Blob(1), row.Blob(2)))));

    /// <summary>It is on the ledger, or need not be.</summary>
    public void Drop(TwoHeads found) => store.Write(connection => connection.Execute(
        "DELETE FROM found_heads WHERE id = ?1", GuiltId.Of(found).ToString()));

    private static HeadRecord? ReadRecord(SqliteConnection connection) => connection.Select(
        "SELECT bytes, sha256 FROM cosign_record",
        row => HeadRecord.Codec.Decode(
            RowHash.Check(RecordTable, Only, row.Blob(0), row.Blob(1)))).SingleOrDefault();

    private static void Keep(SqliteConnection connection, CosignedHead? head)
    {
        if (head is null)
        {
            return;
        }

        byte[] bytes = CosignedHead.Codec.Encode(head);
        connection.Execute(
            "INSERT OR REPLACE INTO cosigned_heads VALUES (?1, ?2, ?3)",
            head.Head.Size, bytes, RowHash.Of(HeadsTable, Key(head.Head.Size), bytes));
        connection.Execute(
            "DELETE FROM cosigned_heads WHERE size NOT IN "
            + "(SELECT size FROM cosigned_heads ORDER BY size DESC LIMIT ?1)",
            LogLimits.HeadsKept);
    }

    private static string Key(long size) => size.ToString(CultureInfo.InvariantCulture);

    private sealed record HeadRecord(long Size, Digest Root)
    {
        public static Codec<HeadRecord> Codec { get; } = RecordCodec<HeadRecord>.Versioned(1)
            .Field(1, "size", each => each.Size, Codecs.Long(1, TreeLimits.LogSizeMax))
            .Field(2, "root", each => each.Root, Digest.Codec);
    }
}
