using CsCheck;
using Xunit;

namespace Tomada.Ledger.Tests.Transactions;

public class LaneTests
{
    [Fact]
    public void A_number_is_usable_once()
    {
        Lane lane = Lane.Unused.Use(5);

        Assert.False(lane.IsFree(5));
        Assert.True(lane.IsFree(4));
        Assert.False(lane.Use(4).IsFree(4));
    }

    [Fact]
    public void A_number_is_usable_down_to_1024_below_the_highest()
    {
        Lane lane = Lane.Unused.Use(5_000);

        Assert.True(lane.IsFree(5_000 - LedgerLimits.LaneWindow));
        Assert.False(lane.IsFree(5_000 - LedgerLimits.LaneWindow - 1));
    }

    [Fact]
    public void A_lane_remembers_what_a_plain_set_of_numbers_remembers() =>
        Gen.Long[1, 4_000].Array[0, 200].Sample(numbers =>
        {
            Lane lane = Lane.Unused;
            HashSet<long> used = [];
            long highest = 0;
            foreach (long number in numbers)
            {
                bool free = !used.Contains(number) && number >= highest - LedgerLimits.LaneWindow;
                if (free != lane.IsFree(number))
                {
                    return false;
                }

                if (free)
                {
                    lane = lane.Use(number);
                    used.Add(number);
                    highest = Math.Max(highest, number);
                }
            }

            return lane.Highest == highest;
        }, iter: 300);
}
