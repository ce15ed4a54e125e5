namespace Tomada.Audit;

/// <summary>The language of a sentence.</summary>
public enum Language
{
    /// <summary>English.</summary>
    English,

    /// <summary>Brazilian Portuguese.</summary>
    Portuguese,
}

/// <summary>What a company did, in the words of one language.</summary>
/// <param name="Did">Third person, past: "closed".</param>
/// <param name="Do">Infinitive, without "to": "close".</param>
/// <param name="Rest">What follows both.</param>
internal sealed record Deed(string Did, string Do, string Rest);
