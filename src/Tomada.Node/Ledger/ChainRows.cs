using Tomada.Consensus;
using Tomada.Ledger;
using Tomada.Node.Storage;
using Tomada.Replication;
using StoredAppend = Tomada.Node.Storage.AppendedBlock;

namespace Tomada.Node;

/// <summary>Blocks as the store keeps them, and back.</summary>
internal static class ChainRows
{
    /// <summary>A block that was executed, and its proof.</summary>
    public static StoredAppend Of(Replication.AppendedBlock block) =>
        Of(block.Applied.Seal, block.Applied.Transactions, block.Proof);

    /// <summary>A block that was only read, and its proof.</summary>
    public static StoredAppend Of(SealedBlock block, ConsensusMessage.Decided proof) =>
        Of(block.Seal, block.Block.Entries.Select(TransactionOf), proof);

    /// <summary>
    /// A stored block with its proof; null when it is not there, or damaged: then it is remembered
    /// for repair.
    /// </summary>
    public static ConsensusMessage.Decided? Read(NodeStore store, long height)
    {
        try
        {
            return store.ReadBlock(height) is { } block
                && store.ReadCertificate(height) is { } proof
                ? BlockProof.Codec.Decode(proof).With(block.Bytes)
                : null;
        }
        catch (StoreCorruptException)
        {
            return null;
        }
    }

    private static StoredAppend Of(
        Seal seal,
        IEnumerable<SignedTransaction?> transactions,
        ConsensusMessage.Decided proof) => new(
        seal.Height,
        seal.FirstIndex,
        proof.Value,
        BlockProof.Codec.Encode(BlockProof.Of(proof)),
        [
            .. transactions.Index()
                .Where(each => each.Item is not null)
                .Select(each => new IndexedTransaction(
                    each.Item!.Id, seal.FirstIndex + each.Index)),
        ]);

    private static SignedTransaction? TransactionOf(byte[] entry) =>
        Entry.Codec.TryDecode(entry, out Entry? read, out _)
        && read is TransactionEntry { Transaction: var bytes }
        && SignedTransaction.TryDecode(bytes, out SignedTransaction? transaction, out _)
            ? transaction
            : null;
}
