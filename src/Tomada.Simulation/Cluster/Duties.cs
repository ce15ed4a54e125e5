using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Simulation.Cluster;

/// <summary>Something that a company has to say on the ledger.</summary>
/// <param name="Key">The same duty has the same key, so that it is not submitted twice at a
/// time.</param>
/// <param name="Body">What to submit.</param>
internal sealed record Duty(string Key, Body Body);

/// <summary>What a desk looks at when it asks itself what it owes.</summary>
/// <param name="State">The newest state its node has applied.</param>
/// <param name="Self">Whose desk it is.</param>
/// <param name="Plan">How the people and devices of this history behave.</param>
/// <param name="Now">The ledger clock.</param>
/// <param name="Proposed">Drivers of its own proposals that are in the log, whatever became of
/// them.</param>
/// <param name="IsHealed">Whether faults are over.</param>
/// <param name="Members">What it knows of the members; null where they stay as they are.</param>
internal sealed record DeskView(
    LedgerState State, CompanyId Self, ClusterPlan Plan, Timestamp Now,
    IReadOnlySet<Digest> Proposed, bool IsHealed, MembershipView? Members = null)
{
    public CompanyId Home => ClusterCompanies.Company(Plan.Home);
}

/// <summary>
/// A company's desks as a pure function: what is owed follows from the ledger's state alone, so a
/// restarted node owes the same as before.
/// </summary>
internal static class Duties
{
    public static IEnumerable<Duty> Of(DeskView view)
    {
        bool isMember = view.State.Members.ContainsKey(view.Self);
        IEnumerable<Duty> own = isMember ? StationDuties.Of(view) : [];
        if (view.Members is { } members)
        {
            own = MembershipDuties.Of(view, members).Concat(own);
        }

        return !isMember || !view.Plan.HasTrips ? own
            : own.Concat(TripDuties.Of(view))
                .Concat(ChargingDuties.Of(view))
                .Concat(ClearingDuties.Of(view))
                .Concat(RulesDuties.Of(view));
    }

    /// <summary>
    /// Whether the story is told: trips ended, money settled, the clock slow again.
    /// </summary>
    public static bool IsOver(LedgerState state) =>
        state.Periods[1].State == PeriodState.Final
        && !state.Trips.Values.Any(IsRunning)
        && state.Cdrs.Values.All(cdr => cdr.State is CdrState.Accepted or CdrState.Settled)
        && state.Clock.Factor == 1;

    public static bool IsRunning(Trip trip) => trip.State is TripState.Held or TripState.Confirmed;
}

/// <summary>Sites, price lists, EVSEs and offers.</summary>
internal static class StationDuties
{
    private static readonly Timestamp s_offeredUntil =
        ClusterCompanies.Epoch.Plus(TimeSpan.FromDays(5));

    private static readonly Timestamp s_renewedUntil =
        ClusterCompanies.Epoch.Plus(TimeSpan.FromDays(10));

    public static IEnumerable<Duty> Of(DeskView view)
    {
        LocationId location = ClusterCompanies.Location(view.Self);
        TariffId tariff = ClusterCompanies.TariffOf(view.Self);
        bool hasLocation = view.State.Locations.ContainsKey(location);
        bool hasTariff = view.State.TariffHashes.ContainsKey(tariff);
        if (!hasLocation)
        {
            yield return new Duty("location", new PutLocation(
                location, "Posto", "BR-101 km 1", "Salvador", -12_970_000, -38_500_000,
                "America/Bahia"));
        }

        if (!hasTariff)
        {
            yield return new Duty(
                "tariff", new PutTariff(tariff, ClusterCompanies.Price(view.Self)));
        }

        for (int i = 1; hasLocation && hasTariff && i <= ClusterCompanies.EvsesEach; i++)
        {
            EvseId id = ClusterCompanies.Evse(view.Self, i);
            if (!view.State.Evses.TryGetValue(id, out Evse? evse))
            {
                yield return new Duty($"evse {id}", new PutEvse(
                    id, location, ClusterCompanies.StationKey(id),
                    [new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000)],
                    tariff));
            }
            else if (OfferOf(view) is var until && evse.AvailableUntil < until)
            {
                yield return new Duty($"offer {id} {until}", new SetEvseAvailability(
                    id, Availability.Available, until));
            }
        }
    }

    /// <summary>Whether every EVSE's last renewal is on the ledger.</summary>
    public static bool AreRenewed(LedgerState state) =>
        state.Evses.Values.All(evse => evse.AvailableUntil >= s_renewedUntil);

    /// <summary>
    /// Offers are renewed once all is over; these blocks also end what expired meanwhile.
    /// </summary>
    private static Timestamp OfferOf(DeskView view) =>
        view.IsHealed && Duties.IsOver(view.State) ? s_renewedUntil : s_offeredUntil;
}

/// <summary>Trips: proposed by home companies, answered by owners.</summary>
internal static class TripDuties
{
    private const long GridMs = 60_000;
    private const int MinutesPerLeg = 2;

    /// <summary>The driver whose trip one owner refuses or leaves unanswered.</summary>
    public static Digest FirstDriver { get; } = Digest.Of("first driver"u8);

    private static Digest RivalDriver { get; } = Digest.Of("rival"u8);

    public static IEnumerable<Duty> Of(DeskView view) => Answers(view).Concat(Proposals(view));

    /// <summary>The trip that must come to its end; null before it is held.</summary>
    public static Trip? MainOf(LedgerState state) => state.Trips.Values.FirstOrDefault(trip =>
        trip.Driver != FirstDriver && trip.Driver != RivalDriver
        && trip.State is not (TripState.Refused or TripState.Expired));

    /// <summary>The secret that the driver's car gives at the plug.</summary>
    public static byte[] SecretOf(Digest driver, int leg) =>
        Digest.Of([.. driver.ToArray(), (byte)leg]).ToArray();

    private static IEnumerable<Duty> Answers(DeskView view)
    {
        foreach (Trip trip in view.State.Trips.Values)
        {
            if (trip.State != TripState.Held || view.Now >= trip.DecideBy)
            {
                continue;
            }

            foreach (Leg leg in trip.Legs)
            {
                bool isUnwilling = trip.Driver == FirstDriver && leg.Number == trip.Legs.Length;
                if (leg.Owner == view.Self && leg.State == LegState.Held
                    && !(isUnwilling && view.Plan.FirstAnswer == FirstAnswer.Silence))
                {
                    LegId id = new(trip.Id, leg.Number);
                    yield return new Duty($"answer {id}", new AnswerLeg(
                        id, isUnwilling ? RefusalReason.Occupied : null));
                }
            }
        }
    }

    private static IEnumerable<Duty> Proposals(DeskView view)
    {
        LedgerState state = view.State;
        int evses = view.Plan.N * ClusterCompanies.EvsesEach;
        if (state.Evses.Values.Count(evse => evse.IsOffered(view.Now)) < evses)
        {
            yield break;
        }

        Trip? main = MainOf(state);
        bool isFree = !state.Trips.Values.Any(Duties.IsRunning);
        if (view.Self == view.Home && main is null && isFree)
        {
            bool first = view.Plan.FirstAnswer != FirstAnswer.Accept
                && !view.Proposed.Contains(FirstDriver);
            Digest driver = first ? FirstDriver : NextDriver(view.Proposed);
            yield return new Duty("propose", Propose(view, driver, FreshLegs(view, driver)));
        }

        if (main is { State: TripState.Confirmed } && view.Now < main.Legs[0].Request.Window.From
            && view.Self == ClusterCompanies.Company(view.Plan.RivalHome)
            && !view.Proposed.Contains(RivalDriver))
        {
            yield return new Duty("propose", Propose(view, RivalDriver, RivalLegs(main)));
        }
    }

    private static ProposeTrip Propose(
        DeskView view, Digest driver, IEnumerable<LegRequest> legs) =>
        new(driver, PriorityClass.Normal, view.Plan.DecideWithinMs, [.. legs]);

    private static Digest NextDriver(IReadOnlySet<Digest> proposed)
    {
        for (byte attempt = 0; ; attempt++)
        {
            Digest driver = Digest.Of([attempt]);
            if (!proposed.Contains(driver))
            {
                return driver;
            }
        }
    }

    /// <summary>One stop at each company, far enough ahead for every owner to answer.</summary>
    private static IEnumerable<LegRequest> FreshLegs(DeskView view, Digest driver)
    {
        long earliest = view.Now.UnixMs + (4L * view.Plan.DecideWithinMs);
        long from = ((earliest / GridMs) + 1) * GridMs;
        for (int i = 0; i < view.Plan.N; i++)
        {
            CompanyId owner = ClusterCompanies.Company((view.Plan.Home + i) % view.Plan.N);
            long start = from + (i * MinutesPerLeg * GridMs);
            yield return new LegRequest(
                ClusterCompanies.Evse(owner, 1),
                new TimeWindow(
                    new Timestamp(start), new Timestamp(start + (MinutesPerLeg * GridMs))),
                20_000,
                ClusterCompanies.Price(owner).Hash(),
                new Money(10_000, Currency.Brl),
                LegRequest.HashSecret(SecretOf(driver, i + 1)));
        }
    }

    /// <summary>All stops but the last are free; the last is the trip's.</summary>
    private static IEnumerable<LegRequest> RivalLegs(Trip trip) => trip.Legs.Select(leg =>
        leg.Request with
        {
            Evse = ClusterCompanies.Evse(leg.Owner, leg.Number == trip.Legs.Length ? 1 : 2),
            SecretHash = LegRequest.HashSecret(SecretOf(RivalDriver, leg.Number)),
        });
}
