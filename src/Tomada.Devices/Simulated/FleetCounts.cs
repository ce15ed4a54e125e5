using System.Collections.Concurrent;

namespace Tomada.Devices;

/// <summary>What a fleet did so far; from any thread.</summary>
public sealed class FleetCounts : IProgress<StationEvent>
{
    private readonly ConcurrentDictionary<string, byte> _online = new(StringComparer.Ordinal);
    private long _connections;
    private long _troubles;
    private long _started;
    private long _ended;
    private long _energyWh;
    private long _plugsRefused;
    private long _asked;
    private long _confirmed;
    private long _refused;
    private long _charged;
    private long _unserved;
    private long _stayedAway;

    /// <summary>Stations with a connection.</summary>
    public int Online => _online.Count;

    /// <summary>Connections that stations made.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    public long Troubles => Interlocked.Read(ref _troubles);

    public long SessionsStarted => Interlocked.Read(ref _started);

    public long SessionsEnded => Interlocked.Read(ref _ended);

    public long EnergyWh => Interlocked.Read(ref _energyWh);

    public long PlugsRefused => Interlocked.Read(ref _plugsRefused);

    /// <summary>Reservations that cars asked for.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public long Confirmed => Interlocked.Read(ref _confirmed);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Cars that charged and left.</summary>
    public long Charged => Interlocked.Read(ref _charged);

    /// <summary>Cars whose station did not take the plug in their window.</summary>
    public long Unserved => Interlocked.Read(ref _unserved);

    /// <summary>Cars that did not come.</summary>
    public long StayedAway => Interlocked.Read(ref _stayedAway);

    public void Report(StationEvent value)
    {
        switch (value)
        {
            case StationEvent.Online:
                _online[value.Station] = 0;
                Interlocked.Increment(ref _connections);
                break;
            case StationEvent.Offline:
                _online.TryRemove(value.Station, out _);
                break;
            case StationEvent.TroubleBegan trouble:
                Interlocked.Increment(ref _troubles);
                if (trouble.Kind is TroubleKind.Reboot or TroubleKind.PowerCut)
                {
                    _online.TryRemove(value.Station, out _);
                }

                break;
            case StationEvent.SessionStarted:
                Interlocked.Increment(ref _started);
                break;
            case StationEvent.SessionEnded ended:
                Interlocked.Increment(ref _ended);
                Interlocked.Add(ref _energyWh, ended.EnergyWh);
                break;
            case StationEvent.PlugRefused:
                Interlocked.Increment(ref _plugsRefused);
                break;
            default:
                break;
        }
    }

    internal void CarAsked() => Interlocked.Increment(ref _asked);

    internal void CarAnswered(bool isConfirmed) =>
        Interlocked.Increment(ref isConfirmed ? ref _confirmed : ref _refused);

    internal void CarCharged() => Interlocked.Increment(ref _charged);

    internal void CarUnserved() => Interlocked.Increment(ref _unserved);

    internal void CarStayedAway() => Interlocked.Increment(ref _stayedAway);
}
