using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tomada.Network.Tests.Lan;

/// <summary>What Linux offers for networks of one's own; see setns(2), tun(4), poll(2).</summary>
internal static class Native
{
    public const int SignalStop = 19;
    public const int SignalContinue = 18;

    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NewNetwork = 0x40000000;
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x0001 | 0x1000;
    private const int RequestBytes = 40;
    private const int NameBytesMax = 15;
    private const short Readable = 1;

    /// <summary>Moves the calling thread into a named network namespace.</summary>
    public static void Enter(string networkNamespace)
    {
        int file = Check(Open($"/var/run/netns/{networkNamespace}", ReadOnly | CloseOnExec));
        try
        {
            Check(SetNamespace(file, NewNetwork));
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>
    /// A TUN device in the calling thread's namespace; it lives as long as its file is open.
    /// </summary>
    public static int OpenTun(string name)
    {
        int file = Check(Open("/dev/net/tun", ReadWrite | NonBlocking | CloseOnExec));
        byte[] request = new byte[RequestBytes];
        System.Text.Encoding.ASCII.GetBytes(name).AsSpan(..Math.Min(name.Length, NameBytesMax))
            .CopyTo(request);
        BitConverter.TryWriteBytes(request.AsSpan(16), TunWithoutHeader);
        Check(Control(file, SetInterface, request));
        return file;
    }

    /// <summary>Waits until one of the files can be read; not longer than a moment.</summary>
    public static void WaitReadable(int[] files, int waitMs)
    {
        PollFile[] all = [.. files.Select(each => new PollFile { File = each, Wanted = Readable })];
        _ = Poll(all, (nuint)all.Length, waitMs);
    }

    /// <summary>The next packet; 0 when there is none now.</summary>
    public static int ReadPacket(int file, byte[] buffer) =>
        (int)Math.Max(0, Read(file, buffer, (nuint)buffer.Length));

    /// <summary>Gives a packet to the device; a full or vanished one loses it, as a cable
    /// may.</summary>
    public static void WritePacket(int file, byte[] packet) =>
        _ = Write(file, packet, (nuint)packet.Length);

    public static void CloseFile(int file) => _ = Close(file);

    public static void Signal(int processId, int signal) => Check(Kill(processId, signal));

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception();

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int File;
        public short Wanted;
        public short Happened;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int file, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll([In, Out] PollFile[] files, nuint count, int waitMs);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int file, byte[] buffer, nuint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int file, byte[] buffer, nuint count);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
