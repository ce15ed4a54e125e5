using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Tomada.Ledger.Tests.Transactions;

public class DispatchTests
{
    public static TheoryData<Type> Kinds => [.. Body.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_a_rule(Type kind)
    {
        Body body = (Body)RuntimeHelpers.GetUninitializedObject(kind);
        Working state = new(LedgerWorld.Empty().State, LedgerWorld.Start);
        TransactionContext context = new(default, LedgerWorld.A, LedgerWorld.Verify);
        Exception? thrown = Record.Exception(() => Dispatch.Apply(state, context, body));

        // An empty body may break a rule; it may not fall through the switch.
        Assert.IsNotType<UnreachableException>(thrown);
    }

    [Fact]
    public void Every_record_of_the_union_is_declared() => Assert.Equal(
        typeof(Body).Assembly.GetTypes().Where(type => type.BaseType == typeof(Body))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
        Body.Kinds.OrderBy(type => type.Name, StringComparer.Ordinal));

    [Fact]
    public void Every_effect_is_declared() => Assert.Equal(
        typeof(Effect).Assembly.GetTypes().Where(type => type.BaseType == typeof(Effect))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
        Effect.Kinds.OrderBy(type => type.Name, StringComparer.Ordinal));
}
