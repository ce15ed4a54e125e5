using System.Text.Json;
using Tomada.Primitives;

namespace Tomada.DeviceApi.Tests;

/// <summary>One value of each body, with everything in it, and the JSON it is written as.</summary>
internal static class Samples
{
    public static readonly MessageId Id = MessageId.Parse("0198c2d4-1111-7abc-8def-000000000001");
    public static readonly Timestamp Time = Timestamp.Parse("2026-11-23T14:00:00.000Z");
    public static readonly EvseId Evse = EvseId.Parse("br-bbb/dc-1");
    public static readonly TimeWindow Window = new(Time, Time.Plus(TimeSpan.FromMinutes(40)));
    public static readonly Digest Hash = Digest.Parse(new string('b', 64));
    public static readonly TripId Trip = new(Digest.Parse(new string('a', 64)));
    public static readonly LegId Leg = new(Trip, 2);
    public static readonly SessionId Session = new(Leg, 1);
    public static readonly Money Price = new(4_321, Currency.Brl);

    private const string A = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string B = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private const string T = "\"2026-11-23T14:00:00.000Z\"";
    private const string W =
        """{"from":"2026-11-23T14:00:00.000Z","until":"2026-11-23T14:40:00.000Z"}""";
    private const string M = """{"amount":4321,"currency":"BRL"}""";

    private const string Pem = "\"-----BEGIN CERTIFICATE-----\"";

    private const string LegJson = $$"""
        "leg":"{{A}}/2","evse":"br-bbb/dc-1","window":{{W}}
        """;

    private const string EdgeJson =
        """{"to":"aracaju","highway":"BR-101","lengthM":320000,"speedKmh":90}""";

    private const string DriveJson =
        $$"""{"from":"salvador","to":"aracaju","edges":[{{EdgeJson}}]}""";

    private const string SiteJson = """
        "evse":"br-bbb/dc-1","location":"br-bbb/site","place":"aracaju"
        """;

    private const string ConnectorJson = """
        "standard":"IEC_62196_T2_COMBO","powerType":"DC","powerMaxW":60000
        """;

    private static readonly string s_unsigned = new('0', 128);

    public static JsonElement Vehicle { get; } = JsonDocument.Parse("""{"id":"car"}""").RootElement;

    public static NodeBody Node { get; } = new(true, 3, Time, 60, [1], Hash);

    public static string NodeJson { get; } =
        $$"""{"online":true,"epoch":3,"now":{{T}},"factor":60,"majors":[1],"network":"{{B}}"}""";

    public static ReservationBody Reservation { get; } =
        new(Trip, ReservationState.Confirmed, ["CONFIRMED"]);

    public static string ReservationJson { get; } =
        $$"""{"trip":"{{A}}","state":"CONFIRMED","legs":["CONFIRMED"]}""";

    /// <summary>Checks that each is written as its golden text and read back to the same.</summary>
    public static void Check(Action<object, Envelope> seen)
    {
        One(
            new StateBody(false, "1.0", "shut down"),
            """{"online":false,"firmware":"1.0","why":"shut down"}""",
            seen);
        One(
            new EvseStateBody(
                EvseStatus.OUTOFORDER, TransactionPhase.SuspendedEv, Time, Time, Leg, "heat",
                new byte[64]),
            $$"""{"status":"OUTOFORDER","phase":"SUSPENDED_EV","since":{{T}}"""
            + $$""","validUntil":{{T}},"reservation":"{{A}}/2","error":"heat" """.TrimEnd()
            + $$""","signature":"{{s_unsigned}}"}""",
            seen);
        One(
            new MeterBody(5_000, 60_000, Session),
            $$"""{"meterWh":5000,"powerW":60000,"session":"{{A}}/2/1"}""",
            seen);
        One(new HeartbeatBody(), "{}", seen);
        One(
            new PositionBody(512, 180_000, "aracaju"),
            """{"socPermille":512,"rangeM":180000,"place":"aracaju"}""",
            seen);
        One(Node, NodeJson, seen);
        One(
            new SessionBody(
                SessionEvent.Ended, 3, Session, Evse, Time, 9_000, true, new byte[64],
                Hash.ToArray(), SessionEndReason.WindowEnded),
            $$"""{"event":"ENDED","txSeq":3,"session":"{{A}}/2/1","evse":"br-bbb/dc-1","at":{{T}}"""
            + ""","meterWh":9000,"offline":true"""
            + $$""","signature":"{{s_unsigned}}","secret":"{{B}}","reason":"WINDOW_ENDED"}""",
            seen);
        CheckRequests(seen);
        CheckTrips(seen);
    }

    private static void CheckRequests(Action<object, Envelope> seen)
    {
        One(
            new EnrollRequest("-----BEGIN CERTIFICATE REQUEST-----"),
            """{"csr":"-----BEGIN CERTIFICATE REQUEST-----"}""",
            seen);
        One(
            new EnrollReply(B, "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"),
            $$"""{"secret":"{{B}}","certificate":{{Pem}},"authority":{{Pem}}}""",
            seen);
        One(
            new BootRequest("m", "1", [Evse]),
            """{"model":"m","firmware":"1","evses":["br-bbb/dc-1"]}""",
            seen);
        One(
            new BootReply(10_000, Node, 7),
            $$"""{"heartbeatMs":10000,"node":{{NodeJson}},"boot":7}""",
            seen);
        One(
            new HoldCommand(Leg, Evse, Window, 20_000),
            $$"""{"leg":"{{A}}/2","evse":"br-bbb/dc-1","window":{{W}},"energyWh":20000}""",
            seen);
        One(
            new ReserveCommand(Leg, Evse, Window, 900_000, Hash, 20_000),
            $$"""{"leg":"{{A}}/2","evse":"br-bbb/dc-1","window":{{W}}"""
            + $$""","leadMs":900000,"secretHash":"{{B}}","energyWh":20000}""",
            seen);
        One(
            new ReleaseCommand(Leg, Evse, "EXPIRED"),
            $$"""{"leg":"{{A}}/2","evse":"br-bbb/dc-1","why":"EXPIRED"}""",
            seen);
        One(new ResendCommand(Session, 2), $$"""{"session":"{{A}}/2/1","fromTxSeq":2}""", seen);
        One(new StartRequest(Evse), """{"evse":"br-bbb/dc-1"}""", seen);
        One(new StartReply(Time, Leg), $$"""{"leaveBy":{{T}},"next":"{{A}}/2"}""", seen);
        AlternativeBody other = new(
            EvseId.Parse("br-ccc/dc-1"), LocationId.Parse("br-ccc/site"), 1_200, Window, 20_000,
            Price);
        One(
            new LegBrokenBody(Leg, Evse, "FAULTED", Price, [other]),
            $$"""{"leg":"{{A}}/2","evse":"br-bbb/dc-1","reason":"FAULTED","penalty":{{M}}"""
            + ""","alternatives":[{"evse":"br-ccc/dc-1","location":"br-ccc/site" """.TrimEnd()
            + $$""","distanceM":1200,"window":{{W}},"energyWh":20000,"price":{{M}}}]}""",
            seen);
        One(Reservation, ReservationJson, seen);
        One(new HistoryRequest(5), """{"limit":5}""", seen);
        One(new HistoryReply([Reservation]), $$"""{"trips":[{{ReservationJson}}]}""", seen);
        One(
            new ReceiptRequest(Reservation.Trip), $$"""{"trip":"{{Reservation.Trip}}"}""", seen);
        One(
            new ReceiptBody(Reservation.Trip, "c2sp.org/tlog-proof@v1\n"),
            $$"""{"trip":"{{Reservation.Trip}}","receipt":"c2sp.org/tlog-proof@v1\n"}""",
            seen);
    }

    private static void CheckReserve(Action<object, Envelope> seen)
    {
        One(
            new ReserveRequest(
                [new LegBody(Evse, Window, 20_000)],
                5_000,
                new JourneyBody(
                    new PlanRequest("salvador", "recife", 900, Vehicle),
                    1,
                    [new MissedBody(Evse, Window)])),
            $$"""{"legs":[{"evse":"br-bbb/dc-1","window":{{W}},"energyWh":20000}]"""
            + ""","decideWithinMs":5000,"journey":{"plan":{"from":"salvador" """.TrimEnd()
            + ""","to":"recife","startSocPermille":900,"vehicle":{"id":"car"}}"""
            + ""","replans":1 """.TrimEnd()
            + $$$""","missed":[{"evse":"br-bbb/dc-1","window":{{{W}}}}]}}""",
            seen);
        One(
            new ReserveReply(
                Trip, ReservationState.Refused,
                [new ReservedLegBody(Leg, Evse, Window, 20_000, Hash, Price, Hash.ToArray())],
                "WINDOW_TAKEN",
                Leg,
                "OCCUPIED",
                new ReplanBody(
                    new PlanBody(Time, Time, 120, Price, [], []),
                    2,
                    [new MissedBody(Evse, Window)])),
            $$"""{"trip":"{{A}}","state":"REFUSED","legs":[{{{LegJson}}"""
            + $$""","energyWh":20000,"tariff":"{{B}}","priceCap":{{M}},"secret":"{{B}}"}]"""
            + $$""","outcome":"WINDOW_TAKEN","refusedLeg":"{{A}}/2" """.TrimEnd()
            + ""","reason":"OCCUPIED" """.TrimEnd()
            + $$""","replan":{"plan":{"departure":{{T}},"arrival":{{T}} """.TrimEnd()
            + $$""","arrivalSocPermille":120,"price":{{M}},"drives":[],"stops":[]}"""
            + ""","replans":2 """.TrimEnd()
            + $$$""","missed":[{"evse":"br-bbb/dc-1","window":{{{W}}}}]}}""",
            seen);
    }

    private static void CheckPlan(Action<object, Envelope> seen)
    {
        StopBody stop = new(
            Evse,
            LocationId.Parse("br-bbb/site"),
            "aracaju",
            "IEC_62196_T2_COMBO",
            "DC",
            60_000,
            Window,
            Time,
            200, Time, Time, 700, 20_000, Price, Time, 60_000, 970,
            [
                new OtherStopBody(
                    Evse, LocationId.Parse("br-bbb/site"), Window, 19_000, Price, -60_000),
            ]);
        EdgeBody edge = new("aracaju", "BR-101", 320_000, 90);
        DriveBody drive = new("salvador", "aracaju", [edge]);
        PlanBody plan = new(
            Time, Time, 150, Price, [drive], [stop], 48_000, 941,
            [new PassedBody("aracaju", Time, Time, 300)]);
        One(
            new PlanReply([plan]),
            $$"""{"plans":[{"departure":{{T}},"arrival":{{T}},"arrivalSocPermille":150"""
            + $$""","price":{{M}},"drives":[{{DriveJson}}]"""
            + $$""","stops":[{{{SiteJson}},{{ConnectorJson}}"""
            + $$""","window":{{W}},"arrival":{{T}},"arrivalSocPermille":200"""
            + $$""","chargeUntil":{{T}},"departure":{{T}}"""
            + $$""","departureSocPermille":700,"energyWh":20000,"price":{{M}}"""
            + $$""","chargeFrom":{{T}},"waitMs":60000,"confidencePermille":970"""
            + ""","others":[{"evse":"br-bbb/dc-1","location":"br-bbb/site","window":"""
            + $$"""{{W}},"energyWh":19000,"price":{{M}},"laterMs":-60000}]}]"""
            + ""","drivenWh":48000,"confidencePermille":941"""
            + $$""","vias":[{"place":"aracaju","arrival":{{T}},"departure":{{T}}"""
            + ""","socPermille":300}]}]}""",
            seen);
    }

    private static void CheckTrips(Action<object, Envelope> seen)
    {
        One(
            new PlanRequest(
                "salvador", "recife", 900, Vehicle, Time, 100, 800, PlanObjective.Cheapest,
                ["br-ccc"],
                [new ViaBody("aracaju", 3_600_000)],
                200,
                ["IEC_62196_T2_COMBO"],
                ["br-bbb"],
                Price,
                Price,
                150,
                -5,
                5,
                1_800_000),
            """{"from":"salvador","to":"recife","startSocPermille":900"""
            + $$""","vehicle":{"id":"car"},"departure":{{T}}"""
            + ""","reserveSocPermille":100,"chargeMaxPermille":800"""
            + ""","objective":"CHEAPEST","avoidCompanies":["br-ccc"]"""
            + ""","via":[{"place":"aracaju","stayMs":3600000}],"arrivalSocPermille":200"""
            + ""","connectors":["IEC_62196_T2_COMBO"],"preferCompanies":["br-bbb"]"""
            + $$""","priceMax":{{M}},"pricePerKwhMax":{{M}},"payloadKg":150,"temperatureC":-5"""
            + ""","plansMax":5,"waitMaxMs":1800000}""",
            seen);
        CheckPlan(seen);
        CheckReserve(seen);
        One(
            new Reply(Id, false, ReplyCode.NotFound, 500, "gone", Vehicle),
            $$"""{"re":"{{Id}}","ok":false,"code":"NOT_FOUND","retryAfterMs":500"""
            + ""","why":"gone","body":{"id":"car"}}""",
            seen);
    }

    private static void One<T>(T body, string golden, Action<object, Envelope> seen)
        where T : class, IDeviceBody<T>
    {
        byte[] payload = Envelope.Encode(Id, Time, 1, 2, body);
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        Assert.Equal(golden, envelope.Body.GetRawText());
        Assert.True(envelope.TryRead(out T? again, out why), why);
        Assert.Equal(payload, Envelope.Encode(Id, Time, 1, 2, again));
        seen(body, envelope);
    }
}
