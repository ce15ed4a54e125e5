using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Storage;

/// <summary>Heights of the chain that are not in the store, both ends included.</summary>
public readonly record struct MissingBlocks(long From, long To)
{
    /// <summary>How many they are.</summary>
    public long Count => To - From + 1;
}

/// <content>
/// Holes of the chain: blocks that were found damaged, and those below a snapshot of peers. They
/// are never served; peers have them, and whoever puts one back has checked its proof.
/// </content>
public sealed partial class NodeStore
{
    /// <summary>Heights up to the tip that have no block, lowest first.</summary>
    public IReadOnlyList<MissingBlocks> ReadMissing() => Read(connection => connection.Select(
        """
        SELECT below + 1, height - 1 FROM (
            SELECT height, lag(height, 1, 0) OVER (ORDER BY height) AS below
            FROM (SELECT height FROM blocks UNION ALL SELECT ?1))
        WHERE height > below + 1 ORDER BY height
        """,
        row => new MissingBlocks(row.GetInt64(0), row.GetInt64(1)),
        TipHeight + 1));

    /// <summary>A block turned out wrong though its checksum fits: it is set aside too.</summary>
    public void Suspect(long height)
    {
        if (!_suspects.Contains(height))
        {
            _suspects.Enqueue(height);
        }
    }

    /// <summary>
    /// Moves the blocks whose rows failed their checksum out of the chain, to a table where they
    /// can be looked at; their heights, lowest first.
    /// </summary>
    public IReadOnlyList<long> SetDamagedAside()
    {
        SortedSet<long> heights = [];
        while (_suspects.TryDequeue(out long height))
        {
            heights.Add(height);
        }

        foreach (long height in heights)
        {
            Write(connection => SetAside(connection, height));
        }

        return [.. heights];
    }

    /// <summary>Puts blocks back that are missing; one that is there by now stays.</summary>
    public void WriteMissing(IReadOnlyList<AppendedBlock> blocks) => Write(connection =>
    {
        foreach (AppendedBlock block in blocks)
        {
            Invariant.Require(
                block.Height <= TipHeight, $"block {block.Height} is not above the stored tip");
            bool isThere = connection.Select(
                "SELECT 1 FROM blocks WHERE height = ?1", row => row.GetInt32(0), block.Height)
                .Count > 0;
            if (!isThere)
            {
                WriteBlock(connection, block);
            }
        }

        return true;
    });

    /// <summary>
    /// Goes on from a block far above the stored tip, whose state is in a snapshot. What lies
    /// between is missing until it comes from peers.
    /// </summary>
    /// <param name="block">Proven.</param>
    /// <param name="governances">Who decided from the stored tip up to this block.</param>
    public void Adopt(AppendedBlock block, IEnumerable<Governance> governances)
    {
        Write(connection =>
        {
            Invariant.Require(
                block.Height > TipHeight, $"block {block.Height} is above the stored tip");
            WriteBlock(connection, block);
            foreach (Governance each in governances)
            {
                WriteGovernance(connection, each);
            }

            return true;
        });
        TipHeight = block.Height;
    }

    /// <summary>Remembers who decides under a root, to check old certificates by.</summary>
    public void WriteGovernance(Governance governance) => Write(
        connection => WriteGovernance(connection, governance));

    /// <summary>Who decides under a root; null when this node never learnt it.</summary>
    public Governance? ReadGovernance(Digest root) => Read(connection => connection.Select(
        "SELECT bytes, sha256 FROM governance WHERE root = ?1",
        row => Ledger.Governance.Codec.Decode(
            RowHash.Check(Governance, root.ToString(), row.Blob(0), row.Blob(1))),
        root.ToArray()).SingleOrDefault());

    private static int SetAside(SqliteConnection connection, long height)
    {
        connection.Execute(
            """
            INSERT OR REPLACE INTO damaged
            SELECT b.height, b.bytes, b.sha256, c.bytes, c.sha256
            FROM blocks b LEFT JOIN certificates c USING (height) WHERE b.height = ?1
            """,
            height);
        connection.Execute("DELETE FROM certificates WHERE height = ?1", height);
        connection.Execute("DELETE FROM transactions WHERE height = ?1", height);
        return connection.Execute("DELETE FROM blocks WHERE height = ?1", height);
    }

    private static int WriteGovernance(SqliteConnection connection, Governance governance)
    {
        Digest root = governance.Root();
        byte[] bytes = Ledger.Governance.Codec.Encode(governance);
        return connection.Execute(
            "INSERT INTO governance VALUES (?1, ?2, ?3) ON CONFLICT (root) DO NOTHING",
            root.ToArray(), bytes, RowHash.Of(Governance, root.ToString(), bytes));
    }
}
