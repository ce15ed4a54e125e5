using System.Text;
using System.Text.Json.Nodes;
using Tomada.Cli;
using Tomada.Cli.Import.Ocpi;

namespace Tomada.Import.Tests.Ocpi;

/// <summary>Each rule by a record that needs it.</summary>
public class OcpiRuleTests
{
    internal const string Sound = """
        {"country_code":"BR","party_id":"AAA","id":"one","publish":true,"name":"Posto",
         "address":"BR-101","city":"Salvador","country":"BRA","time_zone":"America/Bahia",
         "coordinates":{"latitude":"-12.970000","longitude":"-38.500000"},
         "last_updated":"2026-11-23T12:00:00Z",
         "evses":[{"uid":"1","status":"AVAILABLE","last_updated":"2026-11-23T12:00:00Z",
           "connectors":[{"id":"1","standard":"IEC_62196_T2_COMBO","format":"CABLE",
             "power_type":"DC","max_voltage":500,"max_amperage":120,"max_electric_power":60000,
             "last_updated":"2026-11-23T12:00:00Z"}]}]}
        """;

    internal const string Tariff = """
        {"country_code":"BR","party_id":"AAA","id":"day","currency":"BRL",
         "elements":[{"price_components":[{"type":"ENERGY","price":2.0,"step_size":1}]}],
         "last_updated":"2026-11-23T12:00:00Z"}
        """;

    [Fact]
    public void A_sound_record_is_left_as_it_is()
    {
        OcpiImport import = Import(Sound);
        (JsonArray locations, _) = import.Finish();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Sound), Assert.Single(locations)));
        Assert.Empty(import.Report.Corrections);
    }

    [Theory]
    [InlineData("\"power_type\":\"DC\"", "\"power_type\":\"AC_3_PHASE\"", "direct current alone")]
    [InlineData("\"max_electric_power\":60000", "\"max_electric_power\":60", "taken for kW")]
    [InlineData("\"max_electric_power\":60000,", "", "follows from voltage and current")]
    [InlineData("\"max_voltage\":500", "\"max_voltage\":5", "a voltage that cannot be")]
    [InlineData("\"max_voltage\":500", "\"voltage\":500", "'voltage' of OCPI 2.1.1")]
    [InlineData("\"format\":\"CABLE\",", "", "without a format")]
    [InlineData("\"status\":\"AVAILABLE\"", "\"status\":\"FREE\"", "became UNKNOWN")]
    [InlineData("12:00:00Z\",\"evses\"", "12:00:00\",\"evses\"", "without Z")]
    [InlineData("\"Salvador\"", "\"Salvador  \"", "blanks around a text")]
    [InlineData("\"country\":\"BRA\"", "\"country\":\"Brasil\"", "no code of three letters")]
    [InlineData("\"publish\":true,", "", "without 'publish'")]
    [InlineData("America/Bahia", "Brasil/Bahia", "that of the city it names")]
    [InlineData("\"-12.970000\"", "-12.97", "became texts")]
    [InlineData("\"uid\":\"1\",", "", "without a uid")]
    public void A_defect_is_corrected_and_counted(string sound, string dirty, string rule)
    {
        string compact = JsonNode.Parse(Sound)!.ToJsonString();
        Assert.Contains(sound, compact, StringComparison.Ordinal);
        OcpiImport import = Import(compact.Replace(sound, dirty, StringComparison.Ordinal));
        (JsonArray locations, _) = import.Finish();
        Assert.Single(locations);
        Assert.Contains(
            import.Report.Corrections,
            each => each.Key.Contains(rule, StringComparison.Ordinal) && each.Value >= 1);
    }

    [Theory]
    [InlineData("\"coordinates\"", "\"where\"", "no coordinates")]
    [InlineData("\"-12.970000\"", "\"97.1\"", "nowhere")]
    [InlineData("\"id\":\"one\"", "\"id\":\"\"", "no id")]
    [InlineData("\"party_id\":\"AAA\"", "\"party_id\":\"\"", "whose it is")]
    [InlineData("\"standard\":\"IEC_62196_T2_COMBO\"", "\"standard\":\"HOSE\"", "no EVSE of it")]
    [InlineData("\"max_electric_power\":60000", "\"max_electric_power\":9e9", "no EVSE of it")]
    [InlineData(
        "\"max_amperage\":120,\"max_electric_power\":60000", "\"max_amperage\":7e28", "no EVSE")]
    [InlineData("\"status\":\"AVAILABLE\"", "\"status\":\"REMOVED\"", "no EVSE of it")]
    [InlineData("America/Bahia", "Nowhere", "its time zone is none")]
    [InlineData("\"id\":\"one\"", "\"id\":\"one\",\"id\":\"two\"", "a field twice")]
    [InlineData("\"Posto\"", "\"\\ud800\"", "a text that is none")]
    public void What_no_rule_can_correct_is_refused_with_its_reason(
        string sound, string dirty, string reason)
    {
        string compact = JsonNode.Parse(Sound)!.ToJsonString();
        Assert.Contains(sound, compact, StringComparison.Ordinal);
        OcpiImport import = Import($"[{compact.Replace(sound, dirty, StringComparison.Ordinal)}]");
        (JsonArray locations, _) = import.Finish();
        Assert.Empty(locations);
        Assert.Contains(
            reason, Assert.Single(import.Report.Refusals).Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_records_with_one_id_the_newer_counts()
    {
        string newer = Sound.Replace("Posto", "New", StringComparison.Ordinal)
            .Replace("23T12:00:00Z", "24T12:00:00Z", StringComparison.Ordinal);
        foreach (string feed in (string[])[$"[{Sound},{newer}]", $"[{newer},{Sound}]"])
        {
            OcpiImport import = Import(feed);
            (JsonArray locations, _) = import.Finish();
            Assert.Equal("New", Assert.Single(locations)!["name"]!.GetValue<string>());
            Assert.Equal(1, import.Report.Refused);
        }
    }

    [Fact]
    public void A_zone_that_is_none_becomes_that_of_the_nearest_location()
    {
        string near = Sound.Replace("\"one\"", "\"two\"", StringComparison.Ordinal)
            .Replace("America/Bahia", "", StringComparison.Ordinal);
        string far = Sound.Replace("\"one\"", "\"three\"", StringComparison.Ordinal)
            .Replace("America/Bahia", "America/Manaus", StringComparison.Ordinal)
            .Replace("-38.5", "-60.0", StringComparison.Ordinal);
        (JsonArray locations, _) = Import($"[{far},{near},{Sound}]").Finish();
        Assert.Equal(
            "America/Bahia",
            locations.Single(each => each!["id"]!.GetValue<string>() == "two")!["time_zone"]!
                .GetValue<string>());
    }

    [Fact]
    public void Tariffs_and_locations_may_come_in_one_call_and_envelopes_of_every_shape()
    {
        OcpiImport import = new(null);
        foreach (string feed in (string[])[
            $$"""{"status_code":1000,"timestamp":"2026-11-23T12:00:00Z","data":[{{Sound}}]}""",
            $$"""{"status_code":1000,"data":{{Tariff}}}""",
            "\uFEFF[7, \"text\", null]",
        ])
        {
            import.Add(OcpiFeed.Parse(Encoding.UTF8.GetBytes(feed), "feed"));
        }

        (JsonArray locations, JsonArray tariffs) = import.Finish();
        Assert.Single(locations);
        Assert.Single(tariffs);
        Assert.Equal(3, import.Report.Refused);
        Assert.Equal(5, import.Report.Read);
    }

    [Fact]
    public void A_tariff_that_cannot_be_priced_is_refused()
    {
        OcpiImport import = Import(Tariff.Replace("ENERGY", "MOOD", StringComparison.Ordinal));
        (_, JsonArray tariffs) = import.Finish();
        Assert.Empty(tariffs);
        Assert.Equal(1, import.Report.Refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("7")]
    [InlineData("{\"data\":7}")]
    [InlineData("{\"error\":\"no\"}")]
    [InlineData("[1,")]
    public void What_is_no_feed_is_refused_whole(string text) => Assert.Throws<CommandException>(
        () => OcpiFeed.Parse(Encoding.UTF8.GetBytes(text), "feed"));

    private static OcpiImport Import(string json)
    {
        OcpiImport import = new(null);
        import.Add(OcpiFeed.Parse(Encoding.UTF8.GetBytes(json), "feed"));
        return import;
    }
}
