using System.Diagnostics;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>Plugs and power types as OCPI 2.2.1 spells them.</summary>
public static class ConnectorStandards
{
    public static Codec<ConnectorStandard> Codec { get; } =
        Codecs.Enum<ConnectorStandard>(OcpiName);

    public static Codec<PowerType> PowerTypeCodec { get; } = Codecs.Enum<PowerType>(OcpiName);

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
