using Xunit;

namespace Tomada.Ledger.Tests;

/// <summary>A state taken apart and put together again.</summary>
internal static class Snapshots
{
    /// <summary>Every row of every table, indexes too, is there again.</summary>
    public static LedgerState AssertComesBack(LedgerWorld world)
    {
        LedgerState state = world.State;
        StateLoader loader = new(state.Genesis);
        foreach (StatePart part in StatePart.Of(state))
        {
            StatePart read = StatePart.Codec.Decode(StatePart.Codec.Encode(part));
            Assert.True(loader.TryAdd(read, out string? refused), refused);
        }

        Assert.True(
            loader.TryFinish(
                world.Blocks[^1].Seal, state.Tip, out LedgerState? loaded, out string? why),
            why);
        foreach (Table table in Tables.All)
        {
            Assert.Equal(Bytes(table, state), Bytes(table, loaded));
        }

        Assert.Equal(StatePart.RowsOf(state), loader.Rows);
        Assert.Equal(state.StateRoot, loaded.StateRoot);
        Assert.Equal(state.GovernanceRoot, loaded.GovernanceRoot);
        Assert.Equal(
            (state.Height, state.Tip, state.Time, state.Size),
            (loaded.Height, loaded.Tip, loaded.Time, loaded.Size));
        Assert.Equal(state.NextDeadline, loaded.NextDeadline);
        Invariants.Check(loaded);
        return loaded;
    }

    private static string[] Bytes(Table table, LedgerState state) =>
        [.. table.Write(state.Rows[table.Index]).Select(
            row => $"{table.Name} {Convert.ToHexString(row.Key)} {Convert.ToHexString(row.Value)}")
        ];
}
