using System.Diagnostics;
using Tomada.Primitives;

namespace Tomada.DeviceApi;

/// <summary>
/// What a device is; part of its credential, so that a car cannot pose as a station.
/// </summary>
public enum DeviceKind
{
    Car = 1,
    Station = 2,
}

/// <summary>
/// A device of a company. Its MQTT user name is <c>kind/id</c>; its client id is the same, or that
/// followed by '/' and a name, so that one device may hold a few sessions at a time.
/// </summary>
/// <param name="Company">The only company it knows.</param>
/// <param name="Kind">Car or station.</param>
/// <param name="Id">1 to 40 characters of a-z, 0-9 and '-'.</param>
public sealed record DeviceAddress(CompanyId Company, DeviceKind Kind, string Id)
{
    /// <summary>
    /// The root of every topic; the number is the major version of the interface.
    /// </summary>
    public const string Root = "tomada/1/";

    /// <summary>The major version that the root names.</summary>
    public const int Major = 1;

    /// <summary>What a user name may be.</summary>
    public const string UserAllowed = "car/ or station/ followed by " + IdRules.NameAllowed;

    /// <summary>kind/id: the MQTT user name.</summary>
    public string User => $"{KindName(Kind)}/{Id}";

    /// <summary>The device's own branch, with a '/' at its end.</summary>
    public string Prefix => $"{Root}{Company}/{User}/";

    /// <summary>The device may publish below this, and nowhere else.</summary>
    public string UpPrefix => Prefix + "up/";

    /// <summary>The device may subscribe below this, and nowhere else.</summary>
    public string DownPrefix => Prefix + "dn/";

    public static bool TryParseUser(CompanyId company, string? user, out DeviceAddress? device)
    {
        device = null;
        int slash = user?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash > 0 && TryParseKind(user![..slash], out DeviceKind kind)
            && IdRules.IsName(user[(slash + 1)..]))
        {
            device = new DeviceAddress(company, kind, user[(slash + 1)..]);
        }

        return device is not null;
    }

    /// <summary>Whether an MQTT client id belongs to this device.</summary>
    public bool OwnsClientId(string clientId) => clientId == User
        || (clientId.StartsWith(User + "/", StringComparison.Ordinal)
            && IdRules.IsName(clientId[(User.Length + 1)..]));

    public static string KindName(DeviceKind kind) => kind switch
    {
        DeviceKind.Car => "car",
        DeviceKind.Station => "station",
        _ => throw new UnreachableException(kind.ToString()),
    };

    public static bool TryParseKind(string? text, out DeviceKind kind)
    {
        kind = text switch
        {
            "car" => DeviceKind.Car,
            "station" => DeviceKind.Station,
            _ => default,
        };
        return kind != default;
    }

    public override string ToString() => $"{Company}/{User}";
}
