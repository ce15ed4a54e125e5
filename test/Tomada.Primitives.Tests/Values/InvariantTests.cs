using Xunit;

namespace Tomada.Primitives.Tests;

public class InvariantTests
{
    [Fact]
    public void A_broken_rule_is_told() => Assert.Equal(
        "Invariant broken: I1 1 equals 2.",
        Assert.Throws<InvariantBrokenException>(
            () => Invariant.Require(1 == 2, $"I1 {1} equals {2}"))
            .Message);

    [Fact]
    public void A_rule_that_holds_is_not_put_into_words()
    {
        bool asked = false;
        Invariant.Require(!asked, $"{Ask()}");
        Assert.False(asked);

        int Ask()
        {
            asked = true;
            return 0;
        }
    }
}
