using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Replication;

/// <summary>
/// Transactions that wait to be decided, by priority class, and each company's in the order of
/// arrival. Bounded; a batch takes companies in turn, so that none can crowd out another.
/// </summary>
internal sealed class PendingQueue
{
    private readonly SortedDictionary<PriorityClass, ByCompany> _classes = new()
    {
        [PriorityClass.Emergency] = [],
        [PriorityClass.Normal] = [],
        [PriorityClass.Flexible] = [],
    };

    private readonly Dictionary<TransactionId, LinkedListNode<SignedTransaction>> _byId = [];
    private readonly SortedDictionary<CompanyId, int> _counts = [];
    private readonly Dictionary<Digest, SignedTransaction> _byBytes = [];

    public int Count => _byId.Count;

    public bool Contains(TransactionId id) => _byId.ContainsKey(id);

    public bool IsFullFor(CompanyId company) =>
        Count >= ReplicationLimits.PendingMax
        || _counts.GetValueOrDefault(company) >= ReplicationLimits.PendingPerCompanyMax;

    public void Add(SignedTransaction transaction)
    {
        CompanyId company = transaction.Content.Company;
        ByCompany lists = _classes[ClassOf(transaction)];
        if (!lists.TryGetValue(company, out LinkedList<SignedTransaction>? own))
        {
            lists[company] = own = new LinkedList<SignedTransaction>();
        }

        _byId.Add(transaction.Id, own.AddLast(transaction));
        _counts[company] = _counts.GetValueOrDefault(company) + 1;
        _byBytes.TryAdd(Digest.Of(transaction.Bytes.Span), transaction);
    }

    /// <summary>
    /// The waiting transaction of exactly these bytes, so that a block that holds it need not
    /// decode it again; null when none has them.
    /// </summary>
    public SignedTransaction? Find(ReadOnlyMemory<byte> bytes) =>
        _byBytes.GetValueOrDefault(Digest.Of(bytes.Span));

    public bool Remove(TransactionId id)
    {
        if (!_byId.Remove(id, out LinkedListNode<SignedTransaction>? node))
        {
            return false;
        }

        _counts[node.Value.Content.Company]--;
        node.List!.Remove(node);
        _byBytes.Remove(Digest.Of(node.Value.Bytes.Span));
        return true;
    }

    /// <summary>All, in no order that matters to anyone.</summary>
    public IEnumerable<SignedTransaction> All =>
        _classes.Values.SelectMany(lists => lists.Values.SelectMany(own => own));

    /// <summary>The company's own, by class and then oldest first.</summary>
    public IEnumerable<SignedTransaction> Of(CompanyId company) => _classes.Values.SelectMany(
        lists => lists.TryGetValue(company, out LinkedList<SignedTransaction>? own) ? own : []);

    /// <summary>
    /// The next batch: class by class, one of each company in turn, oldest first, within both
    /// bounds. Emergencies declare themselves, so they get a share of the batch first, and the
    /// rest of them come last: whoever cries wolf delays nobody for long.
    /// </summary>
    /// <param name="countMax">1 or more.</param>
    /// <param name="bytesMax">The first transaction fits whatever its size.</param>
    /// <param name="admits">What is not admitted is passed over and counts for nothing.</param>
    public List<SignedTransaction> Take(
        int countMax, int bytesMax, Func<SignedTransaction, bool> admits)
    {
        Batch batch = new(countMax, bytesMax);
        int share = Math.Max(1, countMax / ReplicationLimits.EmergencyShare);
        IEnumerator<SignedTransaction> urgent = InTurn(PriorityClass.Emergency, admits);
        while (batch.Taken.Count < share && urgent.MoveNext())
        {
            if (!batch.TryAdd(urgent.Current))
            {
                return batch.Taken;
            }
        }

        foreach (IEnumerator<SignedTransaction> turns in (IEnumerator<SignedTransaction>[])
            [InTurn(PriorityClass.Normal, admits), InTurn(PriorityClass.Flexible, admits), urgent])
        {
            while (turns.MoveNext())
            {
                if (!batch.TryAdd(turns.Current))
                {
                    return batch.Taken;
                }
            }
        }

        return batch.Taken;
    }

    private static PriorityClass ClassOf(SignedTransaction transaction) =>
        transaction.Content.Body is ProposeTrip trip ? trip.Priority : PriorityClass.Normal;

    private IEnumerator<SignedTransaction> InTurn(
        PriorityClass priority, Func<SignedTransaction, bool> admits)
    {
        List<IEnumerator<SignedTransaction>> turns =
            [.. _classes[priority].Values.Select(own => own.Where(admits).GetEnumerator())];
        while (turns.Count > 0)
        {
            turns.RemoveAll(each => !each.MoveNext());
            foreach (IEnumerator<SignedTransaction> each in turns)
            {
                yield return each.Current;
            }
        }
    }

    private sealed class ByCompany : SortedDictionary<CompanyId, LinkedList<SignedTransaction>>;

    private sealed class Batch(int countMax, int bytesMax)
    {
        private int _bytes;

        public List<SignedTransaction> Taken { get; } = [];

        public bool TryAdd(SignedTransaction transaction)
        {
            _bytes += transaction.Bytes.Length;
            if (Taken.Count == countMax || (_bytes > bytesMax && Taken.Count > 0))
            {
                return false;
            }

            Taken.Add(transaction);
            return true;
        }
    }
}
