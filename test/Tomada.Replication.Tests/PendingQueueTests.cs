using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Simulation.Cluster;
using Xunit;

namespace Tomada.Replication.Tests;

public class PendingQueueTests
{
    private readonly PendingQueue _queue = new();

    [Fact]
    public void A_batch_takes_companies_in_turn_and_each_ones_oldest_first()
    {
        List<SignedTransaction> a = Fill(5);
        SignedTransaction b = Companies.Transaction(Companies.Three, Companies.B, 1);
        _queue.Add(b);

        List<SignedTransaction> batch = _queue.Take(3, int.MaxValue, _ => true);

        Assert.Equal([a[0], b, a[1]], batch);
        Assert.Equal(6, _queue.Count);
    }

    [Fact]
    public void A_batch_ends_at_its_bytes_but_holds_at_least_one()
    {
        List<SignedTransaction> a = Fill(3);

        Assert.Equal([a[0]], _queue.Take(10, 1, _ => true));
        Assert.Equal(
            [a[0], a[1]],
            _queue.Take(10, a[0].Bytes.Length + a[1].Bytes.Length, _ => true));
    }

    [Fact]
    public void What_is_not_admitted_takes_nobodys_place()
    {
        List<SignedTransaction> a = Fill(4);

        Assert.Equal(
            [a[2], a[3]], _queue.Take(2, int.MaxValue, each => each.Content.Number > 2));
    }

    [Fact]
    public void A_company_at_its_limit_leaves_room_for_others()
    {
        Fill(ReplicationLimits.PendingPerCompanyMax);

        Assert.True(_queue.IsFullFor(Companies.A));
        Assert.False(_queue.IsFullFor(Companies.B));
    }

    [Fact]
    public void An_emergency_goes_first_and_a_flood_of_them_delays_nobody_for_long()
    {
        List<SignedTransaction> normal = Fill(2);
        List<SignedTransaction> emergencies =
            [.. Enumerable.Range(1, 6).Select(number => Trip(number, PriorityClass.Emergency))];
        emergencies.ForEach(_queue.Add);
        SignedTransaction flexible = Trip(7, PriorityClass.Flexible);
        _queue.Add(flexible);

        List<SignedTransaction> batch =
            _queue.Take(2 * ReplicationLimits.EmergencyShare, int.MaxValue, _ => true);

        Assert.Equal(
            [.. emergencies[..2], .. normal, flexible, .. emergencies[2..5]], batch);
    }

    [Fact]
    public void What_is_removed_is_gone_once()
    {
        SignedTransaction only = Fill(1)[0];

        Assert.True(_queue.Remove(only.Id));
        Assert.False(_queue.Remove(only.Id));
        Assert.False(_queue.Contains(only.Id));
        Assert.Empty(_queue.Take(1, 1, _ => true));
    }

    private List<SignedTransaction> Fill(int count)
    {
        List<SignedTransaction> added =
        [
            .. Enumerable.Range(1, count).Select(number =>
                Companies.Transaction(Companies.Three, Companies.A, number)),
        ];
        added.ForEach(_queue.Add);
        return added;
    }

    private static SignedTransaction Trip(long number, PriorityClass priority)
    {
        LegRequest leg = new(
            EvseId.Parse("br-bbb/evse-1"),
            new TimeWindow(
                ClusterCompanies.Epoch, ClusterCompanies.Epoch.Plus(TimeSpan.FromMinutes(30))),
            20_000,
            Digest.Zero,
            new Money(5_000, Currency.Brl),
            Digest.Zero);
        return SignedTransaction.Sign(
            new Transaction(
                Companies.Three.NetworkId, Companies.C, 0, number, ClusterCompanies.Epoch,
                new ProposeTrip(Digest.Zero, priority, 30_000, [leg])),
            ClusterCompanies.IdentityOf(Companies.C));
    }
}
