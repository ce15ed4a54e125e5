namespace Tomada.Replication;

/// <summary>Every bound of outlooks, and what happens at it.</summary>
public static class OutlookLimits
{
    /// <summary>
    /// Slots that an outlook tells of, with the default grid a day; later ones are known by the
    /// calendar alone.
    /// </summary>
    public const int SlotsMax = 288;

    /// <summary>Bytes of the slots of one EVSE.</summary>
    public const int TakenBytesMax = SlotsMax / 8;

    /// <summary>EVSEs in one word; an owner of more says several.</summary>
    public const int EvsesPerWordMax = 256;

    /// <summary>Bytes of a word's content; a larger one is refused.</summary>
    public const int ContentBytesMax = 64 * 1024;

    /// <summary>EVSEs that one question may name; who needs more asks again.</summary>
    public const int AskedMax = 64;

    /// <summary>Longest time that a word is good for, in milliseconds of wall time.</summary>
    public const int ValidMsMax = 600_000;

    /// <summary>
    /// Questions and words of one peer in a second; further ones are dropped.
    /// </summary>
    public const int MessagesPerSecondMax = 64;
}
