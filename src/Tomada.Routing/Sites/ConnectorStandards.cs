using System.Diagnostics;
using Tomada.Ledger;
using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>OCPI's names of plugs and power types.</summary>
public static class ConnectorStandards
{
    public static Codec<ConnectorStandard> Codec { get; } = Codecs.Text(1, 30).Convert(
        Parse, OcpiName, "IEC_62196_T2, IEC_62196_T2_COMBO or CHADEMO");

    public static Codec<PowerType> PowerTypeCodec { get; } = Codecs.Text(1, 30).Convert(
        ParsePowerType, OcpiName, "AC_1_PHASE, AC_3_PHASE or DC");

    /// <exception cref="FormatException">It is a plug that the planner does not know.</exception>
    public static ConnectorStandard Parse(string ocpiName) => ocpiName switch
    {
        "IEC_62196_T2" => ConnectorStandard.Iec62196T2,
        "IEC_62196_T2_COMBO" => ConnectorStandard.Iec62196T2Combo,
        "CHADEMO" => ConnectorStandard.Chademo,
        _ => throw new FormatException($"'{ocpiName}' is not a known connector standard."),
    };

    /// <exception cref="FormatException">It is not a known power type.</exception>
    public static PowerType ParsePowerType(string ocpiName) => ocpiName switch
    {
        "AC_1_PHASE" => PowerType.Ac1Phase,
        "AC_3_PHASE" => PowerType.Ac3Phase,
        "DC" => PowerType.Dc,
        _ => throw new FormatException($"'{ocpiName}' is not a known power type."),
    };

    public static string OcpiName(ConnectorStandard standard) => standard switch
    {
        ConnectorStandard.Iec62196T2 => "IEC_62196_T2",
        ConnectorStandard.Iec62196T2Combo => "IEC_62196_T2_COMBO",
        ConnectorStandard.Chademo => "CHADEMO",
        _ => throw new UnreachableException(standard.ToString()),
    };

    public static string OcpiName(PowerType type) => type switch
    {
        PowerType.Ac1Phase => "AC_1_PHASE",
        PowerType.Ac3Phase => "AC_3_PHASE",
        PowerType.Dc => "DC",
        _ => throw new UnreachableException(type.ToString()),
    };
}
