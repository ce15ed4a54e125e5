using System.Globalization;
using Tomada.Ledger;

namespace Tomada.Audit;

/// <summary>Brazilian Portuguese.</summary>
internal sealed class PortugueseWords : IWords
{
    public string Applied(string company, Deed deed, string effects) =>
        $"{company} {deed.Did} {deed.Rest}{(effects.Length == 0 ? "" : $": {effects}")}.";

    public string Refused(string company, Deed deed, string reason, string? detail) =>
        $"{company} tentou {deed.Do} {deed.Rest}, o que foi recusado porque {reason}"
            + $"{(detail is null ? "" : $" ({detail})")}.";

    public string ByRules(string effects) =>
        $"Só pelas regras, porque um prazo passou: {effects}.";

    public string SealOf(Seal seal) => string.Create(
        CultureInfo.InvariantCulture,
        $"{seal.Proposer} fez o bloco {seal.Height}, de {seal.Count} entradas, às {seal.Time}.");

    public Deed? DeedOf(Body body) => body switch
    {
        ProposeMember each => new("propôs", "propor", ChangeOf(each.Change)),
        VoteMember { Approves: true } each => new(
            "votou", "votar", $"pela mudança {each.Proposal.ToShortString()} dos membros"),
        VoteMember each => new(
            "retirou", "retirar",
            $"seu voto pela mudança {each.Proposal.ToShortString()} dos membros"),
        RotateKey each => new("trocou", "trocar", $"sua {KeyOf(each.Key)}"),
        Leave => new("pediu", "pedir", "para deixar de ser membro"),
        Ready each => new(
            "disse", "dizer",
            $"que está pronta para a mudança {each.Proposal.ToShortString()} dos membros"),
        SetRules each => new(
            "votou", "votar", $"pela versão {each.Rules.Version} das regras da rede"),
        ReportEquivocation each => new(
            "apresentou", "apresentar",
            $"provas de que {each.Evidence.Guilty} se contradisse na altura "
                + $"{each.Evidence.Height}"),
        ReportTwoHeads each => new(
            "apresentou", "apresentar",
            $"provas de que {each.Evidence.Guilty} coassinou dois registros que se contradizem"),
        PutLocation each => new(
            "publicou", "publicar", $"o local {each.Location}, {each.Name}, em {each.City}"),
        PutEvse each => new(
            "publicou", "publicar",
            $"o EVSE {each.Evse} com {each.Connectors.Length} conectores"),
        PutTariff each => new("publicou", "publicar", $"a tarifa {each.Id}"),
        PutOcpiTariff each => new("publicou", "publicar", $"a tarifa {each.Id}"),
        SetEvseAvailability each => new(
            "declarou", "declarar",
            $"o EVSE {each.Evse} {StateOf(each.Availability)} até {each.ValidUntil}"),
        ProposeTrip each => new(
            "pediu", "pedir",
            $"uma viagem de {each.Legs.Length} paradas: "
                + string.Join(", ", each.Legs.Select(
                    leg => $"{leg.Evse} a partir de {leg.Window.From}"))),
        AnswerLeg { Accepted: true } each => new("aceitou", "aceitar", $"o trecho {each.Leg}"),
        AnswerLeg each => new(
            "recusou", "recusar", $"o trecho {each.Leg}, porque {ReasonOf(each.Refused!.Value)}"),
        BreakLeg { Break: var each } => new(
            "quebrou", "quebrar",
            $"o trecho {each.Leg} em {each.Evse}, porque {ReasonOf(each.Reason)}"),
        StartSession each => new(
            "iniciou", "iniciar",
            $"a sessão {each.Start.Session} em {each.Start.Evse} com o segredo do carro"),
        ReportMeter each => new(
            "informou", "informar",
            $"o medidor da sessão {each.Reading.Session}: {each.Reading.MeterWh} Wh às "
                + $"{each.Reading.At}"),
        EndSession each => new(
            "encerrou", "encerrar", $"a sessão {each.End.Session} com {each.End.MeterWh} Wh"),
        _ => ClearingDeedOf(body),
    };

    private static Deed? ClearingDeedOf(Body body) => body switch
    {
        AcknowledgeCdr each => new("acusou", "acusar", $"o recebimento do CDR de {each.Session}"),
        AcceptCdr each => new("aceitou", "aceitar", $"o CDR de {each.Session}"),
        ClosePeriod each => new("fechou", "fechar", $"o período de acerto {each.Period}"),
        ReportPayment each => new(
            "informou", "informar",
            $"que fez o pagamento {each.Number} do período {each.Period}"),
        ConfirmPayment each => new(
            "confirmou", "confirmar",
            $"que o pagamento {each.Number} do período {each.Period} chegou"),
        _ => null,
    };

    public string? EffectOf(Effect effect) => effect switch
    {
        RulesChanged each => $"a versão {each.Rules.Version} das regras vale daqui em diante",
        MemberProposed => "a mudança está aberta a votos",
        MemberApproved => "um quórum apoia a mudança",
        MembersChanged each => $"os membros mudaram: {ChangeOf(each.Concluded.Change)}",
        MemberChangeWaits => "a mudança espera até que bastantes estejam prontos",
        MemberProposalEnded each => each.End switch
        {
            ProposalEnd.Expired => "a proposta expirou",
            ProposalEnd.Withdrawn => "a proposta foi retirada",
            _ => "a proposta ficou sem efeito",
        },
        EquivocationProven each => $"a culpa de {each.Guilt.Guilty} está provada",
        TripHeld each => $"todos os trechos estão retidos até {each.DecideBy}",
        TripConfirmed => "a viagem está confirmada em todos os trechos",
        TripRefused each =>
            $"a viagem foi recusada no trecho {each.Leg.Number} e todos os trechos estão livres",
        TripExpired => "a viagem expirou e todos os trechos estão livres",
        LegEnded each =>
            $"o trecho {each.Leg.Number} terminou {EndOf(each.End)}",
        LegBroken { Broken: { Penalty.Amount: 0 } each } =>
            $"{each.Owner} não deve nada pelo trecho {each.Leg.Number}",
        LegBroken { Broken: var each } =>
            $"{each.Owner} deve a {each.Home} {each.Penalty} pelo trecho {each.Leg.Number}",
        TripEnded each =>
            $"a viagem terminou {(each.End == TripState.Completed ? "completa" : "em parte")}",
        SessionStarted each => $"a sessão corre em {each.Evse}",
        CdrIssued each =>
            $"pelas regras, {each.Cdr.EnergyWh} Wh custam {each.Cdr.Total}, que {each.Cdr.Home} "
                + $"deve a {each.Cdr.Owner}",
        CdrPriced each =>
            $"as {each.Price.Lines.Length} linhas da tarifa somam {each.Price.BeforeTaxes} antes "
                + $"dos impostos e {each.Price.AfterTaxes} com eles",
        CdrAccepted each => $"o CDR de {each.Session} está aceito",
        Posted each => $"{each.Postings.Length} lançamentos movem o dinheiro",
        PeriodClosed each =>
            $"{each.Period.Positions.Length} posições se compensam em "
                + $"{each.Period.Payments.Length} pagamentos",
        PaymentConfirmed each => $"o pagamento {each.Number} do período {each.Period} está feito",
        PeriodFinal each => $"o período {each.Period} está encerrado",
        _ => null,
    };

    public string? WhyOf(OutcomeCode code) => code switch
    {
        OutcomeCode.Applied => "foi aplicado",
        OutcomeCode.NotAllowed => "a empresa não pode fazê-lo",
        OutcomeCode.NotFound => "o que ele nomeia não existe",
        OutcomeCode.AlreadyExists => "já existe com outro conteúdo",
        OutcomeCode.WrongState => "o que ele nomeia não está num estado que o permita",
        OutcomeCode.OutOfRules => "um valor está fora das regras da rede",
        OutcomeCode.WindowTaken => "a janela está ocupada",
        OutcomeCode.NotAvailable => "o EVSE não está oferecido",
        OutcomeCode.TariffChanged => "a tarifa fixada não é a do EVSE",
        OutcomeCode.LimitExceeded => "um limite não o cobre",
        OutcomeCode.WrongSecret => "o segredo não é o do trecho",
        OutcomeCode.WrongStationSignature => "a estação não o assinou",
        OutcomeCode.NotMonotonic => "um medidor ou relógio andou para trás",
        _ => null,
    };

    private static string ChangeOf(MemberChange change) => change switch
    {
        MemberChange.Admit each => $"admitir {each.Member.Member.Company}",
        MemberChange.Suspend each => $"suspender {each.Company}",
        MemberChange.Remove each => $"excluir {each.Company}",
        MemberChange.Replace each =>
            $"substituir {each.Company} por {each.Successor.Member.Company}",
        MemberChange.Depart each => $"deixar {each.Company} sair",
        MemberChange.Rotate each => $"dar a {each.Company} uma nova {KeyOf(each.Key)}",
        _ => change.Kind,
    };

    private static string KeyOf(KeyChange key) => key switch
    {
        KeyChange.IdentityKey => "chave de identidade",
        KeyChange.VotingKey => "chave de voto",
        _ => "chave TLS",
    };

    private static string StateOf(Availability state) => state switch
    {
        Availability.Available => "disponível",
        Availability.Inoperative => "inoperante",
        _ => "fora de serviço",
    };

    private static string EndOf(LegState end) => end switch
    {
        LegState.Fulfilled => "cumprido",
        LegState.Broken => "quebrado",
        _ => "sem uso",
    };

    private static string ReasonOf(BreakReason reason) => reason switch
    {
        BreakReason.Occupied => "outro carro está lá",
        BreakReason.Faulted => "está com defeito",
        BreakReason.Inoperative => "foi desligado",
        _ => "a estação não responde",
    };

    private static string ReasonOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Occupied => "está ocupado",
        RefusalReason.Faulted => "está com defeito",
        RefusalReason.Inoperative => "está inoperante",
        RefusalReason.StationUnreachable => "a estação não responde",
        _ => "a estação recusou",
    };
}
