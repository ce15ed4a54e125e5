using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Spec.Tests;
using Xunit;

namespace Tomada.Audit.Tests.Explain;

public class ExplainTests
{
    public static TheoryData<Language> Languages => [.. Enum.GetValues<Language>()];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_kind_with_every_outcome_is_one_sentence(Language language)
    {
        HashSet<Type> seen = [];
        HashSet<string> sentences = [];
        long number = 0;
        foreach ((CompanyId sender, Body body) in Bodies.All())
        {
            seen.Add(body.GetType());
            SignedTransaction transaction = Sample.Sign(sender, ++number, body);
            foreach (OutcomeCode code in Enum.GetValues<OutcomeCode>())
            {
                Outcome outcome = code == OutcomeCode.Applied
                    ? Outcome.Applied : Outcome.Refused(code, "leg 1: what and where");
                string sentence = Explainer.Explain(
                    new TransactionEntry(transaction.Bytes.ToArray(), outcome, []),
                    transaction,
                    language);
                IsSentence(sentence);
                Assert.Contains(sender.Value, sentence, StringComparison.Ordinal);
                Assert.True(sentences.Add(sentence), sentence);
            }

            Assert.NotNull(Explainer.WordsOf(language).DeedOf(body));
        }

        Assert.Empty(Body.Kinds.Except(seen));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_effect_and_every_refusal_has_words(Language language)
    {
        IWords words = Explainer.WordsOf(language);
        foreach (Effect effect in Records.Effects())
        {
            Assert.NotNull(words.EffectOf(effect));
            IsSentence(Explainer.Explain(new RuleEntry([effect]), null, language));
        }

        Assert.Empty(Effect.Kinds.Except(Records.Effects().Select(each => each.GetType())));
        Assert.All(Enum.GetValues<OutcomeCode>(), code => Assert.NotNull(words.WhyOf(code)));
    }

    [Fact]
    public void A_confirmed_trip_reads_well_in_both_languages()
    {
        SignedTransaction answer = Sample.Sign(Sample.B, 1, new AnswerLeg(Sample.Leg, null));
        TransactionEntry entry = new(
            answer.Bytes.ToArray(), Outcome.Applied, [new TripConfirmed(Sample.Trip)]);
        Assert.Equal(
            $"br-bbb accepted the leg {Sample.Leg}: the trip is confirmed on all its legs.",
            Explainer.Explain(entry, answer, Language.English));
        Assert.Equal(
            $"br-bbb aceitou o trecho {Sample.Leg}: a viagem está confirmada em todos os trechos.",
            Explainer.Explain(entry, answer, Language.Portuguese));
    }

    private static void IsSentence(string sentence)
    {
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
        Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
    }
}
