using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>An entry that was looked for.</summary>
/// <param name="Index">Its place in the log.</param>
/// <param name="Height">Its block.</param>
/// <param name="Time">Block time.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Transaction">The transaction in it; null when it holds none.</param>
public sealed record FoundEntry(
    long Index, long Height, Timestamp Time, Entry Entry, SignedTransaction? Transaction);

/// <summary>Finds an entry of a mirror by its transaction's id or its place.</summary>
public static class EntryFinder
{
    /// <summary>Looks through the log; null when it is not there.</summary>
    /// <param name="mirror">The folder.</param>
    /// <param name="id">
    /// A transaction's id of 64 hexadecimal digits, or an index in the log.
    /// </param>
    /// <param name="verify">Checks the genesis; null: Ed25519.</param>
    /// <param name="progress">Told after each block.</param>
    /// <exception cref="MirrorException">The mirror cannot be read.</exception>
    /// <exception cref="FormatException">The id is neither.</exception>
    public static FoundEntry? Find(
        MirrorFolder mirror,
        string id,
        VerifySignature? verify = null,
        IProgress<AuditProgress>? progress = null)
    {
        bool isId = Digest.TryParse(id, out Digest digest);
        if (!long.TryParse(
            id, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out long index) && !isId)
        {
            throw new FormatException(
                $"'{id}' is neither a transaction's id of 64 hexadecimal digits nor an index");
        }

        MirrorHead head = MirrorHead.Read(mirror, null, verify ?? Ed25519.Verify);
        ChainReader chain = new(mirror, head, new FindingList(), progress);
        foreach (LogBlock block in chain.Blocks().Where(each => each.IsWhole))
        {
            for (int i = 0; i < block.Entries.Length; i++)
            {
                SignedTransaction? transaction = block.Transactions[i];
                if (isId ? transaction?.Id.Digest == digest : block.FirstIndex + i == index)
                {
                    return new FoundEntry(
                        block.FirstIndex + i, block.Seal.Height, block.Seal.Time,
                        block.Entries[i], transaction);
                }
            }
        }

        return null;
    }
}
