using System.Text;
using Microsoft.Data.Sqlite;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node.Storage;

/// <content>What of the store follows from the blocks and can be made again.</content>
public sealed partial class NodeStore
{
    /// <summary>
    /// Throws the index of transactions away and makes it again from the blocks, as one write.
    /// </summary>
    /// <param name="progress">Told each height.</param>
    /// <returns>Digest of the index before and after, and its rows after.</returns>
    /// <exception cref="StoreCorruptException">A block is damaged; nothing was changed.</exception>
    internal (Digest Before, Digest After, int Rows) RebuildIndex(Action<long> progress) =>
        Write(connection =>
        {
            (Digest before, _) = DumpIndex(connection);
            connection.Execute("DELETE FROM transactions");
            for (long height = 1; height <= TipHeight; height++)
            {
                if (ReadBlock(height) is { } stored)
                {
                    WriteIndex(connection, stored);
                }

                progress(height);
            }

            (Digest after, int rows) = DumpIndex(connection);
            return (before, after, rows);
        });

    private static void WriteIndex(SqliteConnection connection, StoredBlock stored)
    {
        foreach ((int number, byte[] entry) in stored.Decode().Entries.Index())
        {
            if (Entry.Codec.Decode(entry) is TransactionEntry { Transaction: var bytes }
                && SignedTransaction.TryDecode(bytes, out SignedTransaction? signed, out _))
            {
                long index = stored.FirstIndex + number;
                connection.Execute(
                    "INSERT INTO transactions VALUES (?1, ?2, ?3, ?4)",
                    Bytes(signed!.Id), stored.Height, index, RowHash.Of(
                        Transactions, PlaceKey(signed.Id, stored.Height, index), []));
            }
        }
    }

    private static (Digest Digest, int Rows) DumpIndex(SqliteConnection connection)
    {
        List<string> rows = connection.Select(
            "SELECT hex(id) || ' ' || height || ' ' || log_index || ' ' || hex(sha256) "
            + "FROM transactions ORDER BY id",
            row => row.GetString(0));
        return (Digest.Of(Encoding.ASCII.GetBytes(string.Join('\n', rows))), rows.Count);
    }
}
