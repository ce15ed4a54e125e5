using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Primitives;

namespace Tomada.Devices.Tests;

public class SubmitterTests
{
    private static readonly CancellationToken s_never = CancellationToken.None;
    private readonly List<DeskInput> _told = [];
    private int _submitted;

    [Fact]
    public void What_got_into_no_block_rests_before_it_is_submitted_again()
    {
        Submitter submitter = Submitter(() => new Submission(default, null, "busy"));
        submitter.Submit("duty", new ClosePeriod(1), s_never);
        submitter.Ended(Assert.IsType<DeskInput.Submitted>(Assert.Single(_told)));
        for (int i = 1; i < DeskLimits.RestTicks; i++)
        {
            submitter.Tick();
            submitter.Submit("duty", new ClosePeriod(1), s_never);
        }

        Assert.Equal(1, _submitted);
        submitter.Tick();
        submitter.Submit("duty", new ClosePeriod(1), s_never);
        Assert.Equal(2, _submitted);
    }

    [Fact]
    public void What_a_rule_refused_rests_longer_each_time_and_is_not_given_up()
    {
        Submitter submitter = Submitter(() => new Submission(
            default, Outcome.Refused(OutcomeCode.WrongState, "not open"), "refused"));
        List<int> triedAt = [];
        for (int tick = 0; tick < 10 * DeskLimits.RefusedTicksMin; tick++)
        {
            int before = _submitted;
            submitter.Submit("duty", new ClosePeriod(1), s_never);
            if (_submitted > before)
            {
                triedAt.Add(tick / DeskLimits.RefusedTicksMin);
                submitter.Ended((DeskInput.Submitted)_told[^1]);
            }

            submitter.Tick();
        }

        Assert.Equal([0, 1, 3, 7], triedAt);
    }

    [Fact]
    public void Another_body_under_the_key_of_a_refused_one_is_submitted_at_once()
    {
        Submitter submitter = Submitter(() => new Submission(
            default, Outcome.Refused(OutcomeCode.WrongState, "not open"), "refused"));
        submitter.Submit("duty", new ClosePeriod(1), s_never);
        submitter.Ended((DeskInput.Submitted)_told[^1]);
        submitter.Submit("duty", new ClosePeriod(2), s_never);
        Assert.Equal(2, _submitted);
    }

    [Fact]
    public void What_a_rule_refused_is_not_submitted_again_at_once()
    {
        Submitter submitter = Submitter(() => new Submission(
            default, Outcome.Refused(OutcomeCode.WrongState, "not open"), "refused"));
        submitter.Submit("duty", new ClosePeriod(1), s_never);
        submitter.Ended(Assert.IsType<DeskInput.Submitted>(Assert.Single(_told)));
        submitter.Submit("duty", new ClosePeriod(1), s_never);
        Assert.Equal(1, _submitted);
    }

    [Fact]
    public void A_defect_while_submitting_reaches_the_desks()
    {
        InvariantBrokenException defect = new("a text fits");
        Submitter(() => throw defect).Submit("duty", new ClosePeriod(1), s_never);
        Assert.Same(defect, Assert.IsType<DeskInput.Failed>(Assert.Single(_told)).Why);
    }

    private Submitter Submitter(Func<Submission> end) => new(
        new DeskLedger(
            CompanyId.Parse("br-aaa"),
            () => throw new InvalidOperationException("not needed"),
            () => default,
            (_, _) =>
            {
                _submitted++;
                return Task.FromResult(end());
            },
            (_, _) => throw new InvalidOperationException("not needed")),
        (input, _) =>
        {
            _told.Add(input);
            return ValueTask.CompletedTask;
        });
}
