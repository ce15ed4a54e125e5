using System.Collections.Immutable;
using Tomada.Primitives;

namespace Tomada.Devices;

/// <summary>
/// What goes wrong at each station of a fleet: by chance from a seed, or as a script says. The
/// same seed gives each station the same troubles, whatever the others do.
/// </summary>
/// <param name="Seed">Of the chances.</param>
/// <param name="Rates">Troubles by chance; default: none.</param>
/// <param name="Script">Troubles at their times; default: none. A station in it has no others.
/// </param>
public sealed record TroublePlan(
    long Seed,
    ImmutableArray<TroubleRate> Rates,
    ImmutableArray<ScriptedTrouble> Script)
{
    public static TroublePlan None { get; } = new(0, [], []);

    /// <summary>The troubles of a station in their order; by chance they never end.</summary>
    public IEnumerable<Trouble> Of(string station)
    {
        ImmutableArray<ScriptedTrouble> own =
            [.. Script.Where(each => each.Station == station).OrderBy(each => each.At)];
        return !own.IsEmpty ? Scripted(own) : Rates.IsEmpty ? [] : Drawn(station);
    }

    private static IEnumerable<Trouble> Scripted(ImmutableArray<ScriptedTrouble> own)
    {
        TimeSpan over = TimeSpan.Zero;
        foreach (ScriptedTrouble each in own)
        {
            TimeSpan after = each.At > over ? each.At - over : TimeSpan.Zero;
            over += after + each.Lasts;
            yield return new Trouble(after, each.Kind, each.Lasts);
        }
    }

#pragma warning disable CA5394 // The draw is repeatable on purpose; nothing secret hangs on it.
    private IEnumerable<Trouble> Drawn(string station)
    {
        Digest drawn = Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{Seed}/{station}"));
        Random random = new(BitConverter.ToInt32(drawn.ToArray()));
        double perHour = Rates.Sum(each => each.PerHour);
        while (true)
        {
            // The time to the next of events that come by chance alone.
            TimeSpan after = TimeSpan.FromHours(-Math.Log(1 - random.NextDouble()) / perHour);
            double pick = random.NextDouble() * perHour;
            TroubleRate rate = Rates[^1];
            foreach (TroubleRate each in Rates)
            {
                pick -= each.PerHour;
                if (pick < 0)
                {
                    rate = each;
                    break;
                }
            }

            yield return new Trouble(after, rate.Kind, rate.Lasts);
        }
    }
#pragma warning restore CA5394
}
