using Tomada.Ledger;

namespace Tomada.Node;

/// <summary>
/// The newest blocks as executed, for who follows the chain: found by height at once, bounded by
/// number and by bytes. At a bound the oldest go; they are in the store. Any thread.
/// </summary>
internal sealed class RecentBlocks
{
    private readonly Lock _gate = new();
    private readonly Queue<(AppliedBlock Block, long Bytes)> _blocks = [];
    private readonly Dictionary<long, AppliedBlock> _byHeight = [];
    private long _bytes;

    /// <summary>Adds the next block.</summary>
    public void Add(AppliedBlock block)
    {
        long bytes = block.Block.Entries.Sum(entry => (long)entry.Length);
        lock (_gate)
        {
            // Followers read entries and states; the rows' bytes would only fill the memory.
            AppliedBlock kept = block with { Written = [] };
            _blocks.Enqueue((kept, bytes));
            _byHeight.Add(block.Seal.Height, kept);
            _bytes += bytes;
            while (_blocks.Count > LedgerDesk.RecentBlocksMax
                || (_bytes > LedgerDesk.RecentBytesMax && _blocks.Count > 1))
            {
                (AppliedBlock oldest, long freed) = _blocks.Dequeue();
                _byHeight.Remove(oldest.Seal.Height);
                _bytes -= freed;
            }
        }
    }

    /// <summary>The block of a height; null when it is older or not there yet.</summary>
    public AppliedBlock? Find(long height)
    {
        lock (_gate)
        {
            return _byHeight.GetValueOrDefault(height);
        }
    }
}
