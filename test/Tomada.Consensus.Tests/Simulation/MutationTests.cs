using Tomada.Simulation.Consensus;
using Xunit;

namespace Tomada.Consensus.Tests.Simulation;

/// <summary>The simulation is only worth what it finds: every planted defect must fall.</summary>
public class MutationTests
{
    private const int SeedsMax = 400;

    [Theory]
    [InlineData("SimpleMajority")]
    [InlineData("TwoFaultsPlusOne")]
    [InlineData("AnyLockInsteadOfHighest")]
    [InlineData("SkipPromiseCheck")]
    [InlineData("AcceptWithoutOwnEndorse")]
    [InlineData("SendBeforeSync")]
    [InlineData("MixAcceptsOfBallots")]
    [InlineData("ForgetLockOnRestart")]
    public void The_simulation_catches(string mutation) =>
        Assert.NotNull(FirstViolation(mutation, checksProofs: true));

    /// <summary>These break agreement itself, or convict an honest member.</summary>
    [Theory]
    [InlineData("TwoFaultsPlusOne")]
    [InlineData("SkipPromiseCheck")]
    [InlineData("SendBeforeSync")]
    [InlineData("ForgetLockOnRestart")]
    public void Agreement_and_guilt_alone_catch(string mutation) =>
        Assert.NotNull(FirstViolation(mutation, checksProofs: false));

    private static string? FirstViolation(string mutation, bool checksProofs)
    {
        ConsensusSimulationOptions options = new()
        {
            Mutation = Enum.Parse<ProtocolMutation>(mutation),
            ChecksProofs = checksProofs,
        };
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            if (ConsensusSimulation.Run(seed, options).Violation is { } violation)
            {
                return violation;
            }
        }

        return null;
    }
}
