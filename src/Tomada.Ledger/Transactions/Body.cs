using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// The content of a transaction. Numbers are never reused; later kinds are added.
/// </summary>
public abstract record Body
{
    // 1-19 membership, 20-39 stations, 40-59 trips, 60-79 charging, 80-99 clearing.
    private static readonly UnionCodec<Body> s_codec = new UnionCodec<Body>()
        .Case(1, ProposeMember.Codec)
        .Case(2, VoteMember.Codec)
        .Case(3, RotateKey.Codec)
        .Case(4, SetRules.Codec)
        .Case(5, Leave.Codec)
        .Case(6, Ready.Codec)
        .Case(7, ReportEquivocation.Codec)
        .Case(8, ReportTwoHeads.Codec)
        .Case(20, PutLocation.Codec)
        .Case(21, PutEvse.Codec)
        .Case(22, PutTariff.Codec)
        .Case(24, SetEvseAvailability.Codec)
        .Case(25, PutOcpiTariff.Codec)
        .Case(40, ProposeTrip.Codec)
        .Case(41, AnswerLeg.Codec)
        .Case(44, BreakLeg.Codec)
        .Case(60, StartSession.Codec)
        .Case(61, ReportMeter.Codec)
        .Case(62, EndSession.Codec)
        .Case(81, AcknowledgeCdr.Codec)
        .Case(82, AcceptCdr.Codec)
        .Case(87, ClosePeriod.Codec)
        .Case(89, ReportPayment.Codec)
        .Case(90, ConfirmPayment.Codec);

    private protected Body()
    {
    }

    public static Codec<Body> Codec => s_codec;

    /// <summary>Every kind there is, for tests that each is handled.</summary>
    public static IEnumerable<Type> Kinds => s_codec.Types;

    /// <summary>The kind's name, as in the API: "ProposeTrip".</summary>
    public string Kind => s_codec.CaseOf(this).Name;
}
