using Microsoft.Extensions.Time.Testing;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Keys;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

public sealed class AvailabilityTests : IDisposable
{
    private static readonly EvseId s_evse = EvseId.Parse("br-aaa/dc-1");

    private readonly FakeTimeProvider _wall =
        new(DateTimeOffset.Parse("2026-11-23T12:01:00Z", null));

    private readonly LocalLedger _ledger;
    private readonly Timestamp _until;
    private readonly AvailabilityDesk _desk;
    private EvseStatus _shown = EvseStatus.Available;
    private int _submitted;

    public AvailabilityTests()
    {
        _ledger = new LocalLedger(BrokerWorld.Company, Rules.Default, _wall);
        _until = _ledger.Now().Plus(TimeSpan.FromDays(10));
        Publish();
        Submitter submitter = new(
            _ledger.Desk with
            {
                Submit = (body, _) =>
                {
                    _submitted++;
                    return Task.FromResult(_ledger.Submit(body));
                },
            },
            (_, _) => ValueTask.CompletedTask);
        _desk = new AvailabilityDesk(_ledger.Desk, submitter, () => [s_evse], _ => _shown, _wall);
    }

    private Availability OnLedger => _ledger.State.Evses[s_evse].Availability;

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void A_lasting_fault_is_told_and_a_lasting_repair_as_well()
    {
        Pass(EvseStatus.OUTOFORDER, DeskLimits.BrokenFor);
        Assert.Equal(Availability.OutOfOrder, OnLedger);
        Assert.Equal(_until, _ledger.State.Evses[s_evse].AvailableUntil);
        Pass(EvseStatus.Available, DeskLimits.AvailabilityPause);
        Assert.Equal(Availability.Available, OnLedger);
        Assert.Equal(2, _submitted);
    }

    [Fact]
    public void A_fault_that_flickers_is_told_to_nobody()
    {
        for (int i = 0; i < 20; i++)
        {
            Pass(EvseStatus.OUTOFORDER, DeskLimits.BrokenFor / 2);
            Pass(EvseStatus.Available, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, _submitted);
    }

    [Fact]
    public void Between_two_changes_there_is_a_pause()
    {
        Pass(EvseStatus.OUTOFORDER, DeskLimits.BrokenFor);
        Pass(EvseStatus.Available, DeskLimits.AvailabilityPause - TimeSpan.FromSeconds(1));
        Assert.Equal(Availability.OutOfOrder, OnLedger);
        Pass(EvseStatus.Available, TimeSpan.FromSeconds(1));
        Assert.Equal(Availability.Available, OnLedger);
    }

    [Fact]
    public void Silence_is_no_fault_and_no_repair()
    {
        Pass(EvseStatus.Unknown, TimeSpan.FromHours(1));
        Assert.Equal(Availability.Available, OnLedger);
        Pass(EvseStatus.OUTOFORDER, DeskLimits.BrokenFor);
        Pass(EvseStatus.Unknown, TimeSpan.FromHours(1));
        Assert.Equal(Availability.OutOfOrder, OnLedger);
    }

    [Fact]
    public void What_the_operator_switched_off_stays_off()
    {
        _ledger.Submit(new SetEvseAvailability(s_evse, Availability.Inoperative, _until));
        Pass(EvseStatus.Available, TimeSpan.FromHours(1));
        Pass(EvseStatus.OUTOFORDER, TimeSpan.FromHours(1));
        Assert.Equal(Availability.Inoperative, OnLedger);
        Assert.Equal(0, _submitted);
    }

    /// <summary>The EVSE shows this for so long, looked at from the beginning to the end.</summary>
    private void Pass(EvseStatus shown, TimeSpan time)
    {
        _shown = shown;
        _desk.Work(TestContext.Current.CancellationToken);
        _wall.Advance(time);
        _desk.Work(TestContext.Current.CancellationToken);
    }

    private void Publish()
    {
        using Ed25519Key station = new(Digest.Of([9]).ToArray());
        _ledger.Offer(s_evse, station.Public, _until);
    }
}
