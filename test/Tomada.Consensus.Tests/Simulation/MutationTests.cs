using Tomada.Simulation;
using Xunit;

namespace Tomada.Consensus.Tests.Simulation;

/// <summary>The simulation is only worth what it finds: every planted defect must fall.</summary>
public class MutationTests
{
    public static TheoryData<string> Names => [.. Mutants.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_simulation_catches(string mutation) =>
        Assert.NotNull(Mutants.Run(mutation).CaughtBy);

    /// <summary>These break agreement itself, or convict an honest member.</summary>
    [Theory]
    [InlineData("TwoFaultsPlusOne")]
    [InlineData("QuorumLessOne")]
    [InlineData("SkipPromiseCheck")]
    [InlineData("SendBeforeSync")]
    [InlineData("ForgetLockOnRestart")]
    [InlineData("EndorseTwice")]
    [InlineData("PromiseHidesLock")]
    public void Agreement_and_guilt_alone_catch(string mutation) =>
        Assert.NotNull(Mutants.Run(mutation, checksProofs: false).CaughtBy);
}
