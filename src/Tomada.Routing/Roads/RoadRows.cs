namespace Tomada.Routing;

/// <summary>
/// Directions of roads in compressed sparse rows: those that leave node i stand in one stretch of
/// flat arrays, and a second index lists those that lead to it.
/// </summary>
internal sealed class RoadRows
{
    private readonly RoadRow[] _rows;
    private readonly int[] _first;
    private readonly int[] _firstInto;
    private readonly int[] _into;

    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="rows">Rows between them; they are put in order here.</param>
    public RoadRows(int nodes, RoadRow[] rows)
    {
        if (!IsInOrder(rows))
        {
            Array.Sort(rows);
        }

        _rows = rows;
        _first = new int[nodes + 1];
        _firstInto = new int[nodes + 1];
        _into = new int[rows.Length];
        foreach (RoadRow row in rows)
        {
            _first[row.From + 1]++;
            _firstInto[row.To + 1]++;
        }

        for (int node = 0; node < nodes; node++)
        {
            _first[node + 1] += _first[node];
            _firstInto[node + 1] += _firstInto[node];
        }

        int[] next = _firstInto[..nodes];
        for (int edge = 0; edge < rows.Length; edge++)
        {
            _into[next[rows[edge].To]++] = edge;
        }
    }

    public int NodeCount => _first.Length - 1;

    public int EdgeCount => _rows.Length;

    public ref readonly RoadRow this[int edge] => ref _rows[edge];

    /// <summary>The edges that leave a node: from the first up to, not including, the second.
    /// </summary>
    public (int First, int End) Leaving(int node) => (_first[node], _first[node + 1]);

    /// <summary>The edges that lead to a node.</summary>
    public ReadOnlySpan<int> Into(int node) =>
        _into.AsSpan(_firstInto[node], _firstInto[node + 1] - _firstInto[node]);

    private static bool IsInOrder(RoadRow[] rows)
    {
        for (int i = 1; i < rows.Length; i++)
        {
            if (rows[i] < rows[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
