using Microsoft.Playwright;
using Tomada.Node;

namespace Tomada.Api.Tests;

/// <summary>One tab of a real browser, and what went wrong in it.</summary>
internal sealed class ExplorerBrowser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _errors = [];

    private ExplorerBrowser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IPage Page { get; }

    /// <summary>What the page complained of.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Skips the test where there is no browser, or no page to look at.</summary>
    public static async Task<ExplorerBrowser> OpenAsync()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed.");
        Assert.SkipUnless(
            Directory.Exists(PublicApiHost.ExplorerDirectory), "The explorer is not built.");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = s_arguments });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions { Locale = "en-US" });
        return new ExplorerBrowser(playwright, browser, page);
    }

    public async Task SpeakPortugueseAsync() => await Page.GetByRole(
        AriaRole.Button, new PageGetByRoleOptions { Name = "PT", Exact = true }).ClickAsync();

    /// <summary>Waits until the page says this.</summary>
    public Task SeesAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    /// <summary>Follows a link to a file, and reads what came and under which name.</summary>
    public async Task<(string Name, byte[] Bytes)> DownloadAsync(string link)
    {
        IDownload download = await Page.RunAndWaitForDownloadAsync(() => Page.GetByRole(
            AriaRole.Link, new PageGetByRoleOptions { Name = link, Exact = true })
            .First.ClickAsync());
        byte[] bytes = await File.ReadAllBytesAsync(
            await download.PathAsync(), TestContext.Current.CancellationToken);
        return (download.SuggestedFilename, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
