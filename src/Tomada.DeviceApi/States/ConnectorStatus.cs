namespace Tomada.DeviceApi.States;

/// <summary>
/// The first axis of an EVSE: what its connector is (OCPP 2.0.1 ConnectorStatus).
/// </summary>
public enum ConnectorStatus
{
    Available = 1,
    Occupied = 2,
    Reserved = 3,
    Unavailable = 4,
    Faulted = 5,
}
