using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Replication.Tests;

/// <summary>
/// Two members who do not hear each other, and a third who hears both: whoever leads, all three go
/// on being served.
/// </summary>
public class CutOffTests
{
    [Fact]
    public void A_member_cut_off_from_the_leader_alone_is_served()
    {
        SmallNetwork network = new(Companies.Three);
        network.Submit(Companies.B, Transaction(network, Companies.B, 1));
        network.Pass(1_000);
        CompanyId leader = network.BlocksOf(Companies.C).Last().Applied.Seal.Proposer;
        CompanyId cut = network.Running.First(each => each != leader);
        network.Arrives = (from, to, _) =>
            (from, to) != (leader, cut) && (from, to) != (cut, leader);
        foreach (CompanyId each in network.Running)
        {
            network.Give(each, new ReplicatorInput.PeersReachable(
            [
                .. network.Running.Where(other => network.Arrives(each, other, null!)),
            ]));
        }

        for (int number = 2; number < 202; number++)
        {
            foreach (CompanyId each in network.Running)
            {
                network.Submit(each, Transaction(network, each, number));
            }

            network.Pass(100);
        }

        network.Pass(10_000);
        foreach (CompanyId each in network.Running)
        {
            long[] served =
            [
                .. network.BlocksOf(Companies.C)
                    .SelectMany(block => block.Applied.Transactions)
                    .Where(transaction => transaction!.Content.Company == each)
                    .Select(transaction => transaction!.Content.Number)
                    .Order(),
            ];
            int first = each == Companies.B ? 1 : 2;
            Assert.Equal(Enumerable.Range(first, 202 - first).Select(n => (long)n), served);
            Assert.Equal(network[Companies.C].State.Height, network[each].State.Height);
        }
    }

    private static SignedTransaction Transaction(
        SmallNetwork network, CompanyId company, int number) =>
        Companies.Transaction(network.Genesis, company, number, now: network.Now);
}
