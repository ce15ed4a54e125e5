namespace Tomada.Fuzz.Tests;

/// <summary>Numbers that a seed repeats (splitmix64).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>0 up to the bound, which is 1 or more, without it.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    private ulong Next() => unchecked(Mix(_state += 0x9E3779B97F4A7C15));

    private static ulong Mix(ulong value) => unchecked(Shift(
        Shift((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9, 27) * 0x94D049BB133111EB, 31));

    private static ulong Shift(ulong value, int bits) => value ^ (value >> bits);
}
