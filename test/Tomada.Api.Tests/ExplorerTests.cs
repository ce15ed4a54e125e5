using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>The page that the node serves, in a real browser where there is one.</summary>
public sealed partial class ExplorerTests(OneCompany company)
{
    [Fact]
    public async Task The_page_is_asked_for_each_time_and_its_parts_are_kept()
    {
        Assert.SkipUnless(
            Directory.Exists(PublicApiHost.ExplorerDirectory), "The explorer is not built.");
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        using HttpResponseMessage page = await company.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(page.Headers.CacheControl!.NoCache);
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using HttpRequestMessage script = new(HttpMethod.Get, Script().Match(html).Groups[1].Value);
        using HttpResponseMessage part = await company.Client.SendAsync(script);
        Assert.Equal(HttpStatusCode.OK, part.StatusCode);
        Assert.Contains(
            "immutable", part.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_sees_new_blocks_opens_a_transaction_and_changes_the_language()
    {
        await using ExplorerBrowser browser = await ExplorerBrowser.OpenAsync();
        IPage page = browser.Page;

        await page.GotoAsync($"{company.Client.Address}#/blocks");
        await page.Locator("a[href='#/blocks/1']").First.WaitForAsync();
        await page.GetByText(
            "live", new PageGetByTextOptions { Exact = true }).First.WaitForAsync();
        TransactionResult added = await company.AddBlockAsync();
        await page.Locator($"a[href='#/blocks/{added.Height}']").First.WaitForAsync();

        await page.GotoAsync($"{company.Client.Address}#/transactions");
        await page.Locator($"a[href='#/transactions/{added.Id}']").First.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "PutLocation" })
            .Or(page.GetByText("PutLocation")).First.WaitForAsync();

        await browser.SpeakPortugueseAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Transações" })
            .First.WaitForAsync();
        Assert.Equal("pt-BR", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Empty(browser.Errors);
    }

    [GeneratedRegex("src=\"(/assets/[^\"]+)\"")]
    private static partial Regex Script();
}
