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

    public static PutOcpiTariff OcpiTariff { get; } =
        new(TariffId.Parse("br-bbb/noite"), Sample.OcpiTariff);

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

    public static LegBreak Break { get; } = new(
        Sample.Leg, Sample.Evse, BreakReason.Faulted,
        Sample.Start.Plus(TimeSpan.FromMinutes(20)));

    public static MemberChange Change { get; } = new MemberChange.Admit(Sample.Newcomer);

    public static IEnumerable<(CompanyId Sender, Body Body)> All()
    {
        SetEvseAvailability offer = new(
            Sample.Evse, Availability.Available, Sample.Start.Plus(TimeSpan.FromDays(20)));
        return
        [
            .. Membership(),
            (Sample.A, new SetRules(Sample.FasterRules)),
            (Sample.A, new ReportEquivocation(Records.Guilt.Evidence)),
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
            (Sample.B, new ReportTwoHeads(
                Records.HeadGuilt.Evidence, Records.HeadGuilt.IdentityKey)),
            (Sample.B, OcpiTariff),
            (Sample.B, new BreakLeg(Break, ByStation(Break.SignedMessage(Sample.Network)))),
            (Sample.B, new BreakLeg(
                Break with { Reason = BreakReason.StationUnreachable }, null)),
        ];
    }

    private static IEnumerable<(CompanyId Sender, Body Body)> Membership()
    {
        MemberChange[] changes =
        [
            Change,
            new MemberChange.Suspend(Sample.C, "under inquiry"),
            new MemberChange.Remove(Sample.C, "silent for a week"),
            new MemberChange.Replace(Sample.C, Sample.Newcomer, "its machine burnt"),
        ];
        foreach (MemberChange each in changes)
        {
            yield return (Sample.A, new ProposeMember(each));
        }

        Signer identity = Signer.Identity(Sample.Newcomer.Member.Company);
        Signer voting = Signer.Voting(Sample.Newcomer.Member.Company);
        yield return (Sample.B, new VoteMember(Change.Id, true));
        yield return (Sample.A, new RotateKey(new KeyChange.IdentityKey(
            identity.Public,
            identity.Sign(KeyChange.SignedMessage(Sample.Network, Sample.A, identity.Public)))));
        yield return (Sample.A, new RotateKey(new KeyChange.VotingKey(
            voting.Public,
            voting.Sign(KeyChange.SignedMessage(Sample.Network, Sample.A, voting.Public)))));
        yield return (Sample.A, new RotateKey(new KeyChange.TlsKey(Sample.Text("new tls"))));
        yield return (Sample.C, new Leave());
        yield return (Sample.B, new Ready(Change.Id, 0, Sample.Network, Sample.Start));
    }

    private static byte[] ByStation(byte[] message) => Signer.Station(Sample.Evse).Sign(message);
}
