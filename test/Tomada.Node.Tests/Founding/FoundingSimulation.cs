using System.Security.Cryptography;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Replication;

namespace Tomada.Node.Tests.Founding;

/// <summary>
/// Candidates on a network that loses, repeats and reorders, all from one seed. A crash may fall
/// between any two effects of a step; what was not persisted by then is gone.
/// </summary>
internal sealed class FoundingSimulation
{
    private readonly Random _random;
    private readonly FoundingPlan _plan;
    private readonly Candidate[] _candidates;
    private readonly List<(int From, int To, byte[] Bytes)> _flying = [];
    private readonly HashSet<(int, int)> _links = [];
    private long _now = 1_800_000_000_000;

    public FoundingSimulation(int seed, int candidates, int founders)
    {
        _random = new Random(seed);
        _plan = new FoundingPlan("nordeste", founders, Rules.Default, Simulated: true);
        _candidates = [.. Enumerable.Range(0, candidates).Select(i => new Candidate(seed, i))];
        Array.ForEach(_candidates, Start);
    }

    public IEnumerable<FoundingRecord> Records => _candidates.Select(each => each.Disk);

    public IEnumerable<FoundingStatus> Statuses => _candidates.Select(each => each.Machine!.Status);

    /// <summary>The different geneses that any candidate ever held.</summary>
    public Dictionary<Digest, GenesisDraft> Founded { get; } = [];

    public static byte[] Sign(PublicKey key, ReadOnlySpan<byte> message)
    {
        byte[] half = SHA256.HashData([.. key.ToArray(), .. message]);
        return [.. half, .. SHA256.HashData(half)];
    }

    public static bool Verify(
        PublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(Sign(key, message));

    public void Run(int steps, bool faults)
    {
        for (int i = 0; i < steps; i++)
        {
            Step(faults);
        }
    }

    /// <summary>
    /// Connects everybody, ends all faults and runs until nothing is missing or the limit.
    /// </summary>
    public bool RunUntilFounded(int rounds)
    {
        for (int a = 0; a < _candidates.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                Connect(a, b);
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            _now += 100;
            for (int i = 0; i < _candidates.Length; i++)
            {
                Feed(i, new FoundingInput.Tick(new Timestamp(_now)), crashAllowed: false);
            }

            while (_flying.Count > 0)
            {
                Deliver(faults: false);
            }

            int held = Records.Count(record => record.Held is not null);
            if (held >= _plan.Founders
                && Statuses.All(each => each is FoundingStatus.Done or FoundingStatus.MustJoin))
            {
                return true;
            }
        }

        return false;
    }

    private void Step(bool faults)
    {
        int n = _candidates.Length;
        int choice = _random.Next(100);
        if (choice < 8)
        {
            _now += _random.Next(1, 200);
            Feed(_random.Next(n), new FoundingInput.Tick(new Timestamp(_now)), faults);
        }
        else if (choice < 14)
        {
            Connect(_random.Next(n), _random.Next(n));
        }
        else if (choice < 16 && faults)
        {
            Disconnect(_random.Next(n), _random.Next(n));
        }
        else if (choice < 17 && faults)
        {
            Crash(_random.Next(n));
        }
        else if (_flying.Count > 0)
        {
            Deliver(faults);
        }
    }

    private void Connect(int a, int b)
    {
        if (a != b && _links.Add((Math.Min(a, b), Math.Max(a, b))))
        {
            Feed(a, new FoundingInput.CandidateUp(_candidates[b].Member), crashAllowed: false);
            Feed(b, new FoundingInput.CandidateUp(_candidates[a].Member), crashAllowed: false);
        }
    }

    private void Disconnect(int a, int b)
    {
        if (_links.Remove((Math.Min(a, b), Math.Max(a, b))))
        {
            Feed(a, new FoundingInput.CandidateDown(_candidates[b].Member.Member.Company),
                crashAllowed: false);
            Feed(b, new FoundingInput.CandidateDown(_candidates[a].Member.Member.Company),
                crashAllowed: false);
        }
    }

    private void Deliver(bool faults)
    {
        int which = _random.Next(_flying.Count);
        (int from, int to, byte[] bytes) = _flying[which];
        bool again = faults && _random.Next(100) < 20;
        if (!again)
        {
            _flying.RemoveAt(which);
        }

        if (!faults || _random.Next(100) < 80)
        {
            FoundingMessage message = FoundingMessage.Codec.Decode(bytes);
            Feed(to, new FoundingInput.Received(_candidates[from].Member.Member.Company, message),
                faults);
        }
    }

    private void Feed(int index, FoundingInput input, bool crashAllowed)
    {
        Candidate candidate = _candidates[index];
        var effects = candidate.Machine!.Step(input);
        int done = crashAllowed && _random.Next(200) == 0
            ? _random.Next(effects.Length + 1) : effects.Length;
        foreach (FoundingEffect effect in effects.Take(done))
        {
            Do(index, effect);
        }

        if (done < effects.Length)
        {
            Crash(index);
        }
    }

    private void Do(int index, FoundingEffect effect)
    {
        switch (effect)
        {
            case FoundingEffect.Persist persist:
                byte[] bytes = FoundingRecord.Codec.Encode(persist.Record);
                _candidates[index].Disk = FoundingRecord.Codec.Decode(bytes);
                if (persist.Record.Held is { } held)
                {
                    Founded[held.Genesis.NetworkId] = held.Genesis.Draft;
                }

                break;
            case FoundingEffect.Send send:
                int to =
                    Array.FindIndex(_candidates, each => each.Member.Member.Company == send.To);
                _flying.Add((index, to, FoundingMessage.Codec.Encode(send.Message)));
                break;
            case FoundingEffect.Founded founded:
                Assert.Equal(
                    founded.Genesis.NetworkId, _candidates[index].Disk.Held?.Genesis.NetworkId);
                break;
            default:
                Assert.Fail($"{effect}");
                break;
        }
    }

    private void Crash(int index)
    {
        for (int other = 0; other < _candidates.Length; other++)
        {
            if (_links.Remove((Math.Min(index, other), Math.Max(index, other))))
            {
                Feed(
                    other,
                    new FoundingInput.CandidateDown(_candidates[index].Member.Member.Company),
                    crashAllowed: false);
            }
        }

        Start(_candidates[index]);
    }

    private void Start(Candidate candidate) => candidate.Machine = new FoundingMachine(
        _plan,
        candidate.Member,
        message => Sign(candidate.Member.Member.IdentityKey, message),
        Verify,
        candidate.Disk,
        new Timestamp(_now));

    private sealed class Candidate
    {
        public Candidate(int seed, int index)
        {
            PublicKey identity = new(Digest.Tagged(
                "identity", BitConverter.GetBytes(seed), BitConverter.GetBytes(index)));
            PublicKey voting = new(
                Digest.Tagged("voting", BitConverter.GetBytes(seed), BitConverter.GetBytes(index)));
            MemberRecord member = new(
                CompanyId.Parse(
                    $"br-{index:000}"), $"Company {index}", identity, voting, Digest.Of([1]));
            Member = new SignedMember(member, Sign(identity, member.SignedMessage()));
        }

        public SignedMember Member { get; }

        public FoundingRecord Disk { get; set; } = FoundingRecord.Empty;

        public FoundingMachine? Machine { get; set; }
    }
}
