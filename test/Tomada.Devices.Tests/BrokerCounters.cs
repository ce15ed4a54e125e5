namespace Tomada.Devices.Tests;

/// <summary>
/// Tests that wait for a counter of the broker run one after another: counters are the process's,
/// and another test's refusal must not pass for one's own.
/// </summary>
[CollectionDefinition(Name)]
public class BrokerCounters
{
    public const string Name = "broker counters";
}
