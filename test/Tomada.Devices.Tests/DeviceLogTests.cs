using Tomada.DeviceApi;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

/// <summary>What stays of what devices said, and for how long.</summary>
public sealed class DeviceLogTests : IDisposable
{
    private const int Rows = 100;
    private const int Sessions = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("tomada-").FullName;
    private readonly NodeStore _store;
    private DeviceStore _devices;

    public DeviceLogTests()
    {
        _store = NodeStore.Open(_folder, DeviceStore.Extension);
        _devices = Open();
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_newest_messages_stay_and_all_that_the_company_did()
    {
        _devices.PutCredential("car/one", [1]);
        MessageId asked = new(Guid.CreateVersion7());
        _devices.PutReservation("car/one", asked, [2]);
        Say("state", 3 * Rows);
        Assert.Equal(
            Enumerable.Range(2 * Rows, Rows),
            _devices.ReadLog("state").Select(each => BitConverter.ToInt32(each.Payload)));
        Assert.Equal(2, _devices.ReadEvents().Count);
        (Digest before, Digest after, int rows) = _devices.Rebuild();
        Assert.Equal(before, after);
        Assert.Equal(2, rows);
        Assert.NotNull(_devices.FindReservation("car/one", asked));
    }

    [Fact]
    public void A_session_stays_however_much_else_is_said()
    {
        Say("session/one/1/1", 3);
        Say("state", 5 * Rows);
        _devices = Open();
        Say("state", 5 * Rows);
        Assert.Equal(3, _devices.ReadLog("session/one/1/1").Count);
    }

    [Fact]
    public void Beyond_a_bound_of_their_own_the_oldest_sessions_go()
    {
        Say("session/one/1/1", Sessions / 2);
        Say("session/two/1/1", Sessions);
        Assert.Empty(_devices.ReadLog("session/one/1/1"));
        Assert.Equal(Sessions, _devices.ReadLog("session/two/1/1").Count);

        // Whoever opens it counts what is there.
        _devices = Open();
        Say("session/three/1/1", 1);
        Assert.Equal(Sessions - 1, _devices.ReadLog("session/two/1/1").Count);
        Assert.Single(_devices.ReadLog("session/three/1/1"));
    }

    private DeviceStore Open() =>
        new(_store) { LogRowsMax = Rows, SessionRowsMax = Sessions };

    private void Say(string topic, int count) => _devices.Append(
        [.. Enumerable.Range(0, count).Select(number => new LoggedMessage(
            "station/one", topic, BitConverter.GetBytes(number)))]);
}
