using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Cli.Demo;

/// <summary>From CDRs to money: the period is closed, netted, paid and confirmed.</summary>
internal sealed class DemoSettlement(DemoWorld world, string trip)
{
    private const int Period = 1;

    public async Task RunAsync(CancellationToken stop)
    {
        world.Display.Title("Settlement");
        await CdrsAsync(stop);
        await world.A.SubmitAsync(new ClosePeriod(Period), world.Decisions, stop);
        JsonElement closed = await SettlementAsync(stop);
        foreach (JsonElement payment in closed.GetProperty("payments").EnumerateArray())
        {
            await PayAsync(payment, stop);
        }

        JsonElement final = await world.UntilAsync(
            "the period to be final",
            () => SettlementAsync(stop),
            seen => seen.GetProperty("state").GetString() == "FINAL",
            stop);
        JsonElement[] positions = [.. final.GetProperty("positions").EnumerateArray()];
        world.Prove(Criterion.Exactly(
            "settlement-sums-to-zero",
            (int)positions.Sum(each => each.GetProperty("net").GetProperty("amount").GetInt64()),
            0,
            "centavos",
            string.Join(", ", positions.Select(Describe))));
        world.Prove(Criterion.Exactly(
            "payments-confirmed",
            final.GetProperty("payments").EnumerateArray().Count(
                each => each.GetProperty("state").GetString() == "CONFIRMED"),
            final.GetProperty("payments").GetArrayLength(),
            "payments",
            "reported by the debtor and confirmed by the creditor"));
    }

    /// <summary>
    /// Every leg has a CDR within its price cap, accepted by the company that pays it.
    /// </summary>
    private async Task CdrsAsync(CancellationToken stop)
    {
        JsonElement seen = await world.UntilAsync(
            "every CDR to be accepted",
            () => DemoWorld.TripAsync(world.B, trip, stop),
            all => Legs(all).All(leg => CdrOf(leg) is { } cdr
                && cdr.GetProperty("state").GetString() == "ACCEPTED"),
            stop);
        JsonElement[] legs = [.. Legs(seen)];
        long total = legs.Sum(leg => AmountOf(CdrOf(leg)!.Value, "total"));
        world.Prove(Criterion.Exactly(
            "cdrs",
            legs.Count(leg => AmountOf(CdrOf(leg)!.Value, "total") <= AmountOf(leg, "priceCap")),
            legs.Length,
            "CDRs",
            $"computed by the rules, within each cap: {new Money(total, Currency.Brl)} in all"));
    }

    private async Task PayAsync(JsonElement payment, CancellationToken stop)
    {
        int number = payment.GetProperty("number").GetInt32();
        DemoCompany debtor = Company(payment, "from");
        DemoCompany creditor = Company(payment, "to");
        // The bank's reference stays with the two; the ledger keeps its hash.
        byte[] reference = Encoding.UTF8.GetBytes(
            $"PIX-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}");
        Digest hash = Digest.Of(reference);
        await debtor.SubmitAsync(new ReportPayment(Period, number, hash), world.Decisions, stop);
        await creditor.SubmitAsync(new ConfirmPayment(Period, number, hash), world.Decisions, stop);
        world.Display.Step($"{debtor.Name} paid {creditor.Name}; both said so on the ledger");
    }

    private async Task<JsonElement> SettlementAsync(CancellationToken stop) =>
        await world.A.Public.GetAsync($"/v1/settlements/{Period}", stop)
        ?? throw CommandException.Failed($"period {Period} is not on the ledger");

    private DemoCompany Company(JsonElement payment, string name) =>
        world.Companies.Single(each => each.Id.Value == payment.GetProperty(name).GetString());

    private static JsonElement.ArrayEnumerator Legs(JsonElement trip) =>
        trip.GetProperty("legs").EnumerateArray();

    private static JsonElement? CdrOf(JsonElement leg) =>
        leg.TryGetProperty("cdr", out JsonElement cdr)
            && cdr.ValueKind == JsonValueKind.Object ? cdr : null;

    private static long AmountOf(JsonElement element, string name) =>
        element.GetProperty(name).GetProperty("amount").GetInt64();

    private static string Describe(JsonElement position) =>
        $"{position.GetProperty("company").GetString()} "
        + $"{new Money(AmountOf(position, "net"), Currency.Brl)}";
}
