using System.Collections.Immutable;
using System.Text.Json;
using Spectre.Console;
using Tomada.Devices;
using Tomada.DeviceApi;
using Tomada.Primitives;

namespace Tomada.Cli.Cars;

/// <summary>What a car's commands do, one after the other.</summary>
internal sealed class CarShell(CarConfig config, CarClient car, ICarVoice voice)
{
    /// <summary>How long an answer is waited for, in wall time; a request stays open.</summary>
    private static readonly TimeSpan s_answerWait = TimeSpan.FromMinutes(2);

    public CarConfig Config => config;

    public CarClient Car => car;

    public ICarVoice Voice => voice;

    /// <summary>The plans of the last answer, the best first.</summary>
    public ImmutableArray<PlanBody> Plans { get; private set; } = [];

    /// <summary>
    /// What the company made instead of the reservation that it refused last; null when nothing.
    /// </summary>
    public PlanBody? Instead { get; private set; }

    /// <summary>The trip that was reserved or asked about last.</summary>
    public TripId? Trip { get; private set; } = car.Trip?.Trip;

    /// <summary>What the company said of each trip last.</summary>
    public SortedDictionary<TripId, ReservationBody> Trips { get; } = [];

    private JourneyBody? _journey;
    private JourneyBody? _journeyInstead;
    private long? _decideWithinMs;

    public async Task<CarResult> PlanAsync(PlanRequest request, CancellationToken stop)
    {
        (Plans, Instead) = ([], null);
        _journey = new JourneyBody(request);
        Reply reply = await voice.WorkingAsync(
            $"planning {request.From} to {request.To}",
            () => AnswerAsync(limit => car.PlanAsync(request, limit), TimeSpan.Zero, stop));
        if (reply.Ok && reply.TryRead(out PlanReply? plans, out _))
        {
            Plans = plans.Plans;
            ShowPlans();
        }

        return CarResult.Of(reply);
    }

    /// <summary>The plans side by side, or the stops of one.</summary>
    public CarResult ShowPlans(int? number = null)
    {
        if (number is { } one)
        {
            voice.Show(CarTables.Stops(PlanOf(one)));
        }
        else
        {
            RequirePlans();
            voice.Show(CarTables.Plans(Plans));
            if (Plans.Length == 1)
            {
                voice.Show(CarTables.Stops(Plans[0]));
            }
        }

        return CarResult.Done;
    }

    public Task<CarResult> ReserveAsync(int number, long? decideWithinMs, CancellationToken stop)
    {
        PlanBody plan = PlanOf(number);
        return plan.Stops.IsEmpty
            ? throw Refused("the plan needs no stop: there is nothing to reserve")
            : ReserveAsync(plan, _journey, decideWithinMs, stop);
    }

    /// <summary>Reserves what the company made instead of a refused reservation.</summary>
    public Task<CarResult> TakeAsync(CancellationToken stop) => Instead is { } plan
        ? plan.Stops.IsEmpty
            ? throw Refused("the plan needs no stop any more: there is nothing to reserve")
            : ReserveAsync(plan, _journeyInstead, _decideWithinMs, stop)
        : throw Refused("there is nothing to take: no reservation was refused with another plan");

    public Task<CarResult> ReserveAsync(ReserveRequest request, CancellationToken stop) =>
        ReserveAsync(
            limit => car.ReserveAsync(request, limit, Pending), request.DecideWithinMs, stop);

    /// <summary>The request whose answer never came, by the same id.</summary>
    public Task<CarResult> ReserveAgainAsync(CancellationToken stop) =>
        car.Open is { } open
            ? ReserveAsync(
                limit => car.ReserveAsync(open, limit, Pending), open.Request.DecideWithinMs, stop)
            : throw Refused("no request is open: each one has its answer");

    /// <summary>The whole rest of the trip, or only its next drive.</summary>
    public async Task<CarResult> DriveAsync(bool isOne, bool skipCharge, CancellationToken stop)
    {
        KeptTrip trip = RequireTrip();
        if (trip.NextCharge is { } due)
        {
            if (skipCharge)
            {
                trip = car.Skip(trip);
            }
            else if (isOne || trip.Plan is null)
            {
                throw Refused($"a charge at {due.Evse} is next: 'charge', or drive --skip-charge");
            }
        }

        if (trip.NextDrive is null && (isOne || trip.Plan is null))
        {
            return CarResult.Done;
        }

        return await MoveAsync(
            isOne ? "driving" : "driving and charging",
            () => isOne
                ? car.StepAsync(trip, stop)
                : car.DriveAsync(trip, stop));
    }

    /// <summary>The charge that is next.</summary>
    public async Task<CarResult> ChargeAsync(CancellationToken stop)
    {
        KeptTrip trip = RequireTrip();
        return trip.NextCharge is { } leg
            ? await MoveAsync($"charging at {leg.Evse}", () => car.StepAsync(trip, stop))
            : throw Refused(
                $"a drive to {trip.NextDrive!.To} is next: the car is not at a reserved plug");
    }

    public async Task<CarResult> HistoryAsync(bool isShown, CancellationToken stop)
    {
        Reply reply = await AnswerAsync(car.HistoryAsync, TimeSpan.Zero, stop);
        if (reply.Ok && reply.TryRead(out HistoryReply? history, out _))
        {
            foreach (ReservationBody trip in history.Trips)
            {
                Take(trip);
            }

            if (isShown)
            {
                voice.Show(CarTables.Trips(history.Trips));
            }
        }

        return CarResult.Of(reply);
    }

    public async Task<CarResult> ReceiptAsync(TripId? of, CancellationToken stop)
    {
        TripId trip = of ?? Trip ?? throw Refused("which trip? This car has reserved none yet");
        Reply reply = await AnswerAsync(
            limit => car.ReceiptAsync(trip, limit), TimeSpan.Zero, stop);
        return CarResult.Of(reply);
    }

    public CarResult Status()
    {
        voice.Show(CarTables.Status(config, car));
        return CarResult.Done with
        {
            Body = JsonSerializer.SerializeToElement(new Dictionary<string, object?>
            {
                ["online"] = car.IsConnected,
                ["socPermille"] = car.SocPermille,
                ["place"] = car.Place,
                ["trip"] = car.Trip?.Trip.ToString(),
                ["receipts"] = car.ReceiptFiles().Count,
            }),
        };
    }

    /// <summary>What the company says by itself.</summary>
    public void Take(ReservationBody changed)
    {
        lock (Trips)
        {
            Trips[changed.Trip] = changed;
        }
    }

    private static CarRefusedException Refused(string why) => new(CarResult.Fail(why));

    private void RequirePlans()
    {
        if (Plans.IsEmpty)
        {
            throw Refused("there is no plan: 'plan FROM TO' first");
        }
    }

    private PlanBody PlanOf(int number)
    {
        RequirePlans();
        return number >= 1 && number <= Plans.Length
            ? Plans[number - 1]
            : throw Refused($"there is no plan {number}; allowed are 1 to {Plans.Length}");
    }

    private KeptTrip RequireTrip() => car.Trip
        ?? throw Refused("no trip is reserved, or the last one is at its end: 'reserve' first");

    private void Pending() => voice.Pending("reserve");

    private async Task<CarResult> ReserveAsync(
        PlanBody plan, JourneyBody? journey, long? decideWithinMs, CancellationToken stop)
    {
        (Instead, _decideWithinMs) = (null, decideWithinMs);
        Reply? last = null;
        CarResult result = await ReserveAsync(
            async limit => last = await car.ReserveAsync(
                plan, limit, Pending, decideWithinMs, journey),
            decideWithinMs,
            stop);
        if (last is { Ok: false } && last.TryRead(out ReserveReply? refused, out _)
            && refused.Replan is { } replan && journey is not null)
        {
            Instead = replan.Plan;
            _journeyInstead = journey with { Replans = replan.Replans, Missed = replan.Missed };
            voice.Show(CarTables.Stops(replan.Plan));
            return result with
            {
                Advice = "Nothing is held. 'take' reserves the plan above instead: "
                    + $"{CarWords.Difference(plan, replan.Plan)}.",
            };
        }

        return result;
    }

    private async Task<CarResult> ReserveAsync(
        Func<CancellationToken, Task<Reply>> ask, long? decideWithinMs, CancellationToken stop)
    {
        Reply reply = await voice.WorkingAsync(
            "reserving at every owner",
            () => AnswerAsync(
                ask, TimeSpan.FromMilliseconds(decideWithinMs ?? 0, 0), stop));
        if (reply.Ok && reply.TryRead(out ReserveReply? reserved, out _)
            && reserved is { Trip: { } trip, Legs: { } legs })
        {
            Trip = trip;
            Take(new ReservationBody(
                trip, ReservationState.Confirmed, [.. legs.Select(_ => "CONFIRMED")]));
            voice.Show(new Markup(
                $"[green]confirmed on all {legs.Length} legs[/]: trip [bold]{trip}[/]\n"));
            voice.Show(CarTables.Legs(legs));
        }

        return CarResult.Of(reply);
    }

    private async Task<CarResult> MoveAsync<T>(string what, Func<Task<T>> move)
    {
        try
        {
            await voice.WorkingAsync(what, move);
            return CarResult.Done with
            {
                Body = JsonSerializer.SerializeToElement(new Dictionary<string, object?>
                {
                    ["socPermille"] = car.SocPermille,
                    ["place"] = car.Place,
                }),
            };
        }
        catch (DriveFailedException failed)
        {
            return CarResult.Fail(failed.Message);
        }
    }

    private Task<CarResult> MoveAsync(string what, Func<Task> move) => MoveAsync(what, async () =>
    {
        await move();
        return true;
    });

    /// <summary>The answer, or why there is none; the link asks again by the same id meanwhile.
    /// </summary>
    private async Task<Reply> AnswerAsync(
        Func<CancellationToken, Task<Reply>> ask, TimeSpan more, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_answerWait + more);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            string how = car.IsConnected ? "connected, but no answer" : "no connection";
            throw Refused($"{how} within {(s_answerWait + more).TotalSeconds:F0} s; a reservation "
                + "stays open: 'reserve again' asks for the same one");
        }
    }
}
