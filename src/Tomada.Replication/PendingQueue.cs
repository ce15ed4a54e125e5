using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Transactions that wait to be decided, each company's in the order of arrival. Bounded; a batch
/// takes companies in turn, so that none can crowd out another.
/// </summary>
internal sealed class PendingQueue
{
    private readonly SortedDictionary<CompanyId, LinkedList<SignedTransaction>> _byCompany = [];
    private readonly Dictionary<TransactionId, LinkedListNode<SignedTransaction>> _byId = [];

    public int Count => _byId.Count;

    public bool Contains(TransactionId id) => _byId.ContainsKey(id);

    public bool IsFullFor(CompanyId company) =>
        Count >= ReplicationLimits.PendingMax
        || (_byCompany.TryGetValue(company, out LinkedList<SignedTransaction>? own)
            && own.Count >= ReplicationLimits.PendingPerCompanyMax);

    public void Add(SignedTransaction transaction)
    {
        CompanyId company = transaction.Content.Company;
        if (!_byCompany.TryGetValue(company, out LinkedList<SignedTransaction>? own))
        {
            _byCompany[company] = own = new LinkedList<SignedTransaction>();
        }

        _byId.Add(transaction.Id, own.AddLast(transaction));
    }

    public bool Remove(TransactionId id)
    {
        if (!_byId.Remove(id, out LinkedListNode<SignedTransaction>? node))
        {
            return false;
        }

        node.List!.Remove(node);
        return true;
    }

    /// <summary>All, in no order that matters to anyone.</summary>
    public IEnumerable<SignedTransaction> All => _byCompany.Values.SelectMany(own => own);

    /// <summary>The company's own, oldest first.</summary>
    public IEnumerable<SignedTransaction> Of(CompanyId company) =>
        _byCompany.TryGetValue(company, out LinkedList<SignedTransaction>? own) ? own : [];

    /// <summary>
    /// The next batch: one of each company in turn, oldest first, within both bounds.
    /// </summary>
    /// <param name="countMax">1 or more.</param>
    /// <param name="bytesMax">The first transaction fits whatever its size.</param>
    /// <param name="admits">What is not admitted is passed over and counts for nothing.</param>
    public List<SignedTransaction> Take(
        int countMax, int bytesMax, Func<SignedTransaction, bool> admits)
    {
        List<IEnumerator<SignedTransaction>> turns =
            [.. _byCompany.Values.Select(own => own.Where(admits).GetEnumerator())];
        List<SignedTransaction> batch = [];
        int bytes = 0;
        while (turns.Count > 0)
        {
            turns.RemoveAll(each => !each.MoveNext());
            foreach (IEnumerator<SignedTransaction> each in turns)
            {
                bytes += each.Current.Bytes.Length;
                if (batch.Count == countMax || (bytes > bytesMax && batch.Count > 0))
                {
                    return batch;
                }

                batch.Add(each.Current);
            }
        }

        return batch;
    }
}
