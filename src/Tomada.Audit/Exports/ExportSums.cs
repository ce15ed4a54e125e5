using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Audit;

/// <summary>What a manifest says of an export, summed up from the log.</summary>
/// <param name="network">Whose log it is.</param>
/// <param name="from">First log index.</param>
/// <param name="to">Log index after the last.</param>
internal sealed class ExportSums(Digest network, long from, long to)
{
    private readonly SortedDictionary<Currency, Int128> _totals = [];
    private readonly FrontierBuilder _log = new(Frontier.Empty);
    private long _rows;
    private long _applied;
    private Int128 _energyWh;

    /// <summary>Takes the next block of the log, from the first on.</summary>
    public void Add(LogBlock block)
    {
        for (int i = 0; i < block.Block.Entries.Length && _log.Size < to; i++)
        {
            _log.Append(MerkleTree.LeafHash(block.Block.Entries[i]));
            if (block.FirstIndex + i < from || block.Entries[i] is not TransactionEntry entry)
            {
                continue;
            }

            _rows++;
            _applied += entry.Outcome.IsApplied ? 1 : 0;
            foreach (CdrIssued issued in entry.Effects.OfType<CdrIssued>())
            {
                Money total = issued.Cdr.Total;
                _totals[total.Currency] = _totals.GetValueOrDefault(total.Currency) + total.Amount;
                _energyWh += issued.Cdr.EnergyWh;
            }
        }
    }

    /// <summary>The manifest as docs/http-api.md has it.</summary>
    public byte[] ToJson() => ExportRows.Written(json =>
    {
        json.WriteStartObject();
        json.WriteString("dataset", "transactions");
        json.WriteString("origin", Checkpoint.OriginOf(network));
        json.WriteNumber("from", from);
        json.WriteNumber("to", to);
        json.WriteNumber("rows", _rows);
        json.WriteNumber("applied", _applied);
        json.WriteNumber("cdrEnergyWh", (decimal)_energyWh);
        json.WriteStartArray("cdrTotals");
        foreach ((Currency currency, Int128 amount) in _totals)
        {
            json.WriteStartObject();
            json.WriteNumber("amount", (decimal)amount);
            json.WriteString("currency", currency.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("root", _log.ToFrontier().Root.ToString());
        json.WriteEndObject();
    });
}
