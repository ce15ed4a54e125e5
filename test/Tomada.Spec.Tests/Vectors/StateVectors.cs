using System.Text.Json.Nodes;
using Tomada.Ledger;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Spec.Tests;

/// <summary>A row of every table of the state tree, the tree over them, and proofs.</summary>
internal sealed class StateVectors
{
    private readonly List<JsonObject> _rows = [];
    private readonly List<StateChange> _leaves = [];

    private StateVectors()
    {
    }

    public IEnumerable<string> TableNames => _rows.Select(each => (string)each["table"]!);

    public static VectorFile File(Chain chain)
    {
        VectorFile file = new("state", "Rows of the state, its root, and proofs.");
        StateVectors all = OfEveryTable();
        file.Add("a row of every table", "state", all.Tree());
        StateVectors first = OfState(chain.First.After);
        file.Add("the state after block 1", "state", first.Tree());
        Invariant.Require(
            first.Root == chain.First.Seal.StateRoot, "the state root is that of the seal");
        foreach (JsonObject row in all._rows)
        {
            file.Add($"row of {row["table"]}", "row", row);
        }

        AddRecords(file);
        StateTree tree = StateTree.Empty.Apply(all._leaves);
        AddProof(file, "proof of a row", tree, Tables.Trips.PathOf(Sample.Trip), tree.Root);
        AddProof(
            file,
            "proof of absence",
            tree,
            Tables.Trips.PathOf(new TripId(Sample.Text("no trip"))),
            tree.Root);
        LocationId there = chain.First.After.Locations.Keys.First();
        AddAnswer(file, "answer about a row", chain, there);
        AddAnswer(
            file, "answer about no row", chain, new LocationId(there.Company, "nowhere"));
        return file;
    }

    private static void AddAnswer(VectorFile file, string name, Chain chain, LocationId location)
    {
        LedgerState state = chain.First.After;
        StateAnswer answer = new(
            chain.First.Block.Entries[^1],
            Tables.Locations.PathOf(location),
            state.Locations.TryGetValue(location, out PutLocation? row)
                ? Tables.Locations.Value.Encode(row)
                : null,
            state.Prove(Tables.Locations, location));
        Invariant.Require(answer.Verify(chain.First.Digest, out _), "an answer verifies");
        file.Record($"{name} as a record", "StateAnswer", answer);
        file.Record($"{name} with its place in the log", "StateReceipt", Place(chain, answer));
        file.Add(name, "stateAnswer", new JsonObject
        {
            ["hex"] = VectorFile.Hex(StateAnswer.Codec.Encode(answer)),
            ["block"] = chain.First.Digest.ToString(),
            ["table"] = Tables.Locations.Name,
            ["key"] = VectorFile.Hex(LocationId.Codec.Encode(location)),
            ["present"] = answer.Value is not null,
        });
    }

    /// <summary>The seal under a head of block 1 that a quorum cosigned.</summary>
    private static StateReceipt Place(Chain chain, StateAnswer answer)
    {
        Digest[] leaves = [.. chain.First.Block.Entries.Select(each => MerkleTree.LeafHash(each))];
        Checkpoint head = new(
            Checkpoint.OriginOf(Sample.Network), leaves.Length, MerkleTree.Root(leaves));
        (NoteKey Key, Signer By)[] signers =
        [
            (NoteKey.OfLog(head.Origin, Signer.Identity(Sample.A).Public),
                Signer.Identity(Sample.A)),
            .. new[] { Sample.A, Sample.B }.Select(each => (
                NoteKey.OfCompany(head.Origin, each, Signer.Identity(each).Public),
                Signer.Identity(each))),
        ];
        SignedNote note = new(
            head.ToText(),
            [.. signers.Select(each => each.Key.Sign(head.ToText(), 1_790_000_000, each.By.Sign))]);
        StateReceipt receipt = new(answer, new TlogProof(
            leaves.Length - 1,
            MerkleTree.Inclusion(leaves.Length - 1, leaves.Length, MerkleTree.NodesOf(leaves)),
            note).Encode());
        TlogPolicy policy = TlogPolicy.OfCompanies(
            head.Origin,
            [
                .. new[] { Sample.A, Sample.B, Sample.C }.Select(each =>
                    KeyValuePair.Create(each, Signer.Identity(each).Public)),
            ],
            quorum: 2);
        Invariant.Require(
            receipt.Verify(policy, Node.Keys.Ed25519.Verify, out _, out _, out _),
            "a receipt of the state verifies");
        return receipt;
    }

    private static void AddRecords(VectorFile file)
    {
        file.Record("party", "Party", Records.Party);
        file.Record("member proposal", "MemberProposal", Records.Proposal);
        file.Record("concluded change", "ConcludedChange", Records.Concluded);
        file.Record("lane", "Lane", Lane.Unused.Use(1).Use(3));
        file.Record("lane id", "LaneId", new LaneId(Sample.A, 0));
        file.Record("guilt id", "GuiltId", Records.Guilty);
        file.Record("guilt", "Guilt", Records.Guilt);
        file.Record("guilt of two heads", "HeadGuilt", Records.HeadGuilt);
        file.Record("evse", "Evse", new Evse(
            Bodies.Evse, Availability.Available, Sample.Start.Plus(TimeSpan.FromDays(20))));
        file.Record("trip", "Trip", Records.Trip);
        file.Record("booking", "Booking", new Booking(Sample.Window, Sample.Leg));
        file.Record("session", "Session", Records.Session);
        file.Record("settled cdr", "Cdr", Records.SettledCdr);
        file.Record("hold", "Hold", new Hold(Sample.Leg, Sample.A, Sample.Request.PriceCap));
        file.Record("account id", "AccountId", Records.Owed);
        file.Record("account", "Account", new Account(4_730, 0));
        file.Record("period", "Period", Records.Period);
        file.Record(
            "deadline subject",
            "DeadlineSubject",
            new DeadlineSubject(DeadlineKind.CdrSilence, Sample.Session.ToString()));
        file.Record("part of a snapshot", "StatePart", SnapshotPart);
    }

    public static StateVectors OfEveryTable()
    {
        StateVectors rows = new();
        rows.Add(Tables.Members, Sample.A, Sample.Founders[0].Member);
        rows.Add(Tables.Rules, Tables.OnlyRow, Rules.Default);
        rows.Add(Tables.RulesVotes, Sample.A, Sample.FasterRules);
        rows.Add(Tables.Clock, Tables.OnlyRow, Sample.Clock);
        rows.Add(Tables.Parties, Sample.C, Records.Party);
        rows.Add(Tables.Proposals, Bodies.Change.Id, Records.Proposal);
        rows.Add(Tables.MemberHistory, 7, Records.Concluded);
        rows.Add(Tables.Lanes, new LaneId(Sample.A, 0), Lane.Unused.Use(1).Use(3));
        rows.Add(Tables.Guilts, Records.Guilty, Records.Guilt);
        rows.Add(Tables.HeadGuilts, GuiltId.Of(Records.Heads), Records.HeadGuilt);
        rows.Add(Tables.Locations, Bodies.Location.Location, Bodies.Location);
        rows.Add(Tables.Evses, Sample.Evse, new Evse(
            Bodies.Evse, Availability.Available, Sample.Start.Plus(TimeSpan.FromDays(20))));
        rows.Add(Tables.TariffHashes, Bodies.Tariff.Id, Sample.Tariff.Hash());
        rows.Add(Tables.Tariffs, Sample.Tariff.Hash(), Sample.Tariff);
        rows.Add(Tables.OcpiTariffs, Sample.OcpiTariff.Hash(), Sample.OcpiTariff);
        rows.Add(Tables.Trips, Sample.Trip, Records.Trip);
        rows.Add(Tables.Calendar, Sample.Evse, [new Booking(Sample.Window, Sample.Leg)]);
        rows.Add(Tables.BrokenLegs, Sample.Leg, Records.Broken);
        rows.Add(Tables.Sessions, Sample.Session, Records.Session);
        rows.Add(Tables.Cdrs, Sample.Session, Records.SettledCdr);
        rows.Add(Tables.Readings, Sample.Session, Records.Readings);
        rows.Add(Tables.CdrPrices, Sample.Session, Records.Price);
        rows.Add(
            Tables.Holds,
            Sample.Leg,
            new Hold(Sample.Leg, Sample.A, Sample.Request.PriceCap));
        rows.Add(Tables.Accounts, Records.Owed, new Account(4_730, 0));
        rows.Add(Tables.Periods, 1, Records.Period);
        rows.Add(
            Tables.DeadlineTimes,
            new DeadlineSubject(DeadlineKind.TripDecision, Sample.Trip.ToString()),
            Sample.Start.Plus(TimeSpan.FromSeconds(30)));
        return rows;
    }

    /// <summary>A part of a snapshot with one row in each of two tables.</summary>
    public static StatePart SnapshotPart { get; } = new(
    [
        Section(Tables.Members, Sample.A, Sample.Founders[0].Member),
        Section(
            Tables.Holds, Sample.Leg, new Hold(Sample.Leg, Sample.A, Sample.Request.PriceCap)),
    ]);

    private static StateSection Section<TKey, TValue>(
        Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : notnull =>
        new(table.Name, [new StateRow(table.Key.Encode(key), table.Value.Encode(value))]);

    private Digest Root => StateTree.Empty.Apply(_leaves).Root;

    private static StateVectors OfState(LedgerState state)
    {
        StateVectors rows = new();
        rows.AddAll(state, Tables.Members);
        rows.AddAll(state, Tables.Rules);
        rows.AddAll(state, Tables.Clock);
        rows.AddAll(state, Tables.Lanes);
        rows.AddAll(state, Tables.Locations);
        rows.AddAll(state, Tables.TariffHashes);
        rows.AddAll(state, Tables.Tariffs);
        rows.AddAll(state, Tables.Periods);
        return rows;
    }

    private JsonObject Tree() => new()
    {
        ["rows"] = new JsonArray([.. _rows.Select(each => each.DeepClone())]),
        ["root"] = Root.ToString(),
    };

    private void AddAll<TKey, TValue>(LedgerState state, Table<TKey, TValue> table)
        where TKey : notnull
    {
        foreach ((TKey key, TValue value) in state.Of(table))
        {
            Add(table, key, value);
        }
    }

    private void Add<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : notnull
    {
        byte[] bytes = table.Value.Encode(value);
        Digest path = table.PathOf(key);
        _leaves.Add(new StateChange(path, Digest.Of(bytes)));
        _rows.Add(new JsonObject
        {
            ["table"] = table.Name,
            ["key"] = VectorFile.Hex(table.Key.Encode(key)),
            ["value"] = VectorFile.Hex(bytes),
            ["path"] = path.ToString(),
            ["valueHash"] = Digest.Of(bytes).ToString(),
        });
    }

    private static void AddProof(
        VectorFile file, string name, StateTree tree, Digest path, Digest root)
    {
        StateProof proof = tree.Prove(path);
        file.Record($"{name} as a record", "StateProof", proof);
        file.Add(name, "stateProof", new JsonObject
        {
            ["hex"] = VectorFile.Hex(StateProof.Codec.Encode(proof)),
            ["path"] = path.ToString(),
            ["valueHash"] = tree.Find(path)?.ToString(),
            ["root"] = root.ToString(),
        });
    }
}
