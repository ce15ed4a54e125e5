namespace Tomada.Simulation.Consensus;

/// <summary>Ways to lie beside being two replicas with one key; a seed turns on any.</summary>
[Flags]
public enum Lies
{
    /// <summary>Twins only.</summary>
    None = 0,

    /// <summary>A leader shows two valid values in one ballot.</summary>
    Equivocation = 1,

    /// <summary>Votes that some never get.</summary>
    Withholding = 2,

    /// <summary>Certificates and justifications with invented signatures.</summary>
    Forgery = 4,

    /// <summary>Votes in ballots far above.</summary>
    FutureBallots = 8,

    /// <summary>Votes in ballots long left.</summary>
    StaleBallots = 16,

    /// <summary>Values of a wrong parent, height, time or creator, and no values at all.</summary>
    InvalidValues = 32,

    /// <summary>What anybody once said, again.</summary>
    Replays = 64,

    /// <summary>A vote for whatever it hears of.</summary>
    UnfoundedVotes = 128,

    /// <summary>All of them.</summary>
    All = 255,
}
