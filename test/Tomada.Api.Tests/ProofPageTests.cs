using System.Collections.Immutable;
using System.Net;
using Microsoft.Playwright;
using Tomada.Audit;
using Tomada.Node;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Api.Tests;

/// <summary>
/// What the page shows of proofs, and that the files behind its links are what the offline
/// verifier takes.
/// </summary>
public sealed class ProofPageTests(OneCompany company)
{
    [Fact]
    public async Task A_person_gets_a_receipt_and_the_policy_and_checks_them_without_the_node()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        TransactionResult added = await company.AddBlockAsync();
        await browser.Page.GotoAsync($"{company.Client.Address}#/transactions/{added.Id}");
        await browser.SeesAsync("1 of 1 companies; 1 are needed.");
        (string name, byte[] receipt) = await browser.DownloadAsync("Download the receipt");
        (string policyName, byte[] bytes) = await browser.DownloadAsync("Policy");
        Assert.Equal("policy.txt", policyName);
        await browser.SeesAsync($"tomada audit verify-receipt {name} --policy policy.txt");
        Assert.True(TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out string? why), why);
        Assert.Empty(ReceiptCheck.Run(receipt, policy, out ProvenReceipt? proven).Findings);
        Assert.Equal($"{proven!.Index}.tlog-proof", name);

        await browser.SpeakPortugueseAsync();
        await browser.SeesAsync("Recibo");
        await browser.SeesAsync("1 de 1 empresas; são necessárias 1.");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_receipt_that_is_not_there_yet_is_asked_for_until_it_is()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        TaskCompletionSource cosigned = new();
        await browser.Page.RouteAsync("**/receipt", route => cosigned.Task.IsCompleted
            ? route.ContinueAsync()
            : route.FulfillAsync(new RouteFulfillOptions
            {
                Status = (int)HttpStatusCode.Accepted,
                ContentType = "application/json",
                Headers = new Dictionary<string, string> { ["Retry-After"] = "1" },
                Body = "{\"state\":\"PENDING\"}",
            }));
        TransactionResult added = await company.AddBlockAsync();
        await browser.Page.GotoAsync($"{company.Client.Address}#/transactions/{added.Id}");
        await browser.SeesAsync("no head above it has a quorum of cosignatures yet");
        cosigned.SetResult();
        await browser.SeesAsync("1 of 1 companies; 1 are needed.");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task The_network_page_shows_the_newest_cosigned_head_and_follows_it()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        // One of its own: in the shared one other tests add blocks, and the newest head moves on.
        await using OneCompany alone = new();
        await alone.InitializeAsync();
        await browser.Page.GotoAsync($"{alone.Client.Address}");
        await browser.SeesAsync("Newest cosigned head");
        TransactionResult added = await alone.AddBlockAsync();
        _ = await alone.Client.TextAsync($"/v1/transactions/{added.Id}/receipt?wait=10s");
        Checkpoint head = await NewestAsync(alone);
        await browser.SeesAsync(head.Root.ToString());
        (string name, byte[] note) = await browser.DownloadAsync("Checkpoint");
        (_, byte[] bytes) = await browser.DownloadAsync("Policy");
        Assert.Equal("checkpoint.txt", name);
        Assert.True(TlogPolicy.TryParse(bytes, out TlogPolicy? policy, out string? why), why);
        Assert.Empty(CheckpointCheck.Run(note, policy, out _).Findings);
        foreach (string tile in new[] { "Newest tile of hashes", "Newest tile of entries" })
        {
            Assert.NotEmpty((await browser.DownloadAsync(tile)).Bytes);
        }

        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Where_nobody_is_guilty_the_page_says_what_that_means_in_both_languages()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        await browser.Page.GotoAsync($"{company.Client.Address}#/evidence");
        await browser.SeesAsync("It does not mean that nobody lied");
        await browser.SpeakPortugueseAsync();
        await browser.SeesAsync("Não significa que ninguém mentiu");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_company_that_contradicted_itself_is_marked_and_its_evidence_checks_offline()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        await using OneCompany liar = new();
        await liar.InitializeAsync();
        await browser.Page.GotoAsync($"{liar.Client.Address}#/evidence");
        await browser.SeesAsync("No company is proven to have contradicted itself.");
        await liar.ContradictItselfAsync(height: 2);
        await browser.SeesAsync("endorsed two different values in ballot 0.");
        (string name, byte[] file) = await browser.DownloadAsync("Download the evidence");
        Assert.Equal("evidence-br-abc.2.2.0.json", name);
        await browser.SeesAsync($"tomada audit evidence {name}");
        AuditReport report = EvidenceCheck.Run(
            file, out ImmutableSortedSet<CompanyId> guilty);
        Assert.Empty(report.Findings);
        Assert.Equal([OneCompany.Company], guilty);

        await browser.Page.GotoAsync($"{liar.Client.Address}#/");
        await browser.SeesAsync("proven guilty");
        await browser.Page.GotoAsync($"{liar.Client.Address}#/companies");
        await browser.SpeakPortugueseAsync();
        await browser.Page.GetByText("culpa provada").First.ClickAsync();
        await browser.SeesAsync("endossou dois valores diferentes no escrutínio 0.");
        await browser.SeesAsync("As duas declarações assinadas");
        Assert.Empty(browser.Errors);
    }

    private static async Task<Checkpoint> NewestAsync(OneCompany of)
    {
        string note = await of.Client.TextAsync("/checkpoint");
        string text = note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
        Assert.True(Checkpoint.TryParse(text, out Checkpoint? head, out string? why), why);
        return head;
    }
}
