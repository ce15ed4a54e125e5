using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Tomada.Primitives;

namespace Tomada.Node.States;

/// <summary>A subtree in a file: its hash, and where its node stands.</summary>
/// <param name="Hash">32 zero bytes when the subtree is empty.</param>
/// <param name="Address">Offset of its node; -1 when the subtree is empty.</param>
internal readonly record struct StateRef(Digest Hash, long Address)
{
    public static StateRef None { get; } = new(Digest.Zero, -1);
}

/// <summary>A height whose tree is in a file.</summary>
/// <param name="Height">Of the block.</param>
/// <param name="At">Its time, on the wall clock.</param>
/// <param name="Top">The tree's uppermost node.</param>
/// <param name="End">Bytes of the file that belong to this height and those before.</param>
internal readonly record struct StateRoot(long Height, Timestamp At, StateRef Top, long End)
{
    public const int Size = 8 + 8 + Digest.Size + 8 + 8;

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, Height);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], At.UnixMs);
        Top.Hash.CopyTo(destination[16..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[48..], Top.Address);
        BinaryPrimitives.WriteInt64BigEndian(destination[56..], End);
    }

    public static StateRoot Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64BigEndian(bytes),
        new Timestamp(BinaryPrimitives.ReadInt64BigEndian(bytes[8..])),
        new StateRef(
            new Digest(bytes[16..48]), BinaryPrimitives.ReadInt64BigEndian(bytes[48..])),
        BinaryPrimitives.ReadInt64BigEndian(bytes[56..]));
}

/// <summary>
/// State trees of several heights that share what did not change: nodes are appended and point to
/// older ones. One file holds nodes and values, one the root of each height. There is no checksum:
/// every hash in it is checked by the proof that is made of it. One thread appends; any may read
/// what was published.
/// </summary>
internal sealed class StateFile : IDisposable
{
    public const string NodesExtension = ".nodes";
    public const string RootsExtension = ".roots";

    private const byte LeafTag = 0;
    private const byte BranchTag = 1;
    private const int LeafHeader = 1 + Digest.Size + 4;
    private const int RefBytes = Digest.Size + 8;
    private const int BranchBytes = 1 + (2 * RefBytes);

    private readonly SafeFileHandle _nodes;
    private readonly SafeFileHandle _roots;
    private readonly string _path;
    private byte[] _tail = new byte[64 * 1024];
    private int _tailLength;
    private long _flushed;
    private int _count;

    private StateFile(string path, FileMode mode)
    {
        _path = path;
        _nodes = File.OpenHandle(
            path + NodesExtension, mode, FileAccess.ReadWrite, FileShare.Read);
        _roots = File.OpenHandle(
            path + RootsExtension, mode, FileAccess.ReadWrite, FileShare.Read);
        _flushed = RandomAccess.GetLength(_nodes);
        _count = (int)(RandomAccess.GetLength(_roots) / StateRoot.Size);
    }

    /// <summary>Heights that can be read.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of both files, with what is not yet handed to the system.</summary>
    public long Bytes => Length + ((long)Count * StateRoot.Size);

    /// <summary>Nodes appended since it was opened, for who measures.</summary>
    public long Appended { get; private set; }

    private long Length => _flushed + _tailLength;

    public static StateFile Create(string path) => new(path, FileMode.Create);

    public static StateFile Open(string path) => new(path, FileMode.OpenOrCreate);

    /// <summary>
    /// Forgets heights after the first so many; what follows them in the files is overwritten.
    /// </summary>
    public void CutTo(int count)
    {
        Invariant.Require(count <= Count, "what is cut off was there");
        Volatile.Write(ref _count, count);
        RandomAccess.SetLength(_roots, (long)count * StateRoot.Size);
        _flushed = count == 0 ? 0 : Root(count - 1).End;
        _tailLength = 0;
        RandomAccess.SetLength(_nodes, _flushed);
    }

    /// <summary>The n-th height, from 0.</summary>
    /// <exception cref="StateDamagedException">The file is shorter than it was.</exception>
    public StateRoot Root(int index)
    {
        Span<byte> bytes = stackalloc byte[StateRoot.Size];
        ReadAll(_roots, bytes, (long)index * StateRoot.Size);
        return StateRoot.Read(bytes);
    }

    /// <summary>The height's place; -1 when it is not here.</summary>
    public int Find(long height)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Root(middle).Height < height ? (middle + 1, high) : (low, middle);
        }

        return low < Count && Root(low).Height == height ? low : -1;
    }

    /// <summary>The two subtrees below a node; null when it is a leaf.</summary>
    public (StateRef Left, StateRef Right)? Branch(StateRef node)
    {
        Span<byte> bytes = stackalloc byte[BranchBytes];
        Read(bytes[..1], node.Address);
        if (bytes[0] == LeafTag)
        {
            return null;
        }

        Require(bytes[0] == BranchTag);
        Read(bytes, node.Address);
        return (ReadRef(bytes[1..]), ReadRef(bytes[(1 + RefBytes)..]));
    }

    /// <summary>The path of a leaf.</summary>
    public Digest LeafPath(StateRef leaf)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        Read(bytes, leaf.Address + 1);
        return new Digest(bytes);
    }

    /// <summary>The bytes of a leaf's value.</summary>
    public byte[] LeafValue(StateRef leaf)
    {
        Span<byte> length = stackalloc byte[4];
        Read(length, leaf.Address + 1 + Digest.Size);
        int size = BinaryPrimitives.ReadInt32BigEndian(length);
        Require(size is >= 0 and <= Ledger.LedgerLimits.SnapshotRowBytesMax);
        byte[] value = new byte[size];
        Read(value, leaf.Address + LeafHeader);
        return value;
    }

    public long AppendLeaf(Digest path, ReadOnlySpan<byte> value)
    {
        long address = Length;
        Span<byte> bytes = Take(LeafHeader + value.Length);
        bytes[0] = LeafTag;
        path.CopyTo(bytes[1..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(1 + Digest.Size)..], value.Length);
        value.CopyTo(bytes[LeafHeader..]);
        return address;
    }

    public long AppendBranch(StateRef left, StateRef right)
    {
        long address = Length;
        Span<byte> bytes = Take(BranchBytes);
        bytes[0] = BranchTag;
        WriteRef(bytes[1..], left);
        WriteRef(bytes[(1 + RefBytes)..], right);
        return address;
    }

    /// <summary>Ends a height: from now on it can be read.</summary>
    public void Publish(long height, Timestamp at, StateRef top)
    {
        Flush();
        Span<byte> bytes = stackalloc byte[StateRoot.Size];
        new StateRoot(height, at, top, _flushed).CopyTo(bytes);
        RandomAccess.Write(_roots, bytes, (long)Count * StateRoot.Size);
        Volatile.Write(ref _count, Count + 1);
    }

    /// <summary>Returns when everything published is on disk.</summary>
    public void Sync()
    {
        RandomAccess.FlushToDisk(_nodes);
        RandomAccess.FlushToDisk(_roots);
    }

    public void Delete()
    {
        Dispose();
        File.Delete(_path + RootsExtension);
        File.Delete(_path + NodesExtension);
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _roots.Dispose();
    }

    /// <summary>Room for the next node at the end.</summary>
    private Span<byte> Take(int bytes)
    {
        if (_tailLength >= StateHistoryLimits.WriteBytes)
        {
            Flush();
        }

        if (_tail.Length < _tailLength + bytes)
        {
            Array.Resize(ref _tail, Math.Max(2 * _tail.Length, _tailLength + bytes));
        }

        Span<byte> taken = _tail.AsSpan(_tailLength, bytes);
        _tailLength += bytes;
        Appended++;
        return taken;
    }

    private void Flush()
    {
        RandomAccess.Write(_nodes, _tail.AsSpan(0, _tailLength), _flushed);
        _flushed += _tailLength;
        _tailLength = 0;
    }

    private void Read(Span<byte> bytes, long address)
    {
        Require(address >= 0);
        // Only the thread that appends reads what is not flushed; others know published heights.
        if (address >= _flushed && _tailLength > 0)
        {
            long offset = address - _flushed;
            Require(offset + bytes.Length <= _tailLength);
            _tail.AsSpan((int)offset, bytes.Length).CopyTo(bytes);
        }
        else
        {
            ReadAll(_nodes, bytes, address);
        }
    }

    private void ReadAll(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file, bytes, offset);
            Require(read > 0);
            bytes = bytes[read..];
            offset += read;
        }
    }

    private void Require(bool sound)
    {
        if (!sound)
        {
            throw new StateDamagedException(_path);
        }
    }

    private static StateRef ReadRef(ReadOnlySpan<byte> bytes) => new(
        new Digest(bytes[..Digest.Size]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[Digest.Size..]));

    private static void WriteRef(Span<byte> bytes, StateRef node)
    {
        node.Hash.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[Digest.Size..], node.Address);
    }
}
