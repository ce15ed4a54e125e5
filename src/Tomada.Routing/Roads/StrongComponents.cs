namespace Tomada.Routing;

/// <summary>
/// The strong components of a graph: any two nodes of one lead to each other (Tarjan, "Depth-first
/// search and linear graph algorithms", 1972, without recursion).
/// </summary>
internal sealed class StrongComponents
{
    private readonly RoadRows _rows;
    private readonly int[] _component;
    private readonly int[] _order;
    private readonly int[] _low;
    private readonly int[] _next;
    private readonly Stack<int> _path = [];
    private readonly Stack<int> _open = [];
    private int _seen;
    private int _found;

    private StrongComponents(RoadRows rows)
    {
        _rows = rows;
        _component = new int[rows.NodeCount];
        _order = new int[rows.NodeCount];
        _low = new int[rows.NodeCount];
        _next = new int[rows.NodeCount];
    }

    /// <summary>The component of each node, numbered from 1.</summary>
    public static int[] Of(RoadRows rows)
    {
        StrongComponents components = new(rows);
        for (int root = 0; root < rows.NodeCount; root++)
        {
            if (components._order[root] == 0)
            {
                components.Search(root);
            }
        }

        return components._component;
    }

    private void Search(int root)
    {
        Enter(root);
        while (_path.TryPeek(out int node))
        {
            if (_next[node] < _rows.Leaving(node).End)
            {
                Look(node, _rows[_next[node]++].To);
            }
            else
            {
                Leave(node);
            }
        }
    }

    private void Enter(int node)
    {
        // Numbers start at 1; 0 is not seen yet, or in no component yet.
        _order[node] = _low[node] = ++_seen;
        _next[node] = _rows.Leaving(node).First;
        _path.Push(node);
        _open.Push(node);
    }

    private void Look(int node, int target)
    {
        if (_order[target] == 0)
        {
            Enter(target);
        }
        else if (_component[target] == 0)
        {
            _low[node] = Math.Min(_low[node], _order[target]);
        }
    }

    private void Leave(int node)
    {
        _path.Pop();
        if (_path.TryPeek(out int before))
        {
            _low[before] = Math.Min(_low[before], _low[node]);
        }

        if (_low[node] != _order[node])
        {
            return;
        }

        _found++;
        int member;
        do
        {
            member = _open.Pop();
            _component[member] = _found;
        }
        while (member != node);
    }
}
