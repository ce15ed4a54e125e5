namespace Tomada.Audit;

/// <summary>Collects findings up to the limit; used from one thread.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> _told = [];
    private readonly List<AuditCount> _counts = [];

    public long Untold { get; private set; }

    public bool IsEmpty => _told.Count == 0;

    public void Add(Finding finding)
    {
        if (_told.Count < AuditLimits.FindingsMax)
        {
            _told.Add(finding);
        }
        else
        {
            Untold++;
        }
    }

    public void Add(FindingClass kind, string what) => Add(new Finding(kind, what));

    public void Count(string id, double measured, string unit) =>
        _counts.Add(new AuditCount(id, measured, unit));

    public AuditReport ToReport() => new([.. _told], Untold, [.. _counts]);
}
