using System.Globalization;
using System.Text.Json;
using Tomada.Ledger;

namespace Tomada.Node;

/// <summary>Settlement periods as docs/http-api.md has them.</summary>
internal static class SettlementJson
{
    /// <summary>What a period is called outside.</summary>
    public static string Name(int period) => period.ToString(CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter json, ChainIndex index, Period period)
    {
        string[] currencies = [.. period.Positions
            .Select(each => each.Net.Currency.Code).Distinct(StringComparer.Ordinal)];
        json.WriteStartObject();
        json.WriteString("period", Name(period.Number));
        json.WriteString("state", ApiJson.Name(period.State));
        json.WriteString("currency", currencies.FirstOrDefault(string.Empty));
        ApiJson.Array(json, "currencies", currencies, json.WriteStringValue);
        json.WriteString("from", period.From.ToString());
        ApiJson.Optional(json, "until", period.Until?.ToString());
        ApiJson.Array(
            json, "positions", period.Positions, each => Position.Codec.WriteJson(json, each));
        ApiJson.Array(json, "payments", period.Payments, each => WritePayment(json, each));
        if (index.Closings.TryGetValue(period.Number, out Primitives.TransactionId closing))
        {
            json.WriteString("transaction", closing.ToString());
        }

        json.WriteEndObject();
    }

    private static void WritePayment(Utf8JsonWriter json, Payment payment)
    {
        json.WriteStartObject();
        json.WriteNumber("number", payment.Number);
        json.WriteString("from", payment.From.Value);
        json.WriteString("to", payment.To.Value);
        ApiJson.Money(json, "amount", payment.Amount);
        json.WriteString("state", ApiJson.Name(payment.State));
        ApiJson.Optional(json, "reference", payment.ReferenceHash?.ToString());
        json.WriteEndObject();
    }
}
