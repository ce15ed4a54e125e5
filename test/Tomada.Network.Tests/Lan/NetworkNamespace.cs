using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Tomada.Network.Tests.Lan;

/// <summary>
/// A network of its own inside this machine, with a loopback of its own. Its name carries this
/// process's id, so that one which a killed run left behind is known and removed.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const string Prefix = "tomada-";
    private const string Folder = "/var/run/netns";

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Why none can be made here; null when they can.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? "network namespaces are Linux's"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : !File.Exists("/dev/net/tun") ? "/dev/net/tun is missing"
        : !HasIp() ? "the command ip is missing; the package iproute2 has it"
        : null;

    public static NetworkNamespace Create(string suffix)
    {
        RemoveLeftBehind();
        NetworkNamespace made = new($"{Prefix}{Environment.ProcessId}-{suffix}");
        Ip("netns", "add", made.Name);
        Ip("-n", made.Name, "link", "set", "lo", "up");
        return made;
    }

    /// <summary>Runs the command ip to its end.</summary>
    public static void Ip(params string[] arguments)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardError = true,
        })!;
        string errors = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors}");
        }
    }

    /// <summary>
    /// Does something inside. What is opened there stays there, whoever uses it later.
    /// </summary>
    public T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failed = null;
        // A thread of its own: it never leaves the namespace again.
        Thread thread = new(() =>
        {
            try
            {
                Native.Enter(Name);
                result = work();
            }
            catch (Exception problem)
            {
                failed = ExceptionDispatchInfo.Capture(problem);
            }
        });
        thread.Start();
        thread.Join();
        failed?.Throw();
        return result;
    }

    /// <summary>A socket that sees this network only.</summary>
    public Socket Socket(SocketType type, ProtocolType protocol) =>
        Run(() => new Socket(AddressFamily.InterNetwork, type, protocol));

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Folder, Name)))
        {
            Ip("netns", "del", Name);
        }
    }

    private static void RemoveLeftBehind()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (string name in Directory.GetFiles(Folder).Select(each => Path.GetFileName(each)))
        {
            if (name.Split('-') is [_, string id, _]
                && name.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int owner)
                && !Directory.Exists($"/proc/{owner}"))
            {
                Ip("netns", "del", name);
            }
        }
    }

    private static bool HasIp() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "ip")));
}
