using Tomada.DeviceApi;
using Tomada.Node.Broker;

namespace Tomada.Devices.Tests;

public class DeviceLinkTests
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_connection_that_is_lost_while_it_is_made_is_not_taken_for_one()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        Directory.CreateDirectory(world.LinkOf(BrokerWorld.Car).Folder);
        await using DeviceLink link = new(world.LinkOf(BrokerWorld.Car));
        TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource offline = new(TaskCreationOptions.RunContinuationsAsynchronously);
        link.OnConnected = async _ =>
        {
            if (!cut.Task.IsCompleted)
            {
                await link.CutAsync();
                // The library tells of it when it comes to it: here, before the connection is made.
                await link.Lost.WaitAsync(s_watchdog, stop);
                cut.SetResult();
            }
        };
        link.OnOffline = _ => offline.TrySetResult();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task running = link.RunAsync(over.Token);
        await offline.Task.WaitAsync(s_watchdog, stop);

        // Whoever thought that the connection is there would try without end, and never let go.
        Task<Task<Reply>> begun = Task.Factory.StartNew(
            () => link.RequestAsync(RequestOp.History, new HistoryRequest(), stop),
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Task<Reply> asking = await begun.WaitAsync(s_watchdog, stop);
        Assert.False(asking.IsCompleted);

        link.Restore();
        Received asked;
        do
        {
            asked = await world.NextAsync().WaitAsync(s_watchdog, stop);
        }
        while (asked.Topic is not UpTopic.Request);

        Assert.True(world.Broker.TrySend(
            BrokerWorld.Car, new DownTopic.Reply(RequestOp.History), world.Broker.NewId(),
            Reply.Done(asked.Envelope.Id)));
        Assert.True((await asking.WaitAsync(s_watchdog, stop)).Ok);
        await over.CancelAsync();
        await running.WaitAsync(s_watchdog, stop);
    }

    [Fact]
    public async Task While_the_network_is_cut_nothing_is_sent_and_afterwards_everything_is()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using BrokerWorld world = await BrokerWorld.StartAsync();
        Directory.CreateDirectory(world.LinkOf(BrokerWorld.Station).Folder);
        await using DeviceLink link = new(world.LinkOf(BrokerWorld.Station));
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await link.CutAsync();
        Task running = link.RunAsync(over.Token);
        Task<Published> published = link.PublishAsync(
            new UpTopic.State(), new StateBody(true, "test"), stop);
        Assert.False(link.IsConnected);
        Assert.False((await link.PublishAsync(
            new UpTopic.Meter("dc-1"), new MeterBody(1, 0), stop)).Accepted);
        Assert.False(published.IsCompleted);

        link.Restore();
        Assert.True((await published.WaitAsync(s_watchdog, stop)).Accepted);
        await over.CancelAsync();
        await running.WaitAsync(s_watchdog, stop);
    }
}
