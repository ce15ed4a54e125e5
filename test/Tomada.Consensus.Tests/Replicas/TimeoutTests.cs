using Xunit;

namespace Tomada.Consensus.Tests.Replicas;

public class TimeoutTests
{
    private const int StartMs = 1_000;
    private const int DefaultMs = 500;

    [Theory]
    [InlineData(0, DefaultMs)]
    [InlineData(40, DefaultMs)]
    [InlineData(400, 4_000)]
    [InlineData(5_000, Limits.DerivedBaseTimeoutMsMax)]
    [InlineData(int.MaxValue, Limits.DerivedBaseTimeoutMsMax)]
    public void The_first_ballot_is_given_ten_round_trips(int roundTripMs, int timeoutMs)
    {
        OneReplica one = new();
        one.Replica.Step(new Input.RoundTrip(roundTripMs));
        one.Replica.Step(new Input.WorkWaiting(true));

        one.Replica.Step(new Input.Tick(StartMs + timeoutMs - 1, OneReplica.Now));
        Assert.Equal(0, one.Replica.Ballot);
        one.Replica.Step(new Input.Tick(StartMs + timeoutMs, OneReplica.Now));
        Assert.Equal(1, one.Replica.Ballot);
    }

    [Fact]
    public void A_network_that_has_become_fast_again_has_the_configured_timeout()
    {
        OneReplica one = new();
        one.Replica.Step(new Input.RoundTrip(400));
        one.Replica.Step(new Input.RoundTrip(1));

        Assert.Equal(DefaultMs, one.Replica.BaseTimeoutMs);
    }
}
