namespace Tomada.Node.Devices;

/// <summary>Every bound of the desks between devices and ledger.</summary>
public static class DeskLimits
{
    /// <summary>Inputs that wait for the desks; at the bound whoever brings one waits.</summary>
    public const int InboxMax = 10_000;

    /// <summary>
    /// Refused submissions remembered; when full all are forgotten and may be tried at once.
    /// </summary>
    public const int RefusedKept = 10_000;

    /// <summary>Session messages kept for one session while an earlier one is missing.</summary>
    public const int SessionGapMax = 1_000;

    /// <summary>Sessions whose messages wait; the device of one more sends again.</summary>
    public const int SessionsMax = 10_000;

    /// <summary>
    /// Questions for missing messages whose answer is awaited; beyond it none is any more.
    /// </summary>
    public const int GapsAskedMax = 10_000;

    /// <summary>Plans worked out at the same time; one more is answered with BUSY.</summary>
    public const int PlansAtOnce = 4;

    /// <summary>How often time alone makes the desks look, in wall time.</summary>
    public static TimeSpan Tick { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How far a station's clock may be ahead of the node's before its word waits, times the clock
    /// factor; half of what the ledger's rules allow.
    /// </summary>
    public static TimeSpan StationAhead { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Ticks until a transaction that got into no block is submitted again.</summary>
    public const int RestTicks = 4;

    /// <summary>
    /// Ticks until what a rule has refused is submitted again, the first time: 8 s.
    /// </summary>
    public const int RefusedTicksMin = 32;

    /// <summary>
    /// And at the most, after twice as many each time: about an hour. A duty that the rules will
    /// never take leaves some twenty refusals a day.
    /// </summary>
    public const int RefusedTicksMax = 14_400;

    /// <summary>
    /// A command that is not acknowledged is sent again after this, in wall time.
    /// </summary>
    public static TimeSpan CommandRetry { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A station that has not answered a hold after this is unreachable, in wall time; half of what
    /// is left until the trip's deadline when that is less.
    /// </summary>
    public static TimeSpan HoldAnswer { get; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An EVSE that shows a fault for so long is taken off the offer, in wall time.
    /// </summary>
    public static TimeSpan BrokenFor { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long another car may stand in a confirmed window before the leg is broken, of the ledger
    /// clock.
    /// </summary>
    public static TimeSpan OccupiedFor { get; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A walk-in is let in when at least so much is left for him, of the ledger clock.
    /// </summary>
    public static TimeSpan WalkInMin { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Least wall time between two words about the time to one station.</summary>
    public static TimeSpan TimeToldPause { get; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Broken legs whose cars could not be told yet; of a further one the car learns by asking for
    /// its history.
    /// </summary>
    public const int UntoldMax = 1_000;

    /// <summary>One that works for so long after a fault is offered again, in wall time.</summary>
    public static TimeSpan WorksFor { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Least wall time between two changes of an EVSE's availability.</summary>
    public static TimeSpan AvailabilityPause { get; } = TimeSpan.FromMinutes(5);

    /// <summary>When a refused plan for lack of room may be asked again.</summary>
    public static TimeSpan PlanRetry { get; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After so many wall milliseconds nothing can come any more of a proposal that a process
    /// before this one made: its validity, and as much again for clocks and blocks on their way.
    /// </summary>
    public static readonly long ProposalForgottenMs =
        2 * (long)LedgerDesk.Validity.TotalMilliseconds;

    /// <summary>Blocks that are read for one time line, from the proposal on.</summary>
    public const int TimelineBlocksMax = 200_000;

    /// <summary>Rows of the log that are read for each kind of message of a time line.</summary>
    public const int TimelineRowsMax = 10_000;

    /// <summary>Events of one time line; later ones are left out, and that is said.</summary>
    public const int TimelineEventsMax = 2_000;

    /// <summary>
    /// Receipts that wait for a cosigned head; for a further one the car is told BUSY, or asks.
    /// </summary>
    public const int ReceiptsAtOnce = 256;

    /// <summary>After which a car asks again for a receipt that is not there yet.</summary>
    public static readonly TimeSpan ReceiptRetry = TimeSpan.FromSeconds(1);
}
