using Tomada.DeviceApi.States;

namespace Tomada.DeviceApi.Tests;

public class StatusTableTests
{
    /// <summary>
    /// A row per phase before; a column per phase after, in the order of the enum.
    /// </summary>
    private const string Steps = """
        Idle          . x x x x .
        EvConnected   x . x x x x
        Charging      x . . x x x
        SuspendedEv   x . x . x x
        SuspendedEvse x . x x . x
        Finishing     x x . . . .
        """;

    /// <summary>
    /// A row per phase; columns Available, Occupied, Reserved, Unavailable, Faulted.
    /// </summary>
    private const string Shown = """
        Unknown       Unknown   Unknown  Unknown  Inoperative OUTOFORDER
        Idle          Available Blocked  Reserved Inoperative OUTOFORDER
        EvConnected   Blocked   Blocked  Blocked  Inoperative OUTOFORDER
        Charging      Charging  Charging Charging Inoperative OUTOFORDER
        SuspendedEv   Charging  Charging Charging Inoperative OUTOFORDER
        SuspendedEvse Charging  Charging Charging Inoperative OUTOFORDER
        Finishing     Blocked   Blocked  Blocked  Inoperative OUTOFORDER
        """;

    [Fact]
    public void Every_step_of_a_transaction_is_as_OCPP_has_it()
    {
        TransactionPhase[] phases =
            [.. Enum.GetValues<TransactionPhase>().Where(each => each != TransactionPhase.Unknown)];
        Assert.Equal(Steps, string.Join('\n', phases.Select(from =>
            $"{from,-13} " + string.Join(
                ' ', phases.Select(to => StatusTable.Allows(from, to) ? "x" : ".")))));
        Assert.All(phases, each =>
        {
            Assert.False(StatusTable.Allows(TransactionPhase.Unknown, each));
            Assert.False(StatusTable.Allows(each, TransactionPhase.Unknown));
        });
    }

    [Fact]
    public void Every_pair_of_axes_is_shown_as_one_OCPI_status() => Assert.Equal(
        Shown.Split('\n').Select(row =>
            row.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        Enum.GetValues<TransactionPhase>().Select(phase => (string[])
        [
            phase.ToString(),
            .. Enum.GetValues<ConnectorStatus>().Select(
                connector => StatusTable.Of(connector, phase).ToString()),
        ]));
}
