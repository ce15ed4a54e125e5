namespace Tomada.Network.Tests;

/// <summary>A checker that finds nothing wrong is worth what it would have found.</summary>
public sealed class CheckerTests
{
    private static readonly Line s_first = new("t1", 4, 9, "a/load-1", "APPLIED");
    private static readonly Line s_second = new("t2", 5, 12, "a/load-2", "APPLIED");
    private static readonly Submission s_told = new("a/load-1", "t1", 4, 9);
    private static readonly Submission s_unanswered = new("a/load-2", null, 0, 0);

    [Fact]
    public void What_was_said_and_is_there_once_is_right_and_no_answer_leaves_both_open()
    {
        Assert.Empty(Checker.Faults([s_first, s_second], [s_told, s_unanswered]));
        Assert.Empty(Checker.Faults([s_first], [s_told, s_unanswered]));
    }

    [Fact]
    public void What_is_lost_elsewhere_refused_or_there_twice_is_found()
    {
        Line[][] wrong =
        [
            [],
            [s_first with { Height = 5 }],
            [s_first with { Index = 10 }],
            [s_first with { Id = "t3" }],
            [s_first with { Outcome = "NOT_OWN" }],
            [s_first, s_first],
            [s_first, s_first with { Id = "t3", Index = 10 }],
            [s_first, s_second, s_second with { Id = "t3", Index = 13 }],
        ];
        Assert.All(
            wrong, each => Assert.NotEmpty(Checker.Faults([.. each], [s_told, s_unanswered])));
    }
}
