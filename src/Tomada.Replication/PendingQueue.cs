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
    public List<SignedTransaction> Take(int countMax, int bytesMax)
    {
        List<LinkedListNode<SignedTransaction>?> heads =
            [.. _byCompany.Values.Select(own => own.First)];
        List<SignedTransaction> batch = [];
        bool any = true;
        int bytes = 0;
        while (any)
        {
            any = false;
            for (int i = 0; i < heads.Count; i++)
            {
                if (heads[i] is not { } node)
                {
                    continue;
                }

                bytes += node.Value.Bytes.Length;
                if (batch.Count == countMax || (bytes > bytesMax && batch.Count > 0))
                {
                    return batch;
                }

                batch.Add(node.Value);
                heads[i] = node.Next;
                any = true;
            }
        }

        return batch;
    }
}
