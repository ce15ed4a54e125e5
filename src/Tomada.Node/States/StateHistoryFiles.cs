using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tomada.Ledger;
using Tomada.Node.Configuration;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Node.States;

/// <summary>A row, or its absence, and the proof.</summary>
internal sealed record ProvenState(StateProof Proof, byte[]? Value);

/// <summary>
/// The trees of past heights in a folder: parts of consecutive heights, each beginning with a copy
/// of a whole state, and one file with the ends of periods, of which each holds only what changed
/// since the one before. One thread writes; any may prove.
/// </summary>
internal sealed class StateHistoryFiles : IDisposable
{
    private const string Folder = "states";
    private const string PeriodsName = "periods";
    private const string SyncedName = "synced";
    private const int NameDigits = 19;

    private readonly string _directory;
    private readonly StateFile _periods;
    private readonly long _partBytesMin;
    private readonly long _bytesMax;
    private ImmutableArray<StateFile> _parts;
    private volatile bool _isDamaged;

    private StateHistoryFiles(
        string directory,
        ImmutableArray<StateFile> parts,
        StateFile periods,
        long partBytesMin,
        long bytesMax)
    {
        _directory = directory;
        _parts = parts;
        _periods = periods;
        _partBytesMin = partBytesMin;
        _bytesMax = bytesMax;
    }

    /// <summary>The oldest height that is not only the end of a period; null when empty.</summary>
    public long? Oldest => Parts is [var first, ..] ? first.Root(0).Height : null;

    /// <summary>The newest height; 0 when empty.</summary>
    public long Newest => Parts is [.., var last] ? last.Root(last.Count - 1).Height : 0;

    /// <summary>Heights at which a period ended.</summary>
    public IEnumerable<long> PeriodEnds =>
        Enumerable.Range(0, _periods.Count).Select(each => _periods.Root(each).Height);

    /// <summary>Bytes of all files.</summary>
    public long Bytes => _periods.Bytes + Parts.Sum(part => part.Bytes);

    /// <summary>Nodes appended to the newest part since it began.</summary>
    public long Appended => Parts is [.., var last] ? last.Appended : 0;

    private ImmutableArray<StateFile> Parts
    {
        get => ImmutableInterlocked.InterlockedCompareExchange(ref _parts, default, default);
        set => ImmutableInterlocked.InterlockedExchange(ref _parts, value);
    }

    /// <summary>
    /// Opens what was synced; later heights are cut off, because the next start executes them
    /// again.
    /// </summary>
    public static StateHistoryFiles Open(string dataDirectory, long partBytesMin, long bytesMax)
    {
        string directory = Path.Combine(dataDirectory, Folder);
        Directory.CreateDirectory(directory);
        (long newest, int periodEnds) = ReadSynced(directory);
        List<StateFile> parts = [];
        foreach (string path in Directory
            .GetFiles(directory, "*" + StateFile.RootsExtension)
            .Select(file => file[..^StateFile.RootsExtension.Length])
            .Where(path => Path.GetFileName(path) != PeriodsName)
            .Order(StringComparer.Ordinal))
        {
            StateFile part = StateFile.Open(path);
            int kept = part.Count == 0
                ? 0
                : (int)Math.Clamp(newest - part.Root(0).Height + 1, 0, part.Count);
            if (kept == 0)
            {
                part.Delete();
                continue;
            }

            if (kept < part.Count)
            {
                part.CutTo(kept);
            }

            parts.Add(part);
        }

        StateFile periods = StateFile.Open(Path.Combine(directory, PeriodsName));
        periods.CutTo(Math.Min(periodEnds, periods.Count));
        return new StateHistoryFiles(directory, [.. parts], periods, partBytesMin, bytesMax);
    }

    /// <summary>Removes everything of a data directory; the next open begins anew.</summary>
    public static void Delete(string dataDirectory)
    {
        string directory = Path.Combine(dataDirectory, Folder);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// Adds a height. One that is there already is left as it is; one that does not follow begins a
    /// new part.
    /// </summary>
    /// <param name="state">After the block.</param>
    /// <param name="written">The rows that the block wrote; null when they are not known.</param>
    public void Append(LedgerState state, ImmutableArray<StateValue>? written)
    {
        if (state.Height <= Newest)
        {
            if (RootOf(state.Height) is not { } root || root == state.StateRoot)
            {
                return;
            }

            // Of another network, or of a fork that was given up: nothing of it can be used.
            Clear();
        }

        if (Parts is [.., var last] && state.Height == Newest + 1 && written is { } values
            && !_isDamaged && !IsFull(last))
        {
            AppendTo(last, state, values);
        }
        else
        {
            BeginPart(state);
        }

        if (EndsPeriod(state))
        {
            AppendPeriodEnd(state);
        }

        DropOld();
    }

    /// <summary>Everything published so far survives a power cut when this returns.</summary>
    public void Sync()
    {
        _periods.Sync();
        if (Parts is [.., var last])
        {
            last.Sync();
        }

        SafeFile.Replace(
            Path.Combine(_directory, SyncedName),
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{Newest} {_periods.Count}\n")));
    }

    /// <summary>Whether the state of the height can be proven.</summary>
    public bool Has(long height) => Locate(height) is not null;

    /// <summary>Proves what the state of a height has at a path.</summary>
    /// <param name="height">Of a block.</param>
    /// <param name="path">In the state tree.</param>
    /// <param name="root">The state root that the block's seal names.</param>
    /// <returns>Null when the height is not here.</returns>
    /// <exception cref="StateDamagedException">The file does not lead to this root.</exception>
    public ProvenState? Prove(long height, Digest path, Digest root)
    {
        if (Locate(height) is not { } place)
        {
            return null;
        }

        try
        {
            ProvenState proven = Read(place.File, place.Root.Top, path);
            Digest? valueHash = proven.Value is null ? null : Digest.Of(proven.Value);
            if (proven.Proof.Verify(root, path, valueHash))
            {
                return proven;
            }
        }
        catch (ObjectDisposedException)
        {
            // It was dropped while it was read.
            return null;
        }
        catch (StateDamagedException)
        {
            _isDamaged = true;
            throw;
        }

        _isDamaged = true;
        throw new StateDamagedException(_directory);
    }

    public void Dispose()
    {
        foreach (StateFile part in Parts)
        {
            part.Dispose();
        }

        _periods.Dispose();
    }

    private (StateFile File, StateRoot Root)? Locate(long height)
    {
        try
        {
            foreach (StateFile file in Parts.Reverse().Append(_periods))
            {
                if (file.Find(height) is >= 0 and var index)
                {
                    return (file, file.Root(index));
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // It was dropped while it was looked at: it is gone.
        }

        return null;
    }

    private Digest? RootOf(long height) => Locate(height)?.Root.Top.Hash;

    private static ProvenState Read(StateFile file, StateRef top, Digest path)
    {
        ImmutableArray<Digest>.Builder siblings = ImmutableArray.CreateBuilder<Digest>();
        StateRef at = top;
        while (at.Hash != Digest.Zero && file.Branch(at) is { } branch)
        {
            if (siblings.Count == TreeLimits.StateDepthMax)
            {
                throw new StateDamagedException("a tree deeper than a path");
            }

            bool right = path.Bit(siblings.Count);
            siblings.Add((right ? branch.Left : branch.Right).Hash);
            at = right ? branch.Right : branch.Left;
        }

        if (at.Hash == Digest.Zero)
        {
            return new ProvenState(new StateProof(siblings.DrainToImmutable(), null), null);
        }

        Digest end = file.LeafPath(at);
        byte[] value = file.LeafValue(at);
        return new ProvenState(
            new StateProof(siblings.DrainToImmutable(), new StateEntry(end, Digest.Of(value))),
            end == path ? value : null);
    }

    private bool IsFull(StateFile part)
    {
        long copied = part.Root(0).End;
        return part.Bytes - copied >= Math.Max(_partBytesMin, copied);
    }

    private void BeginPart(LedgerState state)
    {
        StateFile part = StateFile.Create(Path.Combine(
            _directory,
            state.Height.ToString(CultureInfo.InvariantCulture).PadLeft(NameDigits, '0')));
        Dictionary<Digest, long> leaves = [];
        foreach (StateSection section in StatePart.Of(state).SelectMany(each => each.Sections))
        {
            foreach (StateRow row in section.Rows)
            {
                Digest path = StateTree.Path(section.Table, row.Key);
                leaves.Add(path, part.AppendLeaf(path, row.Value));
            }
        }

        StateCopy copy = new(part, leaf => leaves[leaf.Path]);
        part.Publish(state.Height, WallTimeOf(state), copy.Write(state.Tree, StateRef.None));
        Parts = Parts.Add(part);
        _isDamaged = false;
    }

    private static void AppendTo(
        StateFile part, LedgerState state, ImmutableArray<StateValue> written)
    {
        Dictionary<Digest, byte[]> values = written.ToDictionary(each => each.Path, x => x.Bytes);
        StateCopy copy = new(part, leaf => part.AppendLeaf(leaf.Path, values[leaf.Path]));
        part.Publish(
            state.Height,
            WallTimeOf(state),
            copy.Write(state.Tree, part.Root(part.Count - 1).Top));
    }

    /// <summary>
    /// What changed since the last end of a period, taken over from the part that has it all.
    /// </summary>
    private void AppendPeriodEnd(LedgerState state)
    {
        if (_periods.Count > 0 && _periods.Root(_periods.Count - 1).Height >= state.Height)
        {
            return;
        }

        StateFile part = Parts[^1];
        StateRef top = part.Root(part.Count - 1).Top;
        StateCopy copy = new(
            _periods,
            leaf => _periods.AppendLeaf(leaf.Path, Read(part, top, leaf.Path).Value!));
        StateRef older =
            _periods.Count == 0 ? StateRef.None : _periods.Root(_periods.Count - 1).Top;
        _periods.Publish(state.Height, WallTimeOf(state), copy.Write(state.Tree, older));
    }

    /// <summary>A block that closes a period opens the next at its own time.</summary>
    private static bool EndsPeriod(LedgerState state) =>
        state.Periods.Count > 1 && state.Periods.Values.Last().From == state.Time;

    private static Timestamp WallTimeOf(LedgerState state) => state.Clock.ToWall(state.Time);

    private void DropOld()
    {
        StateFile last = Parts[^1];
        long keepFrom = last.Root(last.Count - 1).At.UnixMs
            - (long)StateHistoryLimits.Kept.TotalMilliseconds;
        while (Parts is [var oldest, _, ..]
            && (oldest.Root(oldest.Count - 1).At.UnixMs < keepFrom || Bytes > _bytesMax))
        {
            Parts = Parts.RemoveAt(0);
            oldest.Delete();
        }
    }

    /// <summary>Removes all heights.</summary>
    public void Clear()
    {
        foreach (StateFile part in Parts)
        {
            part.Delete();
        }

        Parts = [];
        _periods.CutTo(0);
    }

    private static (long Newest, int PeriodEnds) ReadSynced(string directory)
    {
        string path = Path.Combine(directory, SyncedName);
        string[] words = File.Exists(path) ? File.ReadAllText(path).Split(' ') : [];
        return words.Length == 2
            && long.TryParse(words[0], CultureInfo.InvariantCulture, out long newest)
            && int.TryParse(words[1], CultureInfo.InvariantCulture, out int periods)
                ? (newest, periods)
                : (0, 0);
    }
}
