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
    public void What_a_rule_refused_is_not_submitted_again()
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
