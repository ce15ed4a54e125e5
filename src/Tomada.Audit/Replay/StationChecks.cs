using Tomada.Ledger;
using Tomada.Primitives;

namespace Tomada.Audit;

/// <summary>
/// Checks stations' signatures ahead of the execution, by the keys that the log before them names.
/// It only guesses what the execution will ask: whatever it guesses wrong is checked there, so no
/// finding depends on it.
/// </summary>
/// <param name="network">The network id.</param>
/// <param name="checkAhead">Checks and remembers.</param>
/// <param name="queue">Takes the checks.</param>
internal sealed class StationChecks(Digest network, VerifySignature checkAhead, CheckQueue queue)
{
    private readonly Dictionary<EvseId, PublicKey> _keys = [];
    private readonly Dictionary<SessionId, EvseId> _sessions = [];

    /// <summary>Sessions that are remembered.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>
    /// Hands in the checks of a block. What the log calls refused is left to the execution: it may
    /// never come to the signature, and what is remembered and not asked for stays in memory.
    /// </summary>
    public void Add(LogBlock block)
    {
        for (int i = 0; block.IsWhole && i < block.Transactions.Length; i++)
        {
            if (block.Transactions[i] is { } transaction
                && block.Entries[i] is TransactionEntry { Outcome.IsApplied: true })
            {
                Take(transaction.Content.Body);
            }
        }
    }

    private void Take(Body body)
    {
        switch (body)
        {
            case PutEvse put:
                _keys[put.Evse] = put.StationKey;
                break;
            case StartSession start:
                if (_sessions.Count < AuditLimits.SessionsAheadMax)
                {
                    _sessions[start.Start.Session] = start.Start.Evse;
                }

                Check(start.Start.Evse, start.Start.SignedMessage, start.StationSignature);
                break;
            case ReportMeter report:
                if (_sessions.TryGetValue(report.Reading.Session, out EvseId metered))
                {
                    Check(metered, report.Reading.SignedMessage, report.StationSignature);
                }

                break;
            case EndSession end:
                if (_sessions.Remove(end.End.Session, out EvseId ended))
                {
                    Check(ended, end.End.SignedMessage, end.StationSignature);
                }

                break;
            default:
                // Nothing that a station signs.
                break;
        }
    }

    private void Check(EvseId evse, Func<Digest, byte[]> message, byte[] signature)
    {
        if (_keys.TryGetValue(evse, out PublicKey key))
        {
            queue.Add(() =>
            {
                checkAhead(key, message(network), signature);
                return null;
            });
        }
    }
}
