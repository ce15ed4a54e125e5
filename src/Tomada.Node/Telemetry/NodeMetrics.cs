using System.Diagnostics.Metrics;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>What the node counts. Names are stable: operators' dashboards read them.</summary>
public sealed class NodeMetrics : IDisposable
{
    /// <summary>The meter that every part of the node counts on.</summary>
    public const string MeterName = "Tomada.Node";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _blocks;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _refusedInputs;
    private readonly Counter<long> _contradictions;

    public NodeMetrics()
    {
        _blocks = _meter.CreateCounter<long>("tomada.blocks", "{block}", "Blocks appended.");
        _transactions = _meter.CreateCounter<long>(
            "tomada.transactions", "{transaction}", "Transactions decided, by outcome.");
        _refusedInputs = _meter.CreateCounter<long>(
            "tomada.refused_inputs",
            "{input}",
            "Inputs that were refused at a border, by border and reason.");
        _contradictions = _meter.CreateCounter<long>(
            "tomada.contradictions",
            "{evidence}",
            "Contradictory votes of members that were found, by member and kind.");
    }

    /// <summary>Bad input was refused at a border of the node.</summary>
    /// <param name="border">peer, control, http or mqtt.</param>
    /// <param name="reason">A stable name.</param>
    public void Refused(string border, string reason) => _refusedInputs.Add(
        1, new KeyValuePair<string, object?>("border", border), new KeyValuePair<string, object?>(
            "reason", reason));

    /// <summary>A member is proven to have contradicted itself.</summary>
    internal void Found(Evidence evidence) => _contradictions.Add(
        1,
        new KeyValuePair<string, object?>("member", evidence.Guilty.Value),
        new KeyValuePair<string, object?>("kind", evidence.Kind.ToString()));

    internal void Decided(AppliedBlock block)
    {
        _blocks.Add(1);
        foreach (Entry entry in block.Entries)
        {
            if (entry is TransactionEntry { Outcome: var outcome })
            {
                _transactions.Add(
                    1, new KeyValuePair<string, object?>("outcome", outcome.Code.ToString()));
            }
        }
    }

    public void Dispose() => _meter.Dispose();
}
