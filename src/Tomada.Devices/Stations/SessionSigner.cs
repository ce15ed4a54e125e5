using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>Signs the steps of a session as the ledger checks them.</summary>
internal sealed class SessionSigner(StationKey key, DeviceLink link)
{
    public SessionBody Start(SessionId session, EvseId evse, byte[] secret, long meterWh)
    {
        SessionStart start = new(session, evse, secret, link.Clock.Now, meterWh);
        return new SessionBody(
            SessionEvent.Started, 0, session, evse, start.At, meterWh, !link.IsConnected,
            key.Sign(start.SignedMessage(Network)), Secret: secret);
    }

    public SessionBody Update(SessionBody last, long meterWh)
    {
        MeterReading reading = new(last.Session, last.TxSeq + 1, After(last.At), meterWh);
        return new SessionBody(
            SessionEvent.Updated, reading.Sequence, last.Session, last.Evse, reading.At, meterWh,
            !link.IsConnected, key.Sign(reading.SignedMessage(Network)));
    }

    public SessionBody End(SessionBody last, long meterWh, SessionEndReason reason)
    {
        SessionEnd end =
            new(last.Session, last.TxSeq + 1, After(last.At), meterWh, (EndReason)reason);
        return new SessionBody(
            SessionEvent.Ended, end.Sequence, last.Session, last.Evse, end.At, meterWh,
            !link.IsConnected, key.Sign(end.SignedMessage(Network)), Reason: reason);
    }

    private Digest Network =>
        link.Network ?? throw new InvariantBrokenException("a session needs a network");

    /// <summary>Times of a session ascend, whatever a change of the clock's factor does.</summary>
    private Timestamp After(Timestamp last) =>
        link.Clock.Now is var now && now > last ? now : new Timestamp(last.UnixMs + 1);
}
