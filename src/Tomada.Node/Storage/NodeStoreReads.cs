using System.Globalization;
using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Storage;

/// <content>What can be asked of the store, from any thread.</content>
public sealed partial class NodeStore
{
    private const string Votes = "votes";
    private const string Blocks = "blocks";
    private const string Certificates = "certificates";
    private const string Transactions = "transactions";
    private const string Pending = "pending";
    private const string Meta = "meta";
    private const string Governance = "governance";

    /// <summary>Blocks from a height on, in order.</summary>
    /// <param name="fromHeight">The first height wanted; from 1.</param>
    /// <param name="max">Most blocks; 1 to <see cref="NodeLimits.ReadRowsMax"/>, more are cut
    /// off.</param>
    public IReadOnlyList<StoredBlock> ReadBlocks(long fromHeight, int max) =>
        Read(connection => connection.Select(
        "SELECT height, first_index, bytes, sha256 FROM blocks "
        + "WHERE height >= ?1 ORDER BY height LIMIT ?2",
        ToBlock, fromHeight, Math.Min(max, NodeLimits.ReadRowsMax)));

    /// <summary>The newest blocks, newest first.</summary>
    /// <param name="max">Most blocks; 1 to <see cref="NodeLimits.ReadRowsMax"/>, more are cut
    /// off.</param>
    public IReadOnlyList<StoredBlock> ReadNewestBlocks(int max) =>
        Read(connection => connection.Select(
        "SELECT height, first_index, bytes, sha256 FROM blocks ORDER BY height DESC LIMIT ?1",
        ToBlock, Math.Min(max, NodeLimits.ReadRowsMax)));

    /// <summary>One block; null when the chain does not reach it.</summary>
    public StoredBlock? ReadBlock(long height) => Read(connection => connection.Select(
        "SELECT height, first_index, bytes, sha256 FROM blocks WHERE height = ?1", ToBlock, height)
        .SingleOrDefault());

    /// <summary>
    /// What proves that the block was decided; null when the chain does not reach it.
    /// </summary>
    public byte[]? ReadCertificate(long height) => Read(connection => connection.Select(
        "SELECT bytes, sha256 FROM certificates WHERE height = ?1",
        row => Sound(height, Certificates, Key(height), row.Blob(0), row.Blob(1)), height)
        .SingleOrDefault());

    /// <summary>
    /// The block that holds an entry of the log; null when the log does not reach it.
    /// </summary>
    public StoredBlock? ReadBlockOfEntry(long logIndex) => Read(connection => connection.Select(
        """
        SELECT height, first_index, bytes, sha256 FROM blocks
        WHERE first_index <= ?1 ORDER BY first_index DESC LIMIT 1
        """,
        ToBlock, logIndex)
        .SingleOrDefault());

    /// <summary>The canonical bytes of an entry; null when the log does not reach it.</summary>
    public byte[]? ReadEntry(long logIndex)
    {
        if (logIndex < 0 || ReadBlockOfEntry(logIndex) is not { } stored)
        {
            return null;
        }

        Block block = stored.Decode();
        long position = logIndex - stored.FirstIndex;
        return position < block.Entries.Length ? block.Entries[(int)position] : null;
    }

    /// <summary>Where a transaction stands; null when no block holds it.</summary>
    public TransactionPlace? FindTransaction(TransactionId id) =>
        Read(connection => connection.Select<TransactionPlace?>(
        "SELECT height, log_index, sha256 FROM transactions WHERE id = ?1",
        row =>
        {
            TransactionPlace place = new(row.GetInt64(0), row.GetInt64(1));
            RowHash.Check(Transactions, PlaceKey(id, place.Height, place.Index), [], row.Blob(2));
            return place;
        },
        Bytes(id))
        .SingleOrDefault());

    /// <summary>Vote records at a height and above, by height, kind and ballot.</summary>
    public IReadOnlyList<VoteRecord> ReadVotes(long fromHeight) =>
        Read(connection => connection.Select(
        """
        SELECT height, kind, ballot, bytes, sha256 FROM votes
        WHERE height >= ?1 ORDER BY height, kind, ballot
        """,
        row =>
        {
            VoteRecord vote = new(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), row.Blob(3));
            RowHash.Check(Votes, Key(vote), vote.Bytes, row.Blob(4));
            return vote;
        },
        fromHeight));

    /// <summary>
    /// The same, without records that do not match their checksum: who reads so must not vote with
    /// the key that signed them.
    /// </summary>
    /// <param name="fromHeight">The lowest height wanted.</param>
    /// <param name="damaged">What was left out, for <see cref="RemoveVotes"/>.</param>
    public IReadOnlyList<VoteRecord> ReadSoundVotes(
        long fromHeight, out IReadOnlyList<VoteRecord> damaged)
    {
        List<VoteRecord> unsound = [];
        IReadOnlyList<VoteRecord> sound = [.. Read(connection => connection.Select(
            """
            SELECT height, kind, ballot, bytes, sha256 FROM votes
            WHERE height >= ?1 ORDER BY height, kind, ballot
            """,
            row =>
            {
                VoteRecord vote =
                    new(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), row.Blob(3));
                if (RowHash.Matches(Votes, Key(vote), vote.Bytes, row.Blob(4)))
                {
                    return vote;
                }

                unsound.Add(vote);
                return null;
            },
            fromHeight)).OfType<VoteRecord>()];
        damaged = unsound;
        return sound;
    }

    /// <summary>Takes vote records away whose key votes never again.</summary>
    internal static void RemoveVotes(SqliteConnection connection, IEnumerable<VoteRecord> votes)
    {
        foreach (VoteRecord vote in votes)
        {
            connection.Execute(
                "DELETE FROM votes WHERE height = ?1 AND kind = ?2 AND ballot = ?3",
                vote.Height, vote.Kind, vote.Ballot);
        }
    }

    /// <summary>All transactions that wait, in order of arrival.</summary>
    public IReadOnlyList<PendingTransaction> ReadPending() => Read(connection => connection.Select(
        "SELECT id, bytes, sha256 FROM pending ORDER BY arrival",
        row =>
        {
            TransactionId id = new(new Digest(row.Blob(0)));
            return new PendingTransaction(
                id, RowHash.Check(Pending, id.ToString(), row.Blob(1), row.Blob(2)));
        }));

    /// <summary>Whether a transaction waits for a block.</summary>
    public bool IsPending(TransactionId id) => Read(connection => connection.Select(
        "SELECT 1 FROM pending WHERE id = ?1", row => row.GetInt32(0), Bytes(id))).Count > 0;

    /// <summary>A named single value; null when it was never set.</summary>
    public byte[]? ReadMeta(string key) => Read(connection => connection.Select(
        "SELECT bytes, sha256 FROM meta WHERE key = ?1",
        row => RowHash.Check(Meta, key, row.Blob(0), row.Blob(1)), key)
        .SingleOrDefault());

    private StoredBlock ToBlock(SqliteDataReader row)
    {
        StoredBlock block = new(row.GetInt64(0), row.GetInt64(1), row.Blob(2));
        Sound(
            block.Height,
            Blocks,
            BlockKey(block.Height, block.FirstIndex),
            block.Bytes,
            row.Blob(3));
        return block;
    }

    /// <summary>The bytes if they are sound; else the height is remembered for repair.</summary>
    private byte[] Sound(long height, string table, string key, byte[] bytes, byte[] sha256)
    {
        if (!RowHash.Matches(table, key, bytes, sha256) && !_suspects.Contains(height))
        {
            _suspects.Enqueue(height);
        }

        return RowHash.Check(table, key, bytes, sha256);
    }

    private static byte[] Bytes(TransactionId id) => id.Digest.ToArray();

    private static string Key(long height) => height.ToString(CultureInfo.InvariantCulture);

    private static string Key(VoteRecord vote) =>
        FormattableString.Invariant($"{vote.Height}/{vote.Kind}/{vote.Ballot}");

    private static string BlockKey(AppendedBlock block) => BlockKey(block.Height, block.FirstIndex);

    private static string BlockKey(long height, long firstIndex) =>
        FormattableString.Invariant($"{height}@{firstIndex}");

    private static string PlaceKey(TransactionId id, long height, long index) =>
        FormattableString.Invariant($"{id}/{height}/{index}");
}
