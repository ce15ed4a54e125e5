using System.Collections.Immutable;
using System.Text;
using Tomada.Ledger;
using Tomada.Transparency;

namespace Tomada.Cli.Fleet;

/// <summary>Reads a node's public log over HTTP, onward from where it stopped.</summary>
internal sealed class LogTail(HttpClient http)
{
    private readonly List<Body> _applied = [];
    private long _size;

    /// <summary>What was applied so far, in the order of the log.</summary>
    public IReadOnlyList<Body> Applied => _applied;

    /// <summary>Transactions that rules refused, with their outcomes.</summary>
    public List<(Body Body, Outcome Outcome)> Refused { get; } = [];

    /// <summary>Reads up to the newest checkpoint.</summary>
    /// <exception cref="CommandException">The node serves something that is no log.</exception>
    public async Task UpdateAsync(CancellationToken stop)
    {
        string note = Encoding.UTF8.GetString(await http.GetByteArrayAsync("checkpoint", stop));
        string[] lines = note.Split('\n');
        if (lines.Length < 2 || !long.TryParse(lines[1], out long size))
        {
            throw CommandException.Failed("the node's checkpoint is no checkpoint");
        }

        while (_size < size)
        {
            TileId tile = TileId.At(TileId.Entries, _size / TileId.WidthMax, size)!.Value;
            byte[] bytes = await http.GetByteArrayAsync(tile.Path, stop);
            if (!EntryBundle.TryParse(
                tile, bytes, out ImmutableArray<ReadOnlyMemory<byte>> entries, out string? why))
            {
                throw CommandException.Failed(why);
            }

            foreach (ReadOnlyMemory<byte> entry in entries[(int)(_size % TileId.WidthMax)..])
            {
                Take(Entry.Codec.Decode(entry));
                _size++;
            }
        }
    }

    private void Take(Entry entry)
    {
        if (entry is not TransactionEntry { Outcome: var outcome } transaction
            || !SignedTransaction.TryDecode(
                transaction.Transaction, out SignedTransaction? signed, out _))
        {
            return;
        }

        Body body = signed!.Content.Body;
        if (outcome.IsApplied)
        {
            _applied.Add(body);
        }
        else
        {
            Refused.Add((body, outcome));
        }
    }
}
