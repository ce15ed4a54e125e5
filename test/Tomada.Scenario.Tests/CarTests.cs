using System.Text;
using Tomada.Ledger;
using Tomada.Scenario.Tests.Outside;

namespace Tomada.Scenario.Tests;

/// <summary>
/// A driver's program on real processes: a whole journey by script, over several starts of the car,
/// and what it says when something goes wrong. Its network's clock is moved, so it has its own.
/// </summary>
public sealed class CarTests : IAsyncLifetime
{
    private const int DriveFactor = 600;

    private readonly OutsideNetwork _network = new() { IsSimulated = true };
    private int _rulesVersion = 1;

    private Company A => _network.A;

    private Company B => _network.B;

    private Company C => _network.C;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact(Timeout = 2 * Waiting.TestMs)]
    public async Task A_script_plans_reserves_drives_charges_and_proves_its_trip()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "scripted", stop);
        ScriptEnded reserved = await car.ScriptAsync([
            "# Three companies on one road",
            "plan salvador recife --via maceio --arrival 20% --payload 150 --temperature 32 "
                + "--prefer br-bbb --price-max 900 --plans 1",
            "expect plans = 1",
            "expect NOT_FOUND plan salvador recife --price-max 1",
            "plan salvador recife --reserve 12%   # the best plan is number 1",
            "expect owners = 3",
            "plans",
            "plans 1",
            "expect FAILED plans 9",
            "expect FAILED drive",
            "reserve 1 --within 20",
            "expect state = CONFIRMED",
            "expect OCCUPIED reserve 1",
            "wait receipts = 1",
            $"receipts trust http://{B.Endpoints!["http"]}",
            $"receipts trust http://{C.Endpoints!["http"]}",
            "receipts verify",
            "history",
            "expect FAILED charge",
        ], stop);
        reserved.Passed();
        string trip = reserved.Results[9]!["body"]!["trip"]!.GetValue<string>();
        Assert.Contains(
            "confirmed on all 3 legs", reserved.Process.Output, StringComparison.Ordinal);

        // Another start of the car: it knows its trip, its secrets and its battery.
        await SetClockAsync(DriveFactor, stop);
        ScriptEnded driven = await car.ScriptAsync([
            "drive next",
            "expect soc < 90",
            "expect FAILED drive next",
            "charge",
            "drive",
            "expect place = recife",
            "wait state = COMPLETED --within 200",
            "expect fulfilled = 3",
            "expect FAILED drive",
        ], stop);
        await SetClockAsync(1, stop);
        driven.Passed();
        JsonNode onLedger = (await B.GetAsync($"/v1/trips/{trip}", stop)).Json;
        Assert.Equal("COMPLETED", onLedger["state"]!.GetValue<string>());

        await ForgedAsync(car, trip, stop);
        await ToldAsync(car, trip, stop);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_driver_whose_stop_was_taken_reserves_what_is_planned_instead_in_one_word()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "second-best", stop);
        ScriptEnded ended = await car.ScriptAsync([
            "expect FAILED take",
            "plan salvador recife --reserve 12%",
            "reserve 1 --within 20",
            "expect instead = no",
            "expect OCCUPIED reserve 1 --within 20",
            "expect instead = yes",
            "take",
            "expect state = CONFIRMED",
            "expect instead = no",
            "history",
        ], stop);
        ended.Passed();
        Assert.Contains("'take' reserves the plan", ended.Process.Output, StringComparison.Ordinal);
        JsonNode first = ended.Results[2]!["body"]!;
        JsonNode instead = ended.Results[4]!["body"]!["replan"]!;
        JsonNode taken = ended.Results[6]!["body"]!;
        Assert.Equal(
            instead["plan"]!["stops"]!.AsArray().Select(each => each!["window"]!.ToJsonString()),
            taken["legs"]!.AsArray().Select(each => each!["window"]!.ToJsonString()));
        Assert.NotEmpty(instead["missed"]!.AsArray());

        // What was held stays: a company that no car here spoke to has both trips confirmed.
        foreach (JsonNode trip in (JsonNode[])[first, taken])
        {
            string id = trip["trip"]!.GetValue<string>();
            await Waiting.UntilAsync(
                $"{C.Id} to have trip {id} confirmed",
                async () => (await C.GetAsync($"/v1/trips/{id}", stop)).Json,
                each => each["state"]?.GetValue<string>() == "CONFIRMED",
                stop);
        }
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_script_ends_at_its_first_wrong_line_and_says_which()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "wrong", stop);
        ScriptEnded unknown = await car.ScriptAsync(["status", "", "plam a b", "status"], stop);
        Assert.Equal(1, unknown.Process.ExitCode);
        Assert.Contains(
            "script.txt: 3: plam a b: USAGE: 'plam' is no command", unknown.Process.Errors,
            StringComparison.Ordinal);
        Assert.Equal(2, unknown.Results.Count);
        Assert.False(unknown.Json!["passed"]!.GetValue<bool>());

        (string Line, string Named)[] wrong =
        [
            ("plan salvador", "to where?"),
            ("plan salvador atlantis", "atlantis"),
            ("plan salvador recife --reserve 120", "'120' is no percentage"),
            ("plan salvador recife --price-max dear", "'dear'; allowed is 0 to 1000000"),
            ("plan salvador recife --avoid brasil", "avoidCompanies: 'brasil'; allowed are"),
            ("reserve 1", "there is no plan"),
            ("reserve --leg a,b", "EVSE,FROM,UNTIL,WH"),
            ("receipt 12", "64"),
            ("expect speed = 9", "'speed' is no fact"),
            ("expect soc ~ 9", "'~' compares nothing"),
            ("expect soc = 12", "soc is '90'"),
            ("wait receipts = 1 --within 0", "receipts is '0'"),
            ("expect OCCUPIED status", "ended with OK, not OCCUPIED"),
            ("receipts verify", "whose signatures count?"),
        ];
        foreach ((string line, string named) in wrong)
        {
            ScriptEnded ended = await car.ScriptAsync([line], stop);
            Assert.True(ended.Process.ExitCode == 1, $"{line}: {ended.Process}");
            Assert.Contains(named, ended.Process.Errors, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_car_without_its_company_reads_receipts_and_says_who_does_not_answer()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "alone", stop);
        string secret = JsonNode.Parse(await File.ReadAllTextAsync(car.Config, stop))!["secret"]!
            .GetValue<string>();
        await File.WriteAllTextAsync(
            car.Config,
            (await File.ReadAllTextAsync(car.Config, stop)).Replace(
                secret, new string('0', 64), StringComparison.Ordinal),
            stop);
        ScriptEnded ended = await car.ScriptAsync(
            ["receipts", "status", "history"], stop, "--patience", "2");
        Assert.Equal(4, ended.Process.ExitCode);
        Assert.Contains("enrol it again", ended.Process.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_car_killed_while_it_reserves_has_the_same_trip_at_its_next_start()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "killed", stop);
        await using (OutsideProcess first = car.Start())
        {
            await DriverCar.HearAsync(first, "Ready", stop);
            await first.WriteAsync("plan salvador recife --reserve 12\n", stop);
            await DriverCar.HearAsync(first, "Plan", stop);
            await first.WriteAsync("reserve --within 20\n", stop);
            await DriverCar.HearAsync(first, "Pending", stop);
            await first.KillAsync();
        }

        ScriptEnded again = await car.ScriptAsync([
            "history",
            "wait state = CONFIRMED",
            "expect FAILED reserve again",
        ], stop);
        again.Passed();
        string history = again.Results[0]!["body"]!.ToJsonString();
        Assert.Single(JsonNode.Parse(history)!["trips"]!.AsArray());
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_car_whose_node_is_killed_comes_back_by_itself()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "patient", stop);
        await using OutsideProcess program = car.Start();
        await DriverCar.HearAsync(program, "Ready", stop);
        await A.KillAsync();
        await DriverCar.HearAsync(program, "Offline", stop);
        await program.WriteAsync("history\n", stop);
        A.Start();
        JsonNode answer = await DriverCar.HearAsync(program, "History", stop);
        Assert.True(answer["ok"]!.GetValue<bool>(), answer.ToJsonString());
        await program.WriteAsync("quit\n", stop);
        Assert.Equal(0, (await program.EndAsync(stop)).ExitCode);
    }

    [Fact(Timeout = Waiting.TestMs)]
    public async Task A_person_at_a_terminal_is_asked_for_what_is_missing()
    {
        Assert.SkipUnless(File.Exists(Terminal), $"{Terminal} is not installed");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await _network.UpAsync();
        DriverCar car = await DriverCar.EnrolAsync(_network, A, "person", stop);
        string program = Path.Combine(AppContext.BaseDirectory, "tomada.dll");
        await using OutsideProcess screen = OutsideProcess.Start(
            Terminal,
            [
                "--quiet", "--flush", "--return",
                "--command", $"dotnet '{program}' car --config '{car.Config}'",
                "/dev/null",
            ],
            ("TERM", "xterm"));
        await SeenAsync(screen, "help", stop);
        (string Typed, string Seen)[] talk =
        [
            ("plam\n", "'plam' is no command"),
            ("plan\nsalvador\nrecife\n", "arrives with"),
            ("plans 1\n", "br-ccc/messias-"),
            ("status\n", "ledger clock"),
            ("receipts verify\n", "whose signatures count?"),
        ];
        foreach ((string typed, string seen) in talk)
        {
            await screen.WriteAsync(typed, stop);
            await SeenAsync(screen, seen, stop);
        }

        Assert.Contains("plan from where?", screen.Output, StringComparison.Ordinal);
        Assert.Contains("to where?", screen.Output, StringComparison.Ordinal);
        await screen.WriteAsync("quit\n", stop);
        await Waiting.UntilAsync("the program to end", () => screen.HasExited, stop);
        Assert.Equal(0, (await screen.EndAsync(stop)).ExitCode);
    }

    /// <summary>Gives a program a terminal; part of every Debian.</summary>
    private const string Terminal = "/usr/bin/script";

    private static Task<string> SeenAsync(
        OutsideProcess screen, string text, CancellationToken stop) => Waiting.UntilAsync(
            $"'{text}' on the screen",
            () => Task.FromResult(screen.Output),
            seen => seen.Contains(text, StringComparison.Ordinal),
            stop);

    /// <summary>A receipt under another trip's name proves nothing.</summary>
    private static async Task ForgedAsync(DriverCar car, string trip, CancellationToken stop)
    {
        string receipts = Path.Combine(car.Folder, "car", "receipts");
        File.Copy(
            Path.Combine(receipts, $"{trip}.tlog-proof"),
            Path.Combine(receipts, $"{new string('a', 64)}.tlog-proof"));
        ScriptEnded ended = await car.ScriptAsync(["receipts verify"], stop);
        Assert.Equal(1, ended.Process.ExitCode);
        Assert.Contains(
            "does not confirm this trip", ended.Process.Errors, StringComparison.Ordinal);
    }

    /// <summary>
    /// Devices, company and ledger on one time line at each company; never a secret, and nothing
    /// of another company's devices.
    /// </summary>
    private async Task ToldAsync(DriverCar car, string trip, CancellationToken stop)
    {
        foreach (Company company in _network.All)
        {
            string file = Path.Combine(car.Folder, $"{company.Id}.json");
            Ended told = await OutsideProcess.RunAsync(
                stop, "trip", "timeline", trip, "--data", company.Data, "--json", file);
            Assert.True(told.ExitCode == 0, told.ToString());
            string json = await File.ReadAllTextAsync(file, stop);
            Assert.DoesNotContain("\"secret", json, StringComparison.OrdinalIgnoreCase);
            JsonNode line = JsonNode.Parse(json)!["timeline"]!;
            Assert.Equal("COMPLETED", line["state"]!.GetValue<string>());
            Assert.False(line["truncated"]!.GetValue<bool>());
            string[] events = [.. line["events"]!.AsArray().Select(Name)];
            Assert.True(InOrder(events, WayAt(company)), string.Join('\n', events));
            Assert.Equal(
                company == A, events.Any(each => each.StartsWith("request/", Ordinal)));
            string own = trip + "-" + (Array.IndexOf([.. _network.All], company) + 1) + "-1";
            Assert.All(
                events.Where(each => each.StartsWith("session/", Ordinal)),
                each => Assert.Equal($"session/{own}", each));
        }

        Ended unknown = await OutsideProcess.RunAsync(
            stop, "trip", "timeline", new string('0', 64), "--data", A.Data);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("is in no block", unknown.Errors, Ordinal);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    /// <summary>A ledger event by its stage, another one by its topic.</summary>
    private static string Name(JsonNode? each) =>
        (each!["stage"] ?? each["topic"])!.GetValue<string>();

    private string[] WayAt(Company company) =>
    [
        .. company == A ? (string[])["request/reserve", "node/reservation/"] : [],
        "reservation", "answer", "evse/", "session/", "session", "session/", "cdr", "acceptance",
    ];

    /// <summary>Whether each of the beginnings is there after the one before.</summary>
    private static bool InOrder(string[] events, string[] beginnings)
    {
        int at = 0;
        foreach (string each in events)
        {
            at += at < beginnings.Length && each.StartsWith(beginnings[at], Ordinal) ? 1 : 0;
        }

        return at == beginnings.Length;
    }

    private async Task SetClockAsync(int factor, CancellationToken stop)
    {
        _rulesVersion++;
        Body rules = new SetRules(
            Rules.Default with { Version = _rulesVersion, ClockFactor = factor });
        string json = Encoding.UTF8.GetString(Body.Codec.EncodeJson(rules));
        await Task.WhenAll(
            new[] { A, B }.Select(each =>
                each.ControlAsync("/control/v1/transactions", json, stop)));
        await Waiting.UntilAsync(
            $"the clock factor {factor}",
            () => Task.WhenAll(_network.All.Select(each => each.StatusAsync(stop))),
            all => all.All(each => each["clockFactor"]!.GetValue<int>() == factor),
            stop);
    }
}
