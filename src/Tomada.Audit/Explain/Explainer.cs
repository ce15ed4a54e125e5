using Tomada.Ledger;

namespace Tomada.Audit;

/// <summary>The words of a language; null where it has none for something new.</summary>
internal interface IWords
{
    /// <summary>A deed and what followed from it.</summary>
    string Applied(string company, Deed deed, string effects);

    /// <summary>A deed that a rule refused.</summary>
    string Refused(string company, Deed deed, string reason, string? detail);

    /// <summary>What the rules did by themselves.</summary>
    string ByRules(string effects);

    /// <summary>The end of a block.</summary>
    string SealOf(Seal seal);

    /// <summary>What a company asked for.</summary>
    Deed? DeedOf(Body body);

    /// <summary>What an entry changed.</summary>
    string? EffectOf(Effect effect);

    /// <summary>Why a rule said no.</summary>
    string? WhyOf(OutcomeCode code);
}

/// <summary>Any entry of the log as one sentence.</summary>
public static class Explainer
{
    private static readonly EnglishWords s_english = new();
    private static readonly PortugueseWords s_portuguese = new();

    /// <summary>The sentence of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="transaction">The transaction in it, decoded; null for a rule's and a
    /// seal.</param>
    /// <param name="language">The language. Reasons in detail are the rules' own, in
    /// English.</param>
    public static string Explain(Entry entry, SignedTransaction? transaction, Language language)
    {
        IWords words = WordsOf(language);
        switch (entry)
        {
            case TransactionEntry each when transaction is not null:
                Body body = transaction.Content.Body;
                string company = transaction.Content.Company.Value;
                Deed deed = words.DeedOf(body) ?? new Deed(body.Kind, body.Kind, string.Empty);
                return each.Outcome.IsApplied
                    ? words.Applied(company, deed, Join(words, each.Effects))
                    : words.Refused(
                        company,
                        deed,
                        words.WhyOf(each.Outcome.Code) ?? each.Outcome.Code.ToString(),
                        each.Outcome.Detail);
            case RuleEntry each:
                return words.ByRules(Join(words, each.Effects));
            case Seal seal:
                return words.SealOf(seal);
            default:
                return entry.GetType().Name;
        }
    }

    internal static IWords WordsOf(Language language) => language switch
    {
        Language.English => s_english,
        Language.Portuguese => s_portuguese,
        _ => throw new System.Diagnostics.UnreachableException(language.ToString()),
    };

    private static string Join(IWords words, IEnumerable<Effect> effects) =>
        string.Join("; ", effects.Select(
            each => words.EffectOf(each) ?? each.GetType().Name));
}
