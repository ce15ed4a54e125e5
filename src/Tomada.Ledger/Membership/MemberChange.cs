using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Ledger;

/// <summary>
/// What may happen to the set of members. Equal words are one change, whoever says them: its id is
/// the hash of them. Numbers are never reused.
/// </summary>
public abstract record MemberChange
{
    private const string Tag = "tomada/v1/member-change";

    private static readonly UnionCodec<MemberChange> s_codec = new UnionCodec<MemberChange>()
        .Case(1, Admit.Codec)
        .Case(2, Suspend.Codec)
        .Case(3, Remove.Codec)
        .Case(4, Replace.Codec)
        .Case(5, Depart.Codec)
        .Case(6, Rotate.Codec);

    private MemberChange()
    {
    }

    public static Codec<MemberChange> Codec => s_codec;

    /// <summary>Every kind there is, for tests that each is handled.</summary>
    public static IEnumerable<Type> Kinds => s_codec.Types;

    /// <summary>The change's id: hash of its canonical bytes.</summary>
    public Digest Id => Digest.Tagged(Tag, Codec.Encode(this));

    /// <summary>The kind's name, as in the API: "Admit".</summary>
    public string Kind => s_codec.CaseOf(this).Name;

    /// <summary>Who becomes a member by it; null when nobody does.</summary>
    public SignedMember? Joining => this switch
    {
        Admit admit => admit.Member,
        Replace replace => replace.Successor,
        _ => null,
    };

    /// <summary>Who is no member any more after it; null when everybody stays.</summary>
    public CompanyId? Leaving => this switch
    {
        Suspend suspend => suspend.Company,
        Remove remove => remove.Company,
        Replace replace => replace.Company,
        Depart depart => depart.Company,
        _ => null,
    };

    /// <summary>Whether the company decides it for itself, without anybody's vote.</summary>
    public bool IsOwnWill => this is Depart or Rotate;

    /// <summary>A company joins.</summary>
    /// <param name="Member">Its keys, bound together by its identity.</param>
    public sealed record Admit(SignedMember Member) : MemberChange
    {
        public static new Codec<Admit> Codec { get; } = RecordCodec<Admit>.Part()
            .Field(1, "member", x => x.Member, SignedMember.Codec);
    }

    /// <summary>A member votes no more until it is admitted again.</summary>
    /// <param name="Company">The member.</param>
    /// <param name="Reason">For people; 1 to 200 bytes.</param>
    public sealed record Suspend(CompanyId Company, string Reason) : MemberChange
    {
        public static new Codec<Suspend> Codec { get; } = RecordCodec<Suspend>.Part()
            .Field(1, "company", x => x.Company, CompanyId.Codec)
            .Field(2, "reason", x => x.Reason, Codecs.Text(1, LedgerLimits.TextMax));
    }

    /// <summary>A member is put out.</summary>
    /// <param name="Company">The member.</param>
    /// <param name="Reason">For people; 1 to 200 bytes.</param>
    public sealed record Remove(CompanyId Company, string Reason) : MemberChange
    {
        public static new Codec<Remove> Codec { get; } = RecordCodec<Remove>.Part()
            .Field(1, "company", x => x.Company, CompanyId.Codec)
            .Field(2, "reason", x => x.Reason, Codecs.Text(1, LedgerLimits.TextMax));
    }

    /// <summary>One out, one in; n stays.</summary>
    /// <param name="Company">The member that goes.</param>
    /// <param name="Successor">Who comes in its place.</param>
    /// <param name="Reason">For people; 1 to 200 bytes.</param>
    public sealed record Replace(CompanyId Company, SignedMember Successor, string Reason)
        : MemberChange
    {
        public static new Codec<Replace> Codec { get; } = RecordCodec<Replace>.Part()
            .Field(1, "company", x => x.Company, CompanyId.Codec)
            .Field(2, "successor", x => x.Successor, SignedMember.Codec)
            .Field(3, "reason", x => x.Reason, Codecs.Text(1, LedgerLimits.TextMax));
    }

    /// <summary>A member goes by its own will.</summary>
    public sealed record Depart(CompanyId Company) : MemberChange
    {
        public static new Codec<Depart> Codec { get; } = RecordCodec<Depart>.Part()
            .Field(1, "company", x => x.Company, CompanyId.Codec);
    }

    /// <summary>A member changes one of its keys.</summary>
    public sealed record Rotate(CompanyId Company, KeyChange Key) : MemberChange
    {
        public static new Codec<Rotate> Codec { get; } = RecordCodec<Rotate>.Part()
            .Field(1, "company", x => x.Company, CompanyId.Codec)
            .Field(2, "key", x => x.Key, KeyChange.Codec);
    }
}
