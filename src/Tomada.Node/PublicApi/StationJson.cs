using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Node;

/// <summary>
/// Companies, locations and tariffs, in OCPI 2.2.1's words for what the ledger keeps.
/// </summary>
internal static class StationJson
{
    private const decimal MicrosPerUnit = 1_000_000m;

    /// <summary>A company; its party row when it is a member no more.</summary>
    public static void WriteCompany(
        Utf8JsonWriter json, ChainIndex index, MemberRecord member, Party? party)
    {
        LedgerState state = index.State;
        AnswerCounts answers = index.Answers.GetValueOrDefault(member.Company);
        json.WriteStartObject();
        json.WriteString("id", member.Company.Value);
        json.WriteString("name", member.Name);
        json.WriteString("identityKey", member.IdentityKey.ToString());
        json.WriteString("votingKey", member.VotingKey.ToString());
        json.WriteString("tlsKeyHash", member.TlsKeyHash.ToString());
        json.WriteNumber(
            "locations", state.Locations.Keys.Count(each => each.Company == member.Company));
        json.WriteNumber("evses", state.Evses.Keys.Count(each => each.Company == member.Company));
        json.WriteBoolean("member", party is null);
        json.WriteString("status", party is null ? "MEMBER" : ApiJson.Name(party.Status));
        if (party is not null)
        {
            json.WriteString("since", party.Since.ToString());
            json.WriteBoolean("open", Obligations.Has(state, member.Company));
        }

        json.WriteNumber("legsAccepted", answers.Accepted);
        json.WriteNumber("legsRefused", answers.Refused);
        json.WriteEndObject();
    }

    public static void WriteLocations(Utf8JsonWriter json, LedgerState state)
    {
        ILookup<LocationId, Evse> evses =
            state.Evses.Values.ToLookup(each => each.Published.Location);
        ApiJson.Array(
            json, "items", state.Locations.Values, each =>
                WriteLocation(json, state, each, evses[each.Location]));
    }

    public static void WriteTariff(
        Utf8JsonWriter json, TariffId id, Digest hash, LedgerState state)
    {
        if (!state.Tariffs.TryGetValue(hash, out Tariff? tariff))
        {
            OcpiTariff full = state.OcpiTariffs[hash];
            json.WriteStartObject();
            json.WriteString("id", id.ToString());
            json.WriteString("company", id.Company.Value);
            json.WriteString("hash", hash.ToString());
            json.WriteString("currency", full.Currency.Code);
            ApiJson.Record(json, "ocpi", OcpiTariff.Codec, full);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject();
        json.WriteString("id", id.ToString());
        json.WriteString("company", id.Company.Value);
        json.WriteString("hash", hash.ToString());
        json.WriteString("currency", tariff.Currency.Code);
        ApiJson.Array(json, "elements", tariff.Elements, element =>
        {
            json.WriteStartObject();
            ApiJson.Array(json, "priceComponents", element.Components, each =>
            {
                json.WriteStartObject();
                json.WriteString("type", ApiJson.Name(each.Type));
                json.WriteNumber("price", each.PriceMicros / MicrosPerUnit);
                json.WriteNumber("priceMicros", each.PriceMicros);
                json.WriteNumber("stepSize", each.StepSize);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteLocation(
        Utf8JsonWriter json, LedgerState state, PutLocation location, IEnumerable<Evse> evses)
    {
        json.WriteStartObject();
        json.WriteString("id", location.Location.ToString());
        json.WriteString("company", location.Location.Company.Value);
        json.WriteString("name", location.Name);
        json.WriteString("address", location.Address);
        json.WriteString("city", location.City);
        json.WriteStartObject("coordinates");
        json.WriteString("latitude", Degrees(location.LatitudeE6));
        json.WriteString("longitude", Degrees(location.LongitudeE6));
        json.WriteEndObject();
        json.WriteString("timeZone", location.TimeZone);
        ApiJson.Array(json, "evses", evses, each => WriteEvse(json, state, each));
        json.WriteEndObject();
    }

    private static void WriteEvse(Utf8JsonWriter json, LedgerState state, Evse evse)
    {
        PutEvse published = evse.Published;
        json.WriteStartObject();
        json.WriteString("id", published.Evse.ToString());
        LedgerStatus status = LedgerStatus.Of(state, published.Evse, evse);
        json.WriteString("status", status.Status);
        json.WriteString("statusSource", status.Source);
        if (status.ValidUntil is { } until)
        {
            json.WriteString("statusValidUntil", until.ToString());
        }

        json.WriteString("stationKey", published.StationKey.ToString());
        ApiJson.Array(json, "connectors", published.Connectors, each =>
        {
            json.WriteStartObject();
            json.WriteString("id", each.Number.ToString(CultureInfo.InvariantCulture));
            json.WriteString("standard", ConnectorStandards.OcpiName(each.Standard));
            json.WriteString("powerType", ConnectorStandards.OcpiName(each.PowerType));
            json.WriteNumber("maxPowerW", each.MaxPowerW);
            json.WriteString("tariff", published.Tariff.ToString());
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <summary>OCPI GeoLocation: decimal degrees as text, with six decimals here.</summary>
    private static string Degrees(int millionths) =>
        (millionths / MicrosPerUnit).ToString("0.000000", CultureInfo.InvariantCulture);
}
