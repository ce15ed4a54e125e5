using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>Signs the steps of a session as the ledger checks them.</summary>
internal sealed class SessionSigner(StationKey key, DeviceLink link)
{
    public SessionBody Start(
        SessionId session, EvseId evse, byte[] secret, Timestamp at, long meterWh)
    {
        SessionStart start = new(session, evse, secret, at, meterWh);
        return new SessionBody(
            SessionEvent.Started, 0, session, evse, start.At, meterWh, !link.IsConnected,
            key.Sign(start.SignedMessage(Network)), Secret: secret);
    }

    public SessionBody Update(SessionBody last, Timestamp at, long meterWh)
    {
        MeterReading reading = new(last.Session, last.TxSeq + 1, After(last.At, at), meterWh);
        return new SessionBody(
            SessionEvent.Updated, reading.Sequence, last.Session, last.Evse, reading.At, meterWh,
            !link.IsConnected, key.Sign(reading.SignedMessage(Network)));
    }

    public SessionBody End(
        SessionBody last, Timestamp at, long meterWh, SessionEndReason reason)
    {
        SessionEnd end =
            new(last.Session, last.TxSeq + 1, After(last.At, at), meterWh, (EndReason)reason);
        return new SessionBody(
            SessionEvent.Ended, end.Sequence, last.Session, last.Evse, end.At, meterWh,
            !link.IsConnected, key.Sign(end.SignedMessage(Network)), Reason: reason);
    }

    private Digest Network =>
        link.Network ?? throw new InvariantBrokenException("a session needs a network");

    /// <summary>Times of a session ascend, whatever a change of the clock's factor does.</summary>
    private static Timestamp After(Timestamp last, Timestamp at) =>
        at > last ? at : new Timestamp(last.UnixMs + 1);
}
