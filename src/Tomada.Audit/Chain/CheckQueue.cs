namespace Tomada.Audit;

/// <summary>
/// Checks signatures on all cores while the log is read on; findings come in the order in which the
/// checks were given. Holds two batches at the most.
/// </summary>
internal sealed class CheckQueue(FindingList findings) : IDisposable
{
    private readonly ParallelOptions _options = new()
    {
        MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, AuditLimits.ThreadsMax),
    };

    private List<Func<Finding?>> _next = new(AuditLimits.ChecksAtOnce);
    private Task<Finding?[]> _running = Task.FromResult<Finding?[]>([]);

    /// <summary>Checks handed in so far.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them are done and their findings told.</summary>
    public long Done { get; private set; }

    /// <summary>A check that touches nothing that changes; null when all is well.</summary>
    public void Add(Func<Finding?> check)
    {
        Count++;
        _next.Add(check);
        if (_next.Count >= AuditLimits.ChecksAtOnce)
        {
            Flush();
        }
    }

    /// <summary>Starts what was handed in, after what runs.</summary>
    public void Flush()
    {
        Collect();
        List<Func<Finding?>> batch = _next;
        _next = new(AuditLimits.ChecksAtOnce);
        _running = Task.Run(() => Run(batch));
    }

    /// <summary>Waits for everything.</summary>
    public void Finish()
    {
        Flush();
        Collect();
    }

    public void Dispose() => _running.Wait();

    private Finding?[] Run(List<Func<Finding?>> batch)
    {
        Finding?[] results = new Finding?[batch.Count];
        Parallel.For(0, batch.Count, _options, i => results[i] = batch[i]());
        return results;
    }

    private void Collect()
    {
        Finding?[] results = _running.GetAwaiter().GetResult();
        Done += results.Length;
        foreach (Finding? finding in results)
        {
            if (finding is not null)
            {
                findings.Add(finding);
            }
        }

        _running = Task.FromResult<Finding?[]>([]);
    }
}
