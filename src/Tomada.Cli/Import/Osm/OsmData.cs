using Tomada.Routing;

namespace Tomada.Cli.Import.Osm;

/// <summary>How cars use a way.</summary>
/// <param name="ForwardKmh">Typical speed in the order of its nodes; 0: not driven so.</param>
/// <param name="BackwardKmh">The same against it.</param>
/// <param name="Highway">Its sign, else its name, else its class.</param>
/// <param name="Traits">Toll or ferry.</param>
/// <param name="FerryTime">How long a ferry takes, where stated; its speed follows.</param>
internal sealed record WayUse(
    int ForwardKmh, int BackwardKmh, string Highway, RoadTraits Traits, TimeSpan? FerryTime = null);

/// <summary>A way that cars use.</summary>
internal sealed record OsmRoad(long Id, long[] Nodes, WayUse Use);

/// <summary>A turn that is forbidden, or the only one that is allowed.</summary>
internal sealed record TurnRestriction(
    long Id, long[] From, long Via, long[] To, bool IsOnly);

/// <summary>What one pass over a file keeps of it.</summary>
internal sealed class OsmData
{
    private long[] _ids = new long[1024];
    private int[] _latitudes = new int[1024];
    private int[] _longitudes = new int[1024];
    private bool _isSorted = true;

    public int NodeCount { get; private set; }

    public List<OsmRoad> Roads { get; } = [];

    public List<TurnRestriction> Restrictions { get; } = [];

    /// <summary>Nodes that no car passes: bollards, gates that are shut.</summary>
    public HashSet<long> Closed { get; } = [];

    /// <summary>Nodes where a toll is paid.</summary>
    public HashSet<long> TollBooths { get; } = [];

    public void AddNode(long id, GeoPoint at)
    {
        if (NodeCount == _ids.Length)
        {
            int length = (int)Math.Min(2L * NodeCount, OsmLimits.NodesMax);
            Array.Resize(ref _ids, length);
            Array.Resize(ref _latitudes, length);
            Array.Resize(ref _longitudes, length);
        }

        _isSorted = _isSorted && (NodeCount == 0 || _ids[NodeCount - 1] < id);
        _ids[NodeCount] = id;
        _latitudes[NodeCount] = at.LatitudeMicrodegrees;
        _longitudes[NodeCount] = at.LongitudeMicrodegrees;
        NodeCount++;
    }

    /// <summary>Puts the nodes in the order of their ids; of two with one id, one stays.</summary>
    public void Sort()
    {
        if (_isSorted)
        {
            return;
        }

        int[] order = [.. Enumerable.Range(0, NodeCount).OrderBy(index => _ids[index])];
        _latitudes = [.. order.Select(index => _latitudes[index])];
        _longitudes = [.. order.Select(index => _longitudes[index])];
        _ids = [.. order.Select(index => _ids[index])];
        _isSorted = true;
    }

    /// <summary>The number of a node after sorting; negative when the file lacks it.</summary>
    public int IndexOf(long id) => Array.BinarySearch(_ids, 0, NodeCount, id);

    public long IdOf(int index) => _ids[index];

    public GeoPoint At(int index) => new(_latitudes[index], _longitudes[index]);
}
