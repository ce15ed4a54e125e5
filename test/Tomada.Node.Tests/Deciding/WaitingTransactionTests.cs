using Tomada.Ledger;
using Tomada.Node.Keys;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Deciding;

public sealed class WaitingTransactionTests : IDisposable
{
    private static readonly CompanyId s_self = CompanyId.Parse("br-aaa");
    private static readonly Timestamp s_founded = Timestamp.Parse("2026-11-23T12:00:00Z");

    private readonly Ed25519Key _identity = new(Digest.Of([1]).ToArray());
    private readonly Ed25519Key _voting = new(Digest.Of([2]).ToArray());

    [Fact]
    public void What_waited_over_a_restart_of_an_idle_network_is_decided_and_not_dropped()
    {
        Timestamp wall = s_founded.Plus(TimeSpan.FromHours(1));
        Replicator replicator =
            new(new ReplicatorOptions(s_self, _voting.Sign, Ed25519.Verify), Founded());
        SignedTransaction waiting = SignedTransaction.Sign(
            new Transaction(
                replicator.State.Network, s_self, 0, 1, wall.Plus(TimeSpan.FromMinutes(1)),
                new ClosePeriod(1)),
            _identity.Sign);

        ReplicatorOutput started = replicator.Start([], [waiting], 0, wall);
        ReplicatorOutput ticked = replicator.Step(new ReplicatorInput.Tick(20, wall));

        Assert.Empty(started.Ended);
        AppendedBlock block = Assert.Single(started.Append.AddRange(ticked.Append));
        Assert.Equal(wall, block.Applied.Seal.Time);
        Assert.Equal([waiting.Id], started.PendingRemoved.AddRange(ticked.PendingRemoved));
    }

    public void Dispose()
    {
        _identity.Dispose();
        _voting.Dispose();
    }

    private Genesis Founded()
    {
        MemberRecord member = new(s_self, "One", _identity.Public, _voting.Public, Digest.Of([3]));
        SignedMember founder = new(member, _identity.Sign(member.SignedMessage()));
        GenesisDraft draft = new("test", [founder], Rules.Default, s_founded, Simulated: false);
        return new Genesis(draft, [_identity.Sign(draft.SignedMessage())]);
    }
}
