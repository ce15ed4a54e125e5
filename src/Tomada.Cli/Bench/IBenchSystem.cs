namespace Tomada.Cli.Bench;

/// <summary>A replicated system of real processes on this machine, under measurement.</summary>
internal interface IBenchSystem : IAsyncDisposable
{
    /// <summary>Name and version, as the table shows it.</summary>
    string Name { get; }

    /// <summary>How many processes there are; submitters name one by its place from 0.</summary>
    int Nodes { get; }

    /// <summary>The process of a node.</summary>
    int ProcessId(int node);

    /// <summary>Starts every process and returns when submissions are answered.</summary>
    Task StartAsync(CancellationToken stop);

    /// <summary>Which node leads now.</summary>
    Task<int> LeaderAsync(CancellationToken stop);

    /// <summary>
    /// How many blocks, or rounds, there are; null where nothing is batched visibly.
    /// </summary>
    Task<long?> HeightAsync(int node, CancellationToken stop);

    /// <summary>Connects a submitter to a node.</summary>
    /// <param name="node">Its place, from 0.</param>
    /// <param name="slot">What it writes to; two of one slot overwrite each other.</param>
    /// <param name="stop">Stops connecting.</param>
    Task<ISubmitter> ConnectAsync(int node, int slot, CancellationToken stop);

    /// <summary>SIGKILL.</summary>
    Task KillAsync(int node);
}

/// <summary>One connection that submits, one after the other.</summary>
internal interface ISubmitter : IDisposable
{
    /// <summary>Submits once and waits until it is decided; null, or why it was not.</summary>
    Task<string?> SubmitAsync(CancellationToken stop);
}
