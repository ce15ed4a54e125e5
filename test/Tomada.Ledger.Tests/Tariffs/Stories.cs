using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Tomada.Primitives;

namespace Tomada.Ledger.Tests.Tariffs;

/// <summary>
/// Sessions in words: "16:55 keep 15 charge 10 5000 16000 park 2" is kept for 15 minutes from 16:55
/// on, charges 5,000 Wh at 16 A in 10 minutes, and stays for two more.
/// </summary>
internal static class Stories
{
    public static PricedSession Of(string date, string story, string zone)
    {
        string[] words = story.Split(' ');
        LocalDateTime local = LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd'T'HH:mm")
            .Parse($"{date}T{words[0]}").Value;
        Timestamp at = new(DateTimeZoneProviders.Tzdb[zone].AtLeniently(local).ToInstant()
            .ToUnixTimeMilliseconds());
        ImmutableArray<ChargingPeriod>.Builder periods =
            ImmutableArray.CreateBuilder<ChargingPeriod>();
        for (int i = 1; i < words.Length; i++)
        {
            Activity activity = words[i] switch
            {
                "keep" => Activity.Reserved,
                "charge" => Activity.Charging,
                "park" => Activity.Parking,
                _ => throw new FormatException($"'{words[i]}' is no activity"),
            };
            Timestamp until = at.Plus(TimeSpan.FromMinutes(Number(words[++i])!.Value));
            long? energyWh = activity == Activity.Charging ? Number(words[++i]) : 0;
            long? current = i + 1 < words.Length ? Number(words[i + 1]) : null;
            i += current is null ? 0 : 1;
            periods.Add(
                new ChargingPeriod(new TimeWindow(at, until), activity, energyWh!.Value, current));
            at = until;
        }

        bool isExpired = periods.All(each => each.Activity == Activity.Reserved);
        return new PricedSession(periods.ToImmutable(), isExpired, zone);
    }

    private static long? Number(string word) =>
        long.TryParse(word, CultureInfo.InvariantCulture, out long number) ? number : null;
}
