using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives;

namespace Tomada.Api.Tests;

/// <summary>What a period with money in it looks like; a company alone owes nobody.</summary>
public sealed class SettlementJsonTests(OneCompany company)
{
    [Fact]
    public void A_period_shows_positions_and_payments()
    {
        CompanyId debtor = CompanyId.Parse("br-ddd");
        Money amount = new(1_250, Currency.Brl);
        Period period = new(
            3,
            PeriodState.Closed,
            new Timestamp(0),
            new Timestamp(1),
            [new Position(OneCompany.Company, amount), new Position(debtor, -amount)],
            [
                new Payment(
                    1, debtor, OneCompany.Company, amount, PaymentState.Reported, Digest.Zero),
            ]);
        byte[] bytes = ApiJson.Bytes(json =>
            SettlementJson.Write(json, ChainIndex.Empty(company.Desk.State), period));
        JsonElement settlement = JsonDocument.Parse(bytes).RootElement;
        Assert.Equal("3", settlement.GetProperty("period").GetString());
        Assert.Equal("CLOSED", settlement.GetProperty("state").GetString());
        Assert.Equal("BRL", settlement.GetProperty("currency").GetString());
        Assert.Equal(0, settlement.GetProperty("positions").EnumerateArray()
            .Sum(each => each.GetProperty("net").GetProperty("amount").GetInt64()));
        JsonElement payment = settlement.GetProperty("payments")[0];
        Assert.Equal("br-ddd", payment.GetProperty("from").GetString());
        Assert.Equal("REPORTED", payment.GetProperty("state").GetString());
        Assert.Equal(Digest.Zero.ToString(), payment.GetProperty("reference").GetString());
    }
}
