using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tomada.DeviceApi;
using Tomada.Ledger;
using Tomada.Node.Devices;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Trips;

/// <summary>
/// Everything that this company knows of one trip in one order: what is on the ledger, what its own
/// devices said, and what it did between. The order is that in which this node saw it, which no
/// device's clock can change. It is the company's own; nothing of it is public.
/// </summary>
internal sealed class TripTimeline(DeskLedger ledger, NodeStore store, DeviceStore devices)
{
    private static readonly string[] s_secrets = ["secret", "secrets"];

    /// <summary>The time line; null when the ledger knows no such trip.</summary>
    /// <exception cref="StoreCorruptException">A block on the way is damaged.</exception>
    public TimelineAnswer? Find(TripId id, CancellationToken stop)
    {
        if (store.FindTransaction(new TransactionId(id.Digest)) is not { } place)
        {
            return null;
        }

        List<Placed> all = [];
        bool isCut = AddLedger(all, id, place.Height, stop, out string home, out Outcome? outcome);
        Trip? trip = ledger.State().Trips.GetValueOrDefault(id);
        ImmutableArray<Leg> legs = trip?.Legs ?? [];
        string[] own =
        [
            .. legs.Select(leg => leg.Request.Evse).Where(evse => evse.Company == ledger.Self)
                .Select(evse => evse.Name).Distinct(),
        ];
        (IReadOnlyList<LoggedRow> rows, bool isMore) = devices.ReadTrip(id, own, place.Height);
        AddDevices(all, id, rows);
        ImmutableArray<TimelineEvent> events =
            [.. all.OrderBy(each => each.Key).Select(each => each.Event)];
        return new TimelineAnswer(
            id.ToString(),
            ledger.Self.Value,
            home,
            EnumNames.UpperSnake((trip?.State ?? TripState.Refused).ToString()),
            outcome is { IsApplied: false } ? outcome.Detail ?? outcome.Code.ToString() : null,
            [.. events.Take(DeskLimits.TimelineEventsMax)],
            isCut || isMore || events.Length > DeskLimits.TimelineEventsMax);
    }

    /// <summary>Entries from the proposal on; true when the limit came before the end.</summary>
    private bool AddLedger(
        List<Placed> all,
        TripId id,
        long from,
        CancellationToken stop,
        out string home,
        out Outcome? outcome)
    {
        TripWatch watch = new(id);
        (home, outcome) = ("", null);
        long height = from;
        long last = from + DeskLimits.TimelineBlocksMax;
        while (height < last)
        {
            stop.ThrowIfCancellationRequested();
            IReadOnlyList<StoredBlock> blocks =
                store.ReadBlocks(height, PublicApiLimits.BlocksPerReadMax);
            foreach (BlockView block in blocks.Select(BlockView.Of))
            {
                foreach (EntryView entry in block.Entries)
                {
                    if (watch.StageOf(entry.Entry, entry.Transaction) is { } stage)
                    {
                        all.Add(OfLedger(block, entry, stage));
                    }

                    if (entry.Transaction?.Id.Digest == id.Digest)
                    {
                        home = entry.Transaction.Content.Company.Value;
                        outcome = entry.Outcome;
                    }
                }
            }

            if (blocks.Count == 0)
            {
                return false;
            }

            height = blocks[^1].Height + 1;
        }

        return store.ReadBlock(height) is not null;
    }

    private static Placed OfLedger(BlockView block, EntryView entry, string stage) => new(
        (block.Seal.Height, 0, entry.Index),
        block.Seal.Time,
        new TimelineEvent("LEDGER", block.Seal.Height, block.Seal.Time.ToString())
        {
            Index = entry.Index,
            Stage = stage,
            Entry = Convert.ToBase64String(Entry.Codec.Encode(entry.Entry)),
        });

    private static void AddDevices(List<Placed> all, TripId id, IReadOnlyList<LoggedRow> rows)
    {
        ImmutableArray<Placed> ledger = [.. all];
        Dictionary<string, (EvseStatus, TransactionPhase)> shown = [];
        HashSet<string> ours = [];
        foreach (LoggedRow row in rows)
        {
            LoggedMessage message = row.Message;
            Envelope? said = null;
            bool isDevice = !message.Topic.StartsWith("node/", StringComparison.Ordinal);
            if (isDevice && !Envelope.TryDecode(message.Payload, out said, out _))
            {
                continue;
            }

            if (said is not null && said.TryRead(out EvseStateBody? status, out _)
                && UpTopic.TryParse(message.Topic, out UpTopic? topic)
                && topic is UpTopic.EvseState && !IsNew(shown, ours, id, message.Topic, status))
            {
                continue;
            }

            Timestamp at = row.Moment?.LedgerNow ?? said?.Ts ?? new Timestamp(0);

            // Rows from before the moments were kept: by what their device said of the time.
            long height = row.Moment?.Height
                ?? ledger.LastOrDefault(each => each.At <= at)?.Event.Height ?? 0;
            all.Add(new Placed(
                (height, 1, row.Sequence),
                at,
                new TimelineEvent(isDevice ? "DEVICE" : "COMPANY", height, at.ToString())
                {
                    Device = message.Device,
                    Topic = message.Topic,
                    DeviceTime = said?.Ts.ToString(),
                    Body = said is null ? null : Without(said.Body.ToString()),
                }));
        }
    }

    /// <summary>
    /// An EVSE says its state again and again: only changes count, those of its reservation for
    /// the trip and the one that ends it.
    /// </summary>
    private static bool IsNew(
        Dictionary<string, (EvseStatus, TransactionPhase)> shown,
        HashSet<string> ours,
        TripId id,
        string topic,
        EvseStateBody status)
    {
        bool isOurs = status.Reservation?.Trip == id;
        bool wasOurs = ours.Contains(topic);
        bool isChanged = !shown.TryGetValue(topic, out (EvseStatus, TransactionPhase) last)
            || last != (status.Status, status.Phase);
        shown[topic] = (status.Status, status.Phase);
        _ = isOurs ? ours.Add(topic) : ours.Remove(topic);
        return isChanged ? isOurs || wasOurs : isOurs != wasOurs;
    }

    /// <summary>A body without what opens plugs.</summary>
    private static JsonNode? Without(string json)
    {
        JsonNode? body = JsonNode.Parse(json);
        Remove(body);
        return body;
    }

    private static void Remove(JsonNode? node)
    {
        if (node is JsonObject each)
        {
            foreach (string name in s_secrets)
            {
                each.Remove(name);
            }

            foreach ((_, JsonNode? part) in each)
            {
                Remove(part);
            }
        }
        else if (node is JsonArray all)
        {
            foreach (JsonNode? part in all)
            {
                Remove(part);
            }
        }
    }

    /// <summary>At a height first what its block holds, then what was heard after it.</summary>
    private sealed record Placed((long Height, int Kind, long Order) Key, Timestamp At,
        TimelineEvent Event);
}
