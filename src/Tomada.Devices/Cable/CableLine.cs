using System.Text.Json.Serialization;

namespace Tomada.Devices;

/// <summary>What is said on a cable.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CableKind>))]
public enum CableKind
{
    /// <summary>Car: the plug is in; carries secret, socPermille and at.</summary>
    Plug = 1,

    /// <summary>Station: power may flow; carries session, at and maxPowerW.</summary>
    Started = 2,

    /// <summary>Station: no; carries why.</summary>
    Refused = 3,

    /// <summary>
    /// Car: so much has flowed since the start; carries energyWh, powerW, socPermille, voltageMv
    /// and at.
    /// </summary>
    Draw = 4,

    /// <summary>
    /// Station: power is off since at; carries why. The car answers with Unplug, up to that time.
    /// </summary>
    Stop = 5,

    /// <summary>Car: the plug is out; carries energyWh, all that flowed, and at.</summary>
    Unplug = 6,

    /// <summary>Station: the session is closed; carries energyWh.</summary>
    Ended = 7,

    /// <summary>
    /// Station: from at on no more than maxPowerW flows; 0 suspends (OCPP SuspendedEVSE).
    /// </summary>
    Limit = 8,
}

/// <summary>One line on the cable between car and station: a JSON object of up to 4 KiB.</summary>
/// <param name="Kind">What it says; the other fields as the kind needs.</param>
/// <param name="Secret">The leg's secret: 64 hexadecimal digits.</param>
/// <param name="SocPermille">The car's state of charge.</param>
/// <param name="MaxPowerW">What the sender can do at the most.</param>
/// <param name="EnergyWh">All that flowed since the start.</param>
/// <param name="PowerW">What flows now.</param>
/// <param name="Session">The session's id.</param>
/// <param name="AtMs">When it happened, in Unix milliseconds of the ledger clock. It may be said
/// late: a fast clock runs on while a process waits for its turn.</param>
/// <param name="Why">For people.</param>
/// <param name="VoltageMv">At the plug.</param>
public sealed record CableLine(
    CableKind Kind,
    string? Secret = null,
    int? SocPermille = null,
    int? MaxPowerW = null,
    long? EnergyWh = null,
    int? PowerW = null,
    string? Session = null,
    long? AtMs = null,
    string? Why = null,
    int? VoltageMv = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CableLine))]
[JsonSerializable(typeof(SocketPlace))]
internal sealed partial class CableJson : JsonSerializerContext;

/// <summary>Where a socket is found on this machine.</summary>
internal sealed record SocketPlace(int Port);
