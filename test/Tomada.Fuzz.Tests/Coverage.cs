using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz;
using SharpFuzz.Common;

namespace Tomada.Fuzz.Tests;

/// <summary>
/// Which branches an execution took. SharpFuzz writes counters into the copies of our assemblies
/// that stand beside this one, before the first of them is loaded; nothing outside this process
/// reads them.
/// </summary>
internal static unsafe class Coverage
{
    private const int MapSize = 65_536;

    private static readonly string[] s_assemblies =
        ["Primitives", "Transparency", "Ledger", "Consensus", "Replication", "DeviceApi"];

    private static byte* s_map;

    /// <summary>The counters of the last execution.</summary>
    private static Span<byte> Map => new(s_map, MapSize);

    /// <summary>Whether the assemblies count branches; a test holds it.</summary>
    public static bool IsCounting => Map.IndexOfAnyExcept((byte)0) >= 0;

    /// <summary>Forgets the last execution.</summary>
    public static void Clear()
    {
        Map.Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what the last execution reached; true if some of it is new.</summary>
    /// <param name="seen">A map of the same size: for each branch the magnitudes seen.</param>
    public static bool AddTo(byte[] seen)
    {
        bool isNew = false;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(Map);
        for (int word = 0; word < words.Length; word++)
        {
            if (words[word] == 0)
            {
                continue;
            }

            for (int i = word * 8; i < (word + 1) * 8; i++)
            {
                // One bit for each magnitude: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, to 127, more.
                int count = s_map[i];
                int bit = count == 0 ? 0
                    : count < 4 ? 1 << (count - 1)
                    : count < 8 ? 8
                    : count < 16 ? 16
                    : count < 32 ? 32
                    : count < 128 ? 64 : 128;
                isNew |= (seen[i] | bit) != seen[i];
                seen[i] |= (byte)bit;
            }
        }

        return isNew;
    }

    public static byte[] NewMap() => new byte[MapSize];

    [ModuleInitializer]
    internal static void Instrument()
    {
        foreach (string name in s_assemblies)
        {
            string path = Path.Combine(AppContext.BaseDirectory, $"Tomada.{name}.dll");
            try
            {
                _ = Fuzzer.Instrument(path, _ => true, Options.Value);
            }
            catch (InstrumentationException)
            {
                // It is instrumented already: the build copies an assembly only when it changed.
            }
        }

        s_map = (byte*)NativeMemory.AllocZeroed(MapSize);
        Trace.SharedMem = s_map;
    }
}
