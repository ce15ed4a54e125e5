using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tomada.Primitives;
using Tomada.Transparency;

namespace Tomada.Bench;

/// <summary>The log grows by 256 entries; 256 values of 100,000 change.</summary>
public class TreeBenchmarks
{
    private const int Changed = 256;
    private const int Values = 100_000;

    private readonly Digest[] _leaves = [.. Enumerable.Range(0, Changed).Select(DigestOf)];
    private readonly StateChange[] _changes =
        [.. Enumerable.Range(0, Changed).Select(i => new StateChange(PathOf(i), DigestOf(-i)))];

    private Frontier _log = Frontier.Empty;
    private StateTree _state = StateTree.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        for (int i = 0; i < Values; i++)
        {
            _log = _log.Append(DigestOf(i));
        }

        _state = _state.Apply(
            Enumerable.Range(0, Values).Select(i => new StateChange(PathOf(i), DigestOf(i))));
    }

    [Benchmark(OperationsPerInvoke = Changed)]
    public Frontier AppendEntry() =>
        _leaves.Aggregate(_log, static (log, leaf) => log.Append(leaf));

    [Benchmark]
    public Digest ChangeState() => _state.Apply(_changes).Root;

    private static Digest PathOf(int number) => StateTree.Path("bench", Text(number));

    private static Digest DigestOf(int number) => Digest.Of(Text(number));

    private static byte[] Text(int number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
