using System.Diagnostics;

namespace Tomada.Fuzz.Tests;

/// <summary>
/// Runs one decoder on inputs that grow from its seeds: what takes a new branch is kept and
/// changed further. Stops at the first finding, with what repeats it.
/// </summary>
internal sealed class Campaign(Target target, ulong seed)
{
    /// <summary>
    /// What a decoder may allocate, its check of the way back included: this much, and for each
    /// byte of input <see cref="BytesPerByte"/> more. Announced lengths count for nothing.
    /// </summary>
    public const long AllocatedMax = 64 * 1024;

    /// <summary>See <see cref="AllocatedMax"/>.</summary>
    public const long BytesPerByte = 256;

    /// <summary>Most inputs that are changed further; more are judged and forgotten.</summary>
    private const int KeptMax = 512;

    private readonly byte[] _seen = Coverage.NewMap();
    private readonly List<byte[]> _kept = [];
    private readonly List<byte[]> _found = [];
    private byte[][] _items = [];

    /// <summary>What the kept corpus would hold after this run, most wanted first.</summary>
    public IEnumerable<byte[]> Keepers => [.. _items, .. Kept.Read(target), .. _found];

    /// <summary>How many inputs were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Most bytes that one execution allocated beyond its input's share.</summary>
    public long AllocatedMost { get; private set; }

    /// <summary>How many inputs took a branch that none before them took.</summary>
    public int Found => _found.Count;

    /// <summary>Executions so far.</summary>
    public long Executions { get; private set; }

    /// <summary>Runs the seeds and the kept corpus, then a number of changed inputs.</summary>
    /// <param name="executions">How many changed inputs at least.</param>
    /// <param name="atLeast">And for how long at least, in a long run.</param>
    public void Run(int executions, TimeSpan atLeast)
    {
        foreach (byte[] input in target.Seeds)
        {
            Try(input, isSeed: true);
        }

        foreach (byte[] input in Kept.Read(target))
        {
            Try(input, isSeed: true);
        }

        _items = Kept.IsKeeping ? [.. Items.Of(target)] : [];
        foreach (byte[] input in _items)
        {
            Try(input, isSeed: true);
        }

        Try([], isSeed: true);
        Mutator mutator = new(new Dice(seed));
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < executions || Stopwatch.GetElapsedTime(start) < atLeast; i++)
        {
            Try(mutator.Mutate(_kept), isSeed: false);
        }
    }

    private void Try(byte[] input, bool isSeed)
    {
        Executions++;
        Coverage.Clear();
        long allocated = Execute(input);
        bool isNew = Coverage.AddTo(_seen);
        if ((isNew || isSeed) && _kept.Count < KeptMax)
        {
            _kept.Add(input);
        }

        if (isNew && !isSeed)
        {
            _found.Add(input);
        }

        // What is set up once, on the way to a branch, is no part of an execution.
        long allowed = AllocatedMax + (BytesPerByte * input.Length);
        if (allocated > allowed && (allocated = Execute(input)) > allowed)
        {
            throw Finding(input, $"it allocates {allocated} bytes, more than {allowed}", null);
        }

        AllocatedMost = Math.Max(AllocatedMost, allocated - (BytesPerByte * input.Length));
    }

    private long Execute(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Accepted += target.IsAccepted(input) ? 1 : 0;
        }
        catch (Exception found)
        {
            throw Finding(input, found.Message, found);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private FindingException Finding(byte[] input, string what, Exception? found) => new(
        $"{target}, seed {seed}, input {Convert.ToHexStringLower(input)}: "
            + $"{found?.GetType().Name} {what}",
        found ?? new FindingException(what));
}
