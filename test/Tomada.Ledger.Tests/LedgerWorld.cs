using System.Collections.Immutable;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Ledger.Tests;

/// <summary>
/// Three companies on one chain, each with a site, a price list and two EVSEs. Every block is made
/// by one replica and repeated by another, and every invariant is checked after it. Signatures are
/// a stand-in: a hash of key and message, which anybody could make and only the right key matches.
/// </summary>
internal sealed class LedgerWorld
{
    private readonly SortedDictionary<CompanyId, long> _numbers = [];

    private LedgerWorld(LedgerState state) => State = state;

    public static CompanyId A { get; } = CompanyId.Parse("br-aaa");

    public static CompanyId B { get; } = CompanyId.Parse("br-bbb");

    public static CompanyId C { get; } = CompanyId.Parse("br-ccc");

    public static ImmutableArray<CompanyId> Companies { get; } = [A, B, C];

    public static Timestamp Start { get; } = Timestamp.Parse("2026-11-23T12:00:00Z");

    /// <summary>2.00 BRL per kWh.</summary>
    public static Tariff Price { get; } = new(
        Currency.Brl,
        [new TariffElement([new PriceComponent(TariffDimension.Energy, 2_000_000, 1)])]);

    public LedgerState State { get; private set; }

    public List<AppliedBlock> Blocks { get; } = [];

    public static LedgerWorld Empty(Rules? rules = null, bool simulated = true) =>
        new(LedgerState.FromGenesis(Genesis(rules ?? Rules.Default, simulated)));

    /// <summary>With everything published and every EVSE offered.</summary>
    public static LedgerWorld WithStations(Rules? rules = null, bool simulated = true)
    {
        LedgerWorld world = Empty(rules, simulated);
        world.Publish();
        return world;
    }

    public static Genesis Genesis(Rules rules, bool simulated)
    {
        ImmutableArray<SignedMember> founders = [.. Companies.Select(company =>
        {
            MemberRecord member = new(
                company,
                $"Company {company}",
                KeyOf(company),
                Key($"voting {company}"),
                Digest.Of([1]));
            return new SignedMember(member, Sign(KeyOf(company), member.SignedMessage()));
        })];
        GenesisDraft draft = new("test", founders, rules, Start, simulated);
        return new Genesis(
            draft, [.. Companies.Select(each => Sign(KeyOf(each), draft.SignedMessage()))]);
    }

    public static PublicKey KeyOf(CompanyId company) => Key($"identity {company}");

    /// <summary>A company that no genesis knows, with keys of its own.</summary>
    public static SignedMember Newcomer(CompanyId company)
    {
        MemberRecord member = new(
            company,
            $"Company {company}",
            KeyOf(company),
            Key($"voting {company}"),
            Digest.Tagged("tls", System.Text.Encoding.ASCII.GetBytes(company.Value)));
        return new SignedMember(member, Sign(KeyOf(company), member.SignedMessage()));
    }

    public static PublicKey VotingKeyOf(CompanyId company) => Key($"voting {company}");

    public static PublicKey StationKey(EvseId evse) => Key($"station {evse}");

    public static byte[] Sign(PublicKey key, ReadOnlySpan<byte> message)
    {
        byte[] half = Digest.Tagged("stand-in", key.ToArray(), message.ToArray()).ToArray();
        return [.. half, .. half];
    }

    public static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(Sign(key, message));

    public static EvseId Evse(CompanyId company, int number = 1) =>
        EvseId.Parse($"{company}/evse-{number}");

    public static LocationId Location(CompanyId company) => LocationId.Parse($"{company}/site");

    public static TariffId TariffOf(CompanyId company) => TariffId.Parse($"{company}/day");

    /// <summary>Half an hour, the first from 13:00 on.</summary>
    public static TimeWindow Slot(int number)
    {
        Timestamp from = Start.Plus(TimeSpan.FromMinutes(60 + (30 * number)));
        return new TimeWindow(from, from.Plus(TimeSpan.FromMinutes(30)));
    }

    public static byte[] Secret(int number) => Digest.Of(BitConverter.GetBytes(number)).ToArray();

    public static LegRequest Leg(EvseId evse, int slot, long capAmount = 5_000) => new(
        evse,
        Slot(slot),
        20_000,
        Price.Hash(),
        new Money(capAmount, Currency.Brl),
        LegRequest.HashSecret(Secret(slot)));

    public static ProposeTrip Trip(params LegRequest[] legs) =>
        new(Digest.Of([7]), PriorityClass.Normal, 30_000, [.. legs]);

    public static PutLocation Site(CompanyId company) => new(
        Location(company),
        "Posto",
        "BR-101 km 1",
        "Salvador",
        -12_970_000,
        -38_500_000,
        "America/Bahia");

    public static PutEvse Plug(EvseId evse) => new(
        evse,
        Location(evse.Company),
        StationKey(evse),
        [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000)],
        TariffOf(evse.Company));

    /// <summary>A transaction of the company's lane 0, with the next number.</summary>
    public SignedTransaction Transaction(CompanyId company, Body body)
    {
        _numbers.TryGetValue(company, out long number);
        _numbers[company] = number + 1;
        return Transaction(company, body, 0, number + 1);
    }

    public SignedTransaction Transaction(
        CompanyId company, Body body, int lane, long number, Timestamp? validUntil = null)
    {
        Transaction content = new(
            State.Network,
            company,
            lane,
            number,
            validUntil ?? State.Time.Plus(TimeSpan.FromMinutes(5)),
            body);
        return SignedTransaction.Sign(content, message => Sign(IdentityOf(company), message));
    }

    /// <summary>Makes a block one second later, repeats it elsewhere, and appends it.</summary>
    public AppliedBlock Append(params SignedTransaction[] transactions) =>
        AppendAt(State.Time.Plus(TimeSpan.FromSeconds(1)), transactions);

    public AppliedBlock AppendAt(Timestamp time, params SignedTransaction[] transactions)
    {
        CompanyId proposer = State.Members.Keys.ElementAt(
            (int)(State.Height % State.Members.Count));
        byte[]? certificate = State.Height == 0 ? null : [1];
        AppliedBlock made = BlockExecution.Build(
            State, transactions, time, proposer, certificate, Verify);
        Assert.True(
            BlockExecution.TryApply(
                State, made.Block, Verify, out AppliedBlock? repeated, out string? why),
            why);
        Assert.Equal(made.After.StateRoot, repeated!.After.StateRoot);
        Assert.Equal(made.Entries.Length, made.Transactions.Length);
        Invariants.Check(repeated.After);
        State = repeated.After;
        Blocks.Add(repeated);
        return repeated;
    }

    /// <summary>One transaction in a block of its own; its entry.</summary>
    public TransactionEntry Submit(CompanyId company, Body body) =>
        Submit(Transaction(company, body));

    public TransactionEntry Submit(SignedTransaction transaction)
    {
        AppliedBlock block = Append(transaction);
        return Assert.Single(block.Entries.OfType<TransactionEntry>());
    }

    /// <summary>Asks for a trip that must be held; its id.</summary>
    public TripId Hold(CompanyId home, params LegRequest[] legs)
    {
        TransactionEntry entry = Submit(home, Trip(legs));
        Assert.Equal(Outcome.Applied, entry.Outcome);
        return Assert.IsType<TripHeld>(Assert.Single(entry.Effects)).Trip;
    }

    /// <summary>Asks for a trip and lets every owner accept; its id.</summary>
    public TripId Confirm(CompanyId home, params LegRequest[] legs)
    {
        TripId id = Hold(home, legs);
        foreach (Leg leg in State.Trips[id].Legs)
        {
            Submit(leg.Owner, new AnswerLeg(new LegId(id, leg.Number), null));
        }

        Assert.Equal(TripState.Confirmed, State.Trips[id].State);
        return id;
    }

    /// <summary>
    /// Publishes everything. What refers to something stands in a later block: the order within a
    /// block is no sender's choice.
    /// </summary>
    private void Publish()
    {
        Append([.. Companies.SelectMany(company => new[]
        {
            Transaction(company, Site(company)),
            Transaction(company, new PutTariff(TariffOf(company), Price)),
        })]);
        Append([.. Evses().Select(evse => Transaction(evse.Company, Plug(evse)))]);
        Append([.. Evses().Select(evse => Transaction(evse.Company, new SetEvseAvailability(
            evse, Availability.Available, Start.Plus(TimeSpan.FromDays(20)))))]);
    }

    /// <summary>The identity key that the ledger knows, or the first one.</summary>
    private PublicKey IdentityOf(CompanyId company) =>
        State.Members.TryGetValue(company, out MemberRecord? member)
            ? member.IdentityKey
            : KeyOf(company);

    private static IEnumerable<EvseId> Evses() =>
        Companies.SelectMany(company => new[] { Evse(company, 1), Evse(company, 2) });

    public static PublicKey Key(string name) =>
        new(Digest.Tagged("stand-in key", System.Text.Encoding.UTF8.GetBytes(name)));
}
