using System.Collections.Frozen;

namespace Tomada.DeviceApi.States;

/// <summary>
/// An EVSE's state on two axes, and what others are told of it. OCPP 1.6 has both in one list;
/// 2.0.1 has them apart, as here: Preparing is Occupied and EvConnected, SuspendedEV is Occupied
/// and SuspendedEv, and so on.
/// </summary>
public static class StatusTable
{
    private static readonly FrozenDictionary<TransactionPhase, TransactionPhase[]> s_next =
        new Dictionary<TransactionPhase, TransactionPhase[]>
        {
            [TransactionPhase.Idle] =
            [
                TransactionPhase.EvConnected, TransactionPhase.Charging,
                TransactionPhase.SuspendedEv, TransactionPhase.SuspendedEvse,
            ],
            [TransactionPhase.EvConnected] =
            [
                TransactionPhase.Idle, TransactionPhase.Charging, TransactionPhase.SuspendedEv,
                TransactionPhase.SuspendedEvse, TransactionPhase.Finishing,
            ],
            [TransactionPhase.Charging] =
            [
                TransactionPhase.Idle, TransactionPhase.SuspendedEv,
                TransactionPhase.SuspendedEvse, TransactionPhase.Finishing,
            ],
            [TransactionPhase.SuspendedEv] =
            [
                TransactionPhase.Idle, TransactionPhase.Charging, TransactionPhase.SuspendedEvse,
                TransactionPhase.Finishing,
            ],
            [TransactionPhase.SuspendedEvse] =
            [
                TransactionPhase.Idle, TransactionPhase.Charging, TransactionPhase.SuspendedEv,
                TransactionPhase.Finishing,
            ],
            [TransactionPhase.Finishing] = [TransactionPhase.Idle, TransactionPhase.EvConnected],
        }.ToFrozenDictionary();

    /// <summary>
    /// Whether a transaction may go from one phase to another (OCPP 1.6, 4.9). Staying is no step.
    /// </summary>
    public static bool Allows(TransactionPhase from, TransactionPhase to) =>
        s_next.TryGetValue(from, out TransactionPhase[]? next) && next.Contains(to);

    /// <summary>
    /// OCPI 2.2.1 Status. A fault hides everything; power that can flow or wait counts as CHARGING;
    /// a plug without a transaction, before or after one, is BLOCKED: nobody else can use it.
    /// </summary>
    public static EvseStatus Of(ConnectorStatus connector, TransactionPhase phase) =>
        connector switch
        {
            ConnectorStatus.Faulted => EvseStatus.OUTOFORDER,
            ConnectorStatus.Unavailable => EvseStatus.Inoperative,
            _ => phase switch
            {
                TransactionPhase.Charging or TransactionPhase.SuspendedEv
                    or TransactionPhase.SuspendedEvse => EvseStatus.Charging,
                TransactionPhase.EvConnected or TransactionPhase.Finishing => EvseStatus.Blocked,
                TransactionPhase.Unknown => EvseStatus.Unknown,
                _ => connector switch
                {
                    ConnectorStatus.Available => EvseStatus.Available,
                    ConnectorStatus.Reserved => EvseStatus.Reserved,
                    ConnectorStatus.Occupied => EvseStatus.Blocked,
                    _ => EvseStatus.Unknown,
                },
            },
        };
}
