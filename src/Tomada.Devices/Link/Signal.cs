namespace Tomada.Devices;

/// <summary>Something that happens once, and wakes who waits for it elsewhere.</summary>
internal static class Signal
{
    public static TaskCompletionSource New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One that has happened.</summary>
    public static TaskCompletionSource Given()
    {
        TaskCompletionSource given = New();
        given.SetResult();
        return given;
    }
}
