using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tomada.DeviceApi;

namespace Tomada.Devices;

/// <summary>One session in a station's journal, as it stands on disk.</summary>
/// <param name="Messages">Everything that the station signed of it, in the order of txSeq.</param>
/// <param name="SentUpTo">The highest txSeq that the company is known to have; -1 for none.</param>
public sealed record KeptSession(ImmutableArray<SessionBody> Messages, int SentUpTo)
{
    internal SessionBody Last => Messages[^1];

    internal const string FolderName = "sessions";

    /// <summary>Whether the company has all of it, to the end.</summary>
    public bool IsDelivered => SentUpTo == Messages.Length - 1
        && Last.Event == SessionEvent.Ended;

    /// <summary>Every session of a station, whether it runs or not.</summary>
    /// <param name="folder">The station's.</param>
    public static IEnumerable<KeptSession> ReadAll(string folder) =>
        Files(folder).Select(Read).Where(each => !each.Messages.IsEmpty);

    internal static IEnumerable<string> Files(string folder)
    {
        string sessions = Path.Combine(folder, FolderName);
        return Directory.Exists(sessions)
            ? Directory.EnumerateFiles(sessions, "*.jsonl").Order(StringComparer.Ordinal)
            : [];
    }

    internal static KeptSession Read(string path)
    {
        ImmutableArray<SessionBody>.Builder messages = ImmutableArray.CreateBuilder<SessionBody>();
        int sentUpTo = -1;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader lines = new(file);
        while (lines.ReadLine() is { } line)
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int sent))
            {
                sentUpTo = Math.Max(sentUpTo, sent);
            }
            else if (TryParse(line) is { } message && message.TxSeq == messages.Count)
            {
                messages.Add(message);
            }
        }

        return new KeptSession(messages.ToImmutable(), sentUpTo);
    }

    /// <summary>Null for a line that a power cut left unfinished.</summary>
    private static SessionBody? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SessionBody.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
