using Xunit;

namespace Tomada.Ledger.Tests;

public class TablesTests
{
    [Fact]
    public void Names_are_those_of_the_format_and_never_change() => Assert.Equal(
        [
            "member", "rules", "rules-vote", "clock",
            "party", "member-proposal", "member-change", "lane", "guilt", "head-guilt",
            "location", "evse", "tariff", "tariff-content", "ocpi-tariff-content",
            "trip", "calendar", "broken-leg", "session", "cdr", "session-readings",
            "cdr-price", "hold", "account", "period",
            "deadline",
        ],
        Tables.All.Where(table => table.IsProven).Select(table => table.Name));

    [Fact]
    public void Each_table_has_a_name_of_its_own() =>
        Assert.Equal(Tables.All.Count, Tables.All.Select(table => table.Name).Distinct().Count());
}
