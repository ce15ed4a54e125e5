using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tomada.Cli;
using Tomada.Cli.Import;
using Tomada.Cli.Import.Ocpi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Import.Tests.Ocpi;

/// <summary>Real feeds, each with its own dirt, and the same ones damaged.</summary>
public class OcpiFeedTests
{
    private static readonly byte[] s_small = Encoding.UTF8.GetBytes(
        $"[{OcpiRuleTests.Sound},{OcpiRuleTests.Tariff}]");

    public static TheoryData<string, string?, int> Feeds() => new()
    {
        { "ocpi_2_1_1_locations-fastned.json", "nl-fas", 106 },
        { "ocpi_2_2_1_locations-ev24.json", "pl-evx", 11 },
        { "ocpi_2_2_1_locations-ezvolt.json", null, 91 },
        { "ocpi_2_2_locations-electricera.json", null, 3 },
        { "ocpi_2_2_locations-evio.json", null, 21 },
        { "ocpi_2_2_locations-gaia.json", null, 4 },
        { "ocpi_2_2_locations-zepto.json", null, 10 },
    };

    [Theory]
    [MemberData(nameof(Feeds))]
    public void A_real_feed_comes_out_clean_and_every_record_is_counted(
        string name, string? party, int records)
    {
        (ImportReport report, JsonArray locations) = Import(Read(name), party);
        Assert.Equal(records, report.Read);
        Assert.Equal(report.Read, report.Written + report.Refused);
        Assert.Equal(report.Refused, report.Refusals.Sum(each => each.Value));
        Assert.True(report.Written >= records * 9 / 10, $"{report.Written} of {records}");
        Assert.All(locations, each => AssertClean(each!.AsObject()));
    }

    [Theory]
    [MemberData(nameof(Feeds))]
    public void What_came_out_clean_goes_in_again_unchanged(string name, string? party, int records)
    {
        (_, JsonArray first) = Import(Read(name), party);
        (ImportReport report, JsonArray again) =
            Import(Encoding.UTF8.GetBytes(first.ToJsonString()), null);
        Assert.True(JsonNode.DeepEquals(first, again));
        Assert.Empty(report.Corrections);
        Assert.Equal(0, report.Refused);
        Assert.True(report.Read <= records);
    }

    [Fact]
    public void The_known_defects_of_the_Brazilian_feed_are_corrected_one_by_one()
    {
        (ImportReport report, JsonArray locations) =
            Import(Read("ocpi_2_2_1_locations-ezvolt.json"), null);
        Dictionary<string, long> corrections = new(report.Corrections);
        Assert.Equal(
            70,
            corrections["connector: a plug for direct current alone was called something else"]);
        Assert.True(corrections["location: blanks around a text were cut"] > 0);
        Assert.Equal(0, report.Refused);
        Assert.Equal(
            70,
            Connectors(locations).Count(each => each.Text("power_type") == "DC"));
    }

    [Fact]
    public void Kilowatts_times_without_a_zone_and_countries_in_words_are_corrected()
    {
        (ImportReport report, JsonArray locations) =
            Import(Read("ocpi_2_2_1_locations-ev24.json"), "pl-evx");
        Dictionary<string, long> corrections = new(report.Corrections);
        Assert.Equal(
            20, corrections["connector: a power below 1,000 W was taken for kW"]);
        Assert.True(corrections["a time without Z was taken as UTC, or brought to it"] >= 11);
        Assert.Equal(11, corrections[
            "location: a country that is no code of three letters was corrected"]);
        Assert.All(locations, each => Assert.Equal("POL", each!.AsObject().Text("country")));
        Assert.All(
            Connectors(locations),
            each => Assert.InRange(each.Number("max_electric_power")!.Value, 11_000, 30_000));
    }

    [Fact]
    public void Without_a_party_a_feed_that_does_not_say_one_is_refused_whole()
    {
        (ImportReport report, JsonArray locations) =
            Import(Read("ocpi_2_1_1_locations-fastned.json"), null);
        Assert.Empty(locations);
        (string reason, long count) = Assert.Single(report.Refusals);
        Assert.Contains("--party", reason, StringComparison.Ordinal);
        Assert.Equal(106, count);
    }

    /// <summary>A byte changed, a piece cut out, one put in: never anything but a report.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("ocpi_2_2_locations-gaia.json")]
    [InlineData("ocpi_2_2_locations-zepto.json")]
    public void A_damaged_feed_is_refused_or_counted(string? name)
    {
        byte[] whole = name is null ? s_small : Read(name);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 40], Gen.Byte.Array[0, 4])
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    List<byte> bytes = [.. whole];
                    foreach ((int at, int cut, byte[] put) in changes)
                    {
                        int from = Math.Min(at, bytes.Count);
                        bytes.RemoveRange(from, Math.Min(cut, bytes.Count - from));
                        bytes.InsertRange(from, put);
                    }

                    AssertCounted([.. bytes]);
                },
                iter: 1_000);
    }

    /// <summary>Any field of any record replaced by any other kind of value.</summary>
    [Fact]
    public void A_field_of_another_kind_is_corrected_or_refused()
    {
        byte[] whole = s_small;
        string[] values = ["null", "true", "-1", "1e30", "\"\"", "\"x\"", "[]", "{}", "[[1]]"];
        int fields = Fields(JsonNode.Parse(whole)!).Count();
        Gen.Select(Gen.Int[0, fields - 1], Gen.Int[0, values.Length - 1]).Sample(
            (at, which) =>
            {
                JsonNode root = JsonNode.Parse(whole)!;
                (JsonObject owner, string field) = Fields(root).ElementAt(at);
                owner[field] = JsonNode.Parse(values[which]);
                AssertCounted(Encoding.UTF8.GetBytes(root.ToJsonString()));
            },
            iter: 1_000);
    }

    private static IEnumerable<(JsonObject Owner, string Field)> Fields(JsonNode node) =>
        node switch
        {
            JsonObject each => each.ToArray().SelectMany(part =>
                (part.Value is null ? [] : Fields(part.Value)).Prepend((each, part.Key))),
            JsonArray all => all.Where(each => each is not null).SelectMany(each => Fields(each!)),
            _ => [],
        };

    private static void AssertCounted(byte[] bytes)
    {
        try
        {
            (ImportReport report, JsonArray locations) = Import(bytes, null);
            Assert.Equal(report.Read, report.Written + report.Refused);
            Assert.All(locations, each => AssertClean(each!.AsObject()));
        }
        catch (CommandException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private static byte[] Read(string name) =>
        File.ReadAllBytes(SharedData.Path("stations", name));

    private static (ImportReport Report, JsonArray Locations) Import(byte[] bytes, string? party)
    {
        OcpiImport import = new(party is null ? null : CompanyId.Parse(party));
        import.Add(OcpiFeed.Parse(bytes, "feed"));
        (JsonArray locations, _) = import.Finish();
        return (import.Report, locations);
    }

    private static IEnumerable<JsonObject> Connectors(JsonArray locations) =>
        from location in locations
        from evse in location!["evses"]!.AsArray()
        from connector in evse!["connectors"]!.AsArray()
        select connector.AsObject();

    /// <summary>What OCPI 2.2.1 asks of a Location and its parts.</summary>
    private static void AssertClean(JsonObject location)
    {
        Assert.True(CompanyId.TryParse(
            $"{location.Text("country_code")}-{location.Text("party_id")}".ToLowerInvariant(),
            out _));
        Assert.Equal(3, location.Text("country")!.Length);
        Assert.True(LocalClock.IsZone(location.Text("time_zone")!));
        Assert.InRange(location["coordinates"]!.AsObject().Number("latitude")!.Value, -90, 90);
        AssertTime(location);
        Assert.NotEmpty(location["evses"]!.AsArray());
        foreach (JsonObject evse in location["evses"]!.AsArray().Select(each => each!.AsObject()))
        {
            Assert.NotEmpty(evse.Text("uid")!);
            AssertTime(evse);
            Assert.NotEmpty(evse["connectors"]!.AsArray());
            foreach (JsonNode? each in evse["connectors"]!.AsArray())
            {
                JsonObject connector = each!.AsObject();
                AssertTime(connector);
                Assert.Contains(connector.Text("format"), (string[])["SOCKET", "CABLE"]);
                bool isDc = connector.Text("power_type") == "DC";
                Assert.InRange(
                    connector.Number("max_electric_power")!.Value, 1_000,
                    isDc ? 4_000_000 : 50_000);
                Assert.True(connector.Number("max_voltage") > 0);
                Assert.True(connector.Number("max_amperage") > 0);
                Assert.False(connector.ContainsKey("voltage"));
                Assert.False(connector.ContainsKey("tariff_id"));
            }
        }
    }

    private static void AssertTime(JsonObject part) => Assert.Equal(
        'Z', Timestamp.Parse(part.Text("last_updated")!).ToString()[^1]);
}
