using Tomada.Ledger;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Audit.Tests.Trails;

public sealed class TripTrailTests : IDisposable
{
    private readonly TestMirror _mirror = TestMirror.Of(Chains.Trip);

    public void Dispose() => _mirror.Dispose();

    [Fact]
    public void A_confirmed_trip_leads_from_its_reservation_to_its_payments_each_step_proven()
    {
        TrailReport trail = Follow(Trip<TripConfirmed>(each => each.Trip));
        Assert.Empty(trail.Report.Findings);
        Assert.All(trail.Steps, each => Assert.True(each.IsIncluded));
        Assert.Equal(
            ["reservation", "answer", "session", "cdr", "acceptance", "netting", "payment"],
            trail.Steps.Select(each => each.Stage).Distinct());
        Assert.Equal(trail.Steps.Select(each => each.Index).Order(), trail.Steps.Select(
            each => each.Index));
        Assert.Equal(3, trail.Steps.Count(each => each.Stage == "cdr"));
        Assert.Single(trail.Steps, each => each.Stage == "netting");
    }

    [Fact]
    public void An_expired_trip_ends_where_it_expired()
    {
        TrailReport trail = Follow(Trip<TripExpired>(each => each.Trip));
        Assert.Empty(trail.Report.Findings);
        Assert.Equal("reservation", trail.Steps[0].Stage);
        Assert.All(trail.Steps.Skip(1), each => Assert.Equal("answer", each.Stage));
        Assert.Contains("expired", trail.Steps[^1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trip_that_is_not_in_the_log_is_missing() => Assert.Equal(
        FindingClass.Missing,
        (FindingClass)Follow(new TripId(Digest.Of([5]))).Report.ExitCode);

    [Fact]
    public void A_spoiled_tile_makes_no_proof()
    {
        string tile = Assert.Single(
            _mirror.Files(), each => each.Contains("tile/0/", StringComparison.Ordinal));
        byte[] bytes = File.ReadAllBytes(tile);
        bytes[0] ^= 1;
        File.WriteAllBytes(tile, bytes);
        TrailReport trail = Follow(Trip<TripConfirmed>(each => each.Trip));
        Assert.Contains(trail.Report.Findings, each => each.Class == FindingClass.Inclusion);
    }

    [Fact]
    public void An_entry_is_found_by_its_transaction_and_by_its_place()
    {
        TripId trip = Trip<TripConfirmed>(each => each.Trip);
        FoundEntry? found = EntryFinder.Find(
            _mirror.Folder, trip.ToString(), TestMirror.Verify);
        Assert.IsType<ProposeTrip>(found!.Transaction!.Content.Body);
        Assert.Equal(found.Entry, EntryFinder.Find(
            _mirror.Folder,
            found.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            TestMirror.Verify)!.Entry, (one, other) => Entry.Codec.Encode(one!)
                .SequenceEqual(Entry.Codec.Encode(other!)));
        Assert.Null(EntryFinder.Find(
            _mirror.Folder, Digest.Zero.ToString(), TestMirror.Verify));
        Assert.Throws<FormatException>(() => EntryFinder.Find(
            _mirror.Folder, "trip", TestMirror.Verify));
    }

    private TrailReport Follow(TripId trip) =>
        TripTrail.Follow(_mirror.Folder, trip, Language.English, TestMirror.Verify);

    private static TripId Trip<T>(Func<T, TripId> of)
        where T : Effect => of(Chains.Trip.Blocks
        .SelectMany(each => Block.Codec.Decode(each.Value).Entries)
        .Select(each => Entry.Codec.Decode(each))
        .SelectMany(each => each switch
        {
            TransactionEntry one => one.Effects,
            RuleEntry one => one.Effects,
            _ => [],
        })
        .OfType<T>().First());
}
