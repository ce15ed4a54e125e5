using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Spec.Tests;

/// <summary>One transaction content of each kind, and who sends it.</summary>
internal static class Bodies
{
    public static PutLocation Location { get; } = new(
        LocationId.Parse("br-bbb/posto-1"),
        "Posto São Cristóvão",
        "BR-101 km 92",
        "São Cristóvão",
        -11_014_000,
        -37_206_000,
        "America/Maceio");

    public static PutTariff Tariff { get; } =
        new(TariffId.Parse("br-bbb/dia"), Sample.Tariff);

    public static PutEvse Evse { get; } = new(
        Sample.Evse,
        Location.Location,
        Signer.Station(Sample.Evse).Public,
        [
            new Connector(1, ConnectorStandard.Iec62196T2Combo, PowerType.Dc, 150_000),
            new Connector(2, ConnectorStandard.Iec62196T2, PowerType.Ac3Phase, 22_000),
        ],
        Tariff.Id);

    public static IEnumerable<(CompanyId Sender, Body Body)> All()
    {
        SetEvseAvailability offer = new(
            Sample.Evse, Availability.Available, Sample.Start.Plus(TimeSpan.FromDays(20)));
        return
        [
            (Sample.A, new SetRules(Sample.FasterRules)),
            (Sample.B, Location),
            (Sample.B, Evse),
            (Sample.B, Tariff),
            (Sample.B, offer),
            (Sample.A, Sample.Proposal),
            (Sample.B, new AnswerLeg(Sample.Leg, null)),
            (Sample.B, new AnswerLeg(Sample.Leg, RefusalReason.Occupied)),
            (Sample.B, new StartSession(
                Sample.SessionStart, ByStation(Sample.SessionStart.SignedMessage(Sample.Network)))),
            (Sample.B, new ReportMeter(
                Sample.Meter, ByStation(Sample.Meter.SignedMessage(Sample.Network)))),
            (Sample.B, new EndSession(
                Sample.SessionEnd, ByStation(Sample.SessionEnd.SignedMessage(Sample.Network)))),
            (Sample.A, new AcknowledgeCdr(Sample.Session)),
            (Sample.A, new AcceptCdr(Sample.Session)),
            (Sample.C, new ClosePeriod(1)),
            (Sample.A, new ReportPayment(1, 1, Sample.Text("pix reference"))),
            (Sample.B, new ConfirmPayment(1, 1, Sample.Text("pix reference"))),
        ];
    }

    private static byte[] ByStation(byte[] message) => Signer.Station(Sample.Evse).Sign(message);
}
