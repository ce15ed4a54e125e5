using System.Net;
using System.Net.Sockets;
using System.Text;
using Tomada.Cli;
using Tomada.Cli.Import.Ocpi;

namespace Tomada.Import.Tests.Ocpi;

/// <summary>Feeds of a server on loopback, and of one that is not there.</summary>
public class OcpiFetchTests
{
    [Fact]
    public async Task A_feed_is_fetched_and_read()
    {
        OcpiFeed feed = await FetchAsync("200 OK", "[{\"id\":\"one\"},{\"id\":\"two\"}]");
        Assert.Equal(2, feed.Records.Count);
    }

    [Theory]
    [InlineData("404 Not Found", "{}", "HTTP 404")]
    [InlineData("200 OK", "<html>", "is not JSON")]
    public async Task What_is_not_a_feed_is_said(string status, string body, string words)
    {
        CommandException refused = await Assert.ThrowsAsync<CommandException>(
            () => FetchAsync(status, body));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using TcpListener held = new(IPAddress.Loopback, 0);
        held.Start();
        string address = $"http://{held.LocalEndpoint}/locations";
        held.Stop();
        CommandException refused = await Assert.ThrowsAsync<CommandException>(
            () => OcpiFeed.ReadAsync(address, TestContext.Current.CancellationToken));
        Assert.Contains(address, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named() => Assert.Contains(
        "nowhere.json",
        (await Assert.ThrowsAsync<CommandException>(() => OcpiFeed.ReadAsync(
            "nowhere.json", TestContext.Current.CancellationToken))).Message,
        StringComparison.Ordinal);

    private static async Task<OcpiFeed> FetchAsync(string status, string body)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = AnswerAsync(listener, status, body, stop);
        OcpiFeed feed = await OcpiFeed.ReadAsync($"http://{listener.LocalEndpoint}/ocpi", stop);
        await answering;
        return feed;
    }

    /// <summary>One connection, one answer.</summary>
    private static async Task AnswerAsync(
        TcpListener listener, string status, string body, CancellationToken stop)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(stop);
        await using NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream, Encoding.ASCII);
        while (await reader.ReadLineAsync(stop) is { Length: > 0 })
        {
        }

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n"
                + $"Connection: close\r\n\r\n{body}"),
            stop);
    }
}
