using Tomada.Primitives.Encoding;

namespace Tomada.Routing;

/// <summary>The plugs a planner knows (OCPI 2.2.1, ConnectorType).</summary>
public enum ConnectorStandard
{
    /// <summary>IEC_62196_T2: Type 2, alternating current.</summary>
    Type2 = 1,

    /// <summary>IEC_62196_T2_COMBO: CCS2, direct current.</summary>
    Type2Combo = 2,

    /// <summary>CHADEMO: direct current.</summary>
    Chademo = 3,
}

/// <summary>How a connector delivers power (OCPI 2.2.1, PowerType).</summary>
public enum PowerType
{
    /// <summary>AC_1_PHASE.</summary>
    Ac1Phase = 1,

    /// <summary>AC_3_PHASE.</summary>
    Ac3Phase = 2,

    /// <summary>DC.</summary>
    Dc = 3,
}

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
        "IEC_62196_T2" => ConnectorStandard.Type2,
        "IEC_62196_T2_COMBO" => ConnectorStandard.Type2Combo,
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
        ConnectorStandard.Type2 => "IEC_62196_T2",
        ConnectorStandard.Type2Combo => "IEC_62196_T2_COMBO",
        ConnectorStandard.Chademo => "CHADEMO",
        _ => throw new System.Diagnostics.UnreachableException(standard.ToString()),
    };

    public static string OcpiName(PowerType type) => type switch
    {
        PowerType.Ac1Phase => "AC_1_PHASE",
        PowerType.Ac3Phase => "AC_3_PHASE",
        PowerType.Dc => "DC",
        _ => throw new System.Diagnostics.UnreachableException(type.ToString()),
    };
}
