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

    private readonly Dictionary<TransactionId, LinkedListNode<Waiting>> _byId = [];
    private readonly SortedDictionary<CompanyId, int> _counts = [];
    private readonly Dictionary<Digest, SignedTransaction> _byBytes = [];
    private long _arrivals;

    public int Count => _byId.Count;

    public bool Contains(TransactionId id) => _byId.ContainsKey(id);

    public bool IsFullFor(CompanyId company) =>
        Count >= ReplicationLimits.PendingMax
        || _counts.GetValueOrDefault(company) >= ReplicationLimits.PendingPerCompanyMax;

    public void Add(SignedTransaction transaction)
    {
        CompanyId company = transaction.Content.Company;
        ByCompany lists = _classes[ClassOf(transaction)];
        if (!lists.TryGetValue(company, out LinkedList<Waiting>? own))
        {
            lists[company] = own = new LinkedList<Waiting>();
        }

        _byId.Add(transaction.Id, own.AddLast(new Waiting(transaction, ++_arrivals)));
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
        if (!_byId.Remove(id, out LinkedListNode<Waiting>? node))
        {
            return false;
        }

        SignedTransaction removed = node.Value.Transaction;
        _counts[removed.Content.Company]--;
        node.List!.Remove(node);
        _byBytes.Remove(Digest.Of(removed.Bytes.Span));
        return true;
    }

    /// <summary>All, in no order that matters to anyone.</summary>
    public IEnumerable<SignedTransaction> All =>
        _classes.Values.SelectMany(lists => lists.Values.SelectMany(
            own => own.Select(each => each.Transaction)));

    /// <summary>The company's own, by class and then oldest first.</summary>
    public IEnumerable<SignedTransaction> Of(CompanyId company) => _classes.Values.SelectMany(
        lists => lists.TryGetValue(company, out LinkedList<Waiting>? own)
            ? own.Select(each => each.Transaction)
            : []);

    /// <summary>
    /// The next batch: class by class, one of each company in turn, oldest first, and first the
    /// company that waits the longest, so that a batch of one is nobody's privilege; within both
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
        List<IEnumerator<Waiting>> turns =
        [
            .. _classes[priority].Values.Select(
                own => own.Where(each => admits(each.Transaction)).GetEnumerator()),
        ];
        turns.RemoveAll(each => !each.MoveNext());
        turns.Sort((one, other) => one.Current.Arrival.CompareTo(other.Current.Arrival));
        while (turns.Count > 0)
        {
            foreach (IEnumerator<Waiting> each in turns)
            {
                yield return each.Current.Transaction;
            }

            turns.RemoveAll(each => !each.MoveNext());
        }
    }

    /// <summary>A transaction, and how many had come before it.</summary>
    private sealed record Waiting(SignedTransaction Transaction, long Arrival);

    private sealed class ByCompany : SortedDictionary<CompanyId, LinkedList<Waiting>>;

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
