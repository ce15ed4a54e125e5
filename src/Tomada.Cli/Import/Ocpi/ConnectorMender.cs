using System.Globalization;
using System.Text.Json.Nodes;

namespace Tomada.Cli.Import.Ocpi;

/// <summary>Makes an OCPI 2.2.1 Connector of what feeds call one, or says why it is none.</summary>
internal static class ConnectorMender
{
    private const string Ac1 = "AC_1_PHASE";
    private const string Ac3 = "AC_3_PHASE";
    private const string Dc = "DC";

    /// <summary>More than the strongest charger for trucks: nobody builds it.</summary>
    private const decimal PowerWMax = 4_000_000;

    /// <summary>63 A in three phases, and some tolerance; IEC 62196-2 allows no more.</summary>
    private const decimal AcPowerWMax = 50_000;

    /// <summary>Below it a number can only be kilowatts: no car charges with 999 W.</summary>
    private const decimal PowerWMin = 1_000;

    private const decimal VoltageMin = 100;
    private const decimal VoltageMax = 1_500;

    private static readonly HashSet<string> s_dcOnly = new(StringComparer.Ordinal)
    {
        "CHADEMO", "CHAOJI", "GBT_DC", "IEC_62196_T1_COMBO", "IEC_62196_T2_COMBO", "MCS", "NACS",
        "SAE_J3400",
    };

    private static readonly HashSet<string> s_others = new(StringComparer.Ordinal)
    {
        "DOMESTIC_A", "DOMESTIC_B", "DOMESTIC_C", "DOMESTIC_D", "DOMESTIC_E", "DOMESTIC_F",
        "DOMESTIC_G", "DOMESTIC_H", "DOMESTIC_I", "DOMESTIC_J", "DOMESTIC_K", "DOMESTIC_L",
        "DOMESTIC_M", "DOMESTIC_N", "DOMESTIC_O", "GBT_AC", "IEC_60309_2_single_16",
        "IEC_60309_2_three_16", "IEC_60309_2_three_32", "IEC_60309_2_three_64", "IEC_62196_T1",
        "IEC_62196_T2", "IEC_62196_T3A", "IEC_62196_T3C", "NEMA_5_20", "NEMA_6_30", "NEMA_6_50",
        "NEMA_10_30", "NEMA_10_50", "NEMA_14_30", "NEMA_14_50", "PANTOGRAPH_BOTTOM_UP",
        "PANTOGRAPH_TOP_DOWN", "TESLA_R", "TESLA_S",
    };

    /// <summary>Corrects a connector; null when it cannot be used, which is counted.</summary>
    /// <param name="connector">Changed in place.</param>
    /// <param name="number">Its place in the EVSE, from 1.</param>
    /// <param name="updated">When its EVSE changed.</param>
    /// <param name="mending">Counts.</param>
    public static JsonObject? Mend(
        JsonObject connector, int number, string updated, Mending mending)
    {
        string? standard = connector.Text("standard")?.Trim();
        if (standard is null || !(s_dcOnly.Contains(standard) || s_others.Contains(standard)))
        {
            mending.Did("connector left out: its standard is none of OCPI's", standard);
            return null;
        }

        connector["standard"] = standard;
        string type = PowerType(connector, standard, mending);
        Renamed(connector, "voltage", "max_voltage", mending);
        Renamed(connector, "amperage", "max_amperage", mending);
        if (connector.Text("tariff_id") is { } tariff && connector["tariff_ids"] is null)
        {
            connector["tariff_ids"] = new JsonArray(tariff);
            mending.Did("connector: 'tariff_id' of OCPI 2.1.1 became a list");
        }

        connector.Remove("tariff_id");
        if (Power(connector, type, mending) is not { } watts)
        {
            return null;
        }

        connector["max_electric_power"] = watts;
        Identify(connector, number, type, updated, mending);
        return connector;
    }

    private static string PowerType(JsonObject connector, string standard, Mending mending)
    {
        string? said = connector.Text("power_type")?.Trim();
        string type = s_dcOnly.Contains(standard) ? Dc
            : said is Ac1 or Ac3 or "AC_2_PHASE" or "AC_2_PHASE_SPLIT" or Dc ? said
            : Ac1;
        if (type != said)
        {
            mending.Did(
                type == Dc
                    ? "connector: a plug for direct current alone was called something else"
                    : "connector: an unknown power type became AC_1_PHASE",
                said);
        }

        connector["power_type"] = type;
        return type;
    }

    private static void Renamed(JsonObject connector, string old, string name, Mending mending)
    {
        if (connector[old] is { } value && connector[name] is null)
        {
            connector.Remove(old);
            connector[name] = value;
            mending.Did($"connector: '{old}' of OCPI 2.1.1 became '{name}'");
        }
        else
        {
            connector.Remove(old);
        }
    }

    /// <summary>The power in whole watts; null when it cannot be.</summary>
    private static int? Power(JsonObject connector, string type, Mending mending)
    {
        decimal usual = type == Dc ? 400 : 230;
        decimal voltage = connector.Number("max_voltage") ?? 0;
        if (voltage is < VoltageMin or > VoltageMax)
        {
            mending.Did(
                "connector: a voltage that cannot be became the usual one", $"{voltage} V");
            voltage = usual;
        }

        decimal amperage = Math.Floor(connector.Number("max_amperage") ?? 0);
        decimal? power = connector.Number("max_electric_power");
        if (power is > 0 and < PowerWMin)
        {
            power *= 1_000;
            mending.Did("connector: a power below 1,000 W was taken for kW", $"{power} W");
        }

        if (power is not > 0)
        {
            power = voltage * amperage * (type != Ac3 ? 1
                : voltage > 300 ? 1.732m : 3);
            mending.Did("connector: its power follows from voltage and current");
        }

        decimal most = type == Dc ? PowerWMax : AcPowerWMax;
        if (power < PowerWMin || power > most)
        {
            mending.Did(
                "connector left out: its power cannot be",
                string.Create(CultureInfo.InvariantCulture, $"{power:0} W, {type}"));
            return null;
        }

        connector["max_voltage"] = (int)voltage;
        connector["max_amperage"] = amperage is > 0 and < 100_000
            ? (int)amperage
            : (int)Math.Ceiling(power.Value / voltage);
        return (int)power.Value;
    }

    private static void Identify(
        JsonObject connector, int number, string type, string updated, Mending mending)
    {
        if (string.IsNullOrWhiteSpace(connector.Text("id")))
        {
            connector["id"] = number.ToString(CultureInfo.InvariantCulture);
            mending.Did("connector: without an id it got its place as one");
        }

        if (connector.Text("format") is not ("SOCKET" or "CABLE"))
        {
            connector["format"] = type == Dc ? "CABLE" : "SOCKET";
            mending.Did("connector: without a format, CABLE for DC and SOCKET for AC");
        }

        connector["last_updated"] =
            OcpiTimes.Mend(connector.Text("last_updated"), mending) ?? updated;
    }
}
