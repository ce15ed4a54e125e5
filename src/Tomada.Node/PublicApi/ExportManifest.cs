using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node;

/// <summary>Counts and sums of the transactions that an export of a part holds.</summary>
/// <param name="from">First log index.</param>
/// <param name="to">Log index after the last.</param>
internal sealed class ExportManifest(long from, long to)
{
    private readonly SortedDictionary<Currency, Int128> _totals = [];
    private long _rows;
    private long _applied;
    private Int128 _energyWh;

    public void Add(BlockView block)
    {
        foreach (EntryView entry in block.Entries)
        {
            if (entry.Index < from || entry.Index >= to || entry.Outcome is null)
            {
                continue;
            }

            _rows++;
            _applied += entry.Outcome.IsApplied ? 1 : 0;
            foreach (CdrIssued each in ((TransactionEntry)entry.Entry).Effects.OfType<CdrIssued>())
            {
                Money total = each.Cdr.Total;
                _totals[total.Currency] = _totals.GetValueOrDefault(total.Currency) + total.Amount;
                _energyWh += each.Cdr.EnergyWh;
            }
        }
    }

    public void Write(Utf8JsonWriter json, Digest network, Digest root)
    {
        json.WriteStartObject();
        json.WriteString("dataset", "transactions");
        json.WriteString("origin", Checkpoint.OriginOf(network));
        json.WriteNumber("from", from);
        json.WriteNumber("to", to);
        json.WriteNumber("rows", _rows);
        json.WriteNumber("applied", _applied);
        json.WriteNumber("cdrEnergyWh", (decimal)_energyWh);
        ApiJson.Array(json, "cdrTotals", _totals, each =>
        {
            json.WriteStartObject();
            json.WriteNumber("amount", (decimal)each.Value);
            json.WriteString("currency", each.Key.ToString());
            json.WriteEndObject();
        });
        json.WriteString("root", root.ToString());
        json.WriteEndObject();
    }
}
