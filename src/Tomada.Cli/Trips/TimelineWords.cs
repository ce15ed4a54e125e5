using System.Globalization;
using System.Text.Json.Nodes;
using Tomada.Audit;
using Tomada.Node;

namespace Tomada.Cli.Trips;

/// <summary>What devices said and the company did, as sentences in two languages.</summary>
internal static class TimelineWords
{
    public static string Say(TimelineEvent each, Language language)
    {
        bool isEnglish = language == Language.English;
        string[] path = (each.Topic ?? "").Split('/');
        return path switch
        {
            ["request", "reserve"] => isEnglish
                ? $"asked for {Count(each.Body, "legs")} stops, all or none."
                : $"pediu {Count(each.Body, "legs")} paradas, todas ou nenhuma.",
            ["request", "receipt"] => isEnglish
                ? "asked for its receipt." : "pediu o seu recibo.",
            ["session", ..] => Session(each.Body, isEnglish),
            ["evse", var name, "state"] => isEnglish
                ? $"said that {name} is {Text(each.Body, "status")}, "
                    + $"{Text(each.Body, "phase")}{Error(each.Body)}."
                : $"disse que {name} está {Text(each.Body, "status")}, "
                    + $"{Text(each.Body, "phase")}{Error(each.Body)}.",
            ["node", "reservation", ..] => isEnglish
                ? "its company kept the secrets of its legs, before it asked the ledger."
                : "a sua empresa guardou os segredos dos trechos, antes de pedir ao livro.",
            ["node", "trip", ..] => isEnglish
                ? "its company noted which trip came of the request."
                : "a sua empresa anotou que viagem resultou do pedido.",
            ["node", "reply", ..] => isEnglish
                ? "its company kept the answer to the request."
                : "a sua empresa guardou a resposta ao pedido.",
            _ => each.Topic ?? "",
        };
    }

    public static string End(TimelineAnswer answer, Language language)
    {
        string reason = answer.Reason is { } why ? $" ({why})" : "";
        (string cut, string cortado) = answer.Truncated
            ? ("; some were left out", "; alguns ficaram de fora")
            : ("", "");
        return language == Language.English
            ? $"{answer.Events.Length} events at {answer.Company}; the trip of {answer.Home} is "
                + $"{answer.State}{reason}{cut}."
            : $"{answer.Events.Length} eventos em {answer.Company}; a viagem de {answer.Home} está "
                + $"{answer.State}{reason}{cortado}.";
    }

    private static string Session(JsonNode? body, bool isEnglish)
    {
        string wh = Text(body, "meterWh");
        string offline = body?["offline"]?.GetValue<bool>() == true
            ? isEnglish ? " while it was offline" : " sem conexão"
            : "";
        return (Text(body, "event"), isEnglish) switch
        {
            ("STARTED", true) => $"started the session at {wh} Wh{offline}, signed.",
            ("STARTED", false) => $"iniciou a sessão com {wh} Wh{offline}, assinado.",
            ("ENDED", true) =>
                $"ended the session at {wh} Wh{offline} ({Text(body, "reason")}), signed.",
            ("ENDED", false) =>
                $"terminou a sessão com {wh} Wh{offline} ({Text(body, "reason")}), assinado.",
            (_, true) => $"read its meter at {wh} Wh{offline}, signed.",
            (_, false) => $"leu o medidor com {wh} Wh{offline}, assinado.",
        };
    }

    private static string Error(JsonNode? body) =>
        body?["error"] is { } error ? $" ({error})" : "";

    private static int Count(JsonNode? body, string name) => body?[name]?.AsArray().Count ?? 0;

    private static string Text(JsonNode? body, string name) => body?[name] is { } value
        ? Convert.ToString(value.ToString(), CultureInfo.InvariantCulture)
        : "?";
}
