using System.Net;
using Tomada.Node.Broker;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Configuration;

/// <summary>The broker for the company's devices.</summary>
/// <param name="Mode">Whose process the broker is.</param>
/// <param name="Listen">Embedded: where it listens.</param>
/// <param name="Tls">Embedded: where it listens for TLS; default: nowhere.</param>
/// <param name="WebSocket">Embedded: where it listens for WebSockets, at /mqtt; default:
/// nowhere.</param>
/// <param name="External">External: where it is and who the node is there.</param>
public sealed record MqttConfig(
    MqttMode Mode,
    IPEndPoint? Listen,
    IPEndPoint? Tls = null,
    IPEndPoint? WebSocket = null,
    ExternalMqttConfig? External = null)
{
    public static Codec<MqttConfig> Codec { get; } = RecordCodec<MqttConfig>.Part()
        .Field(
            1,
            "mode",
            x => x.Mode,
            Codecs.Enum<MqttMode>(each => each.ToString().ToLowerInvariant()))
        .Optional(2, "listen", x => x.Listen, AddressCodec.EndPoint)
        .Optional(3, "tls", x => x.Tls, AddressCodec.EndPoint)
        .Optional(4, "webSocket", x => x.WebSocket, AddressCodec.EndPoint)
        .Optional(5, "external", x => x.External, ExternalMqttConfig.Codec)
        .Convert(RequireOne, x => x);

    private static MqttConfig RequireOne(MqttConfig config)
    {
        bool isExternal = config.Mode == MqttMode.External;
        bool listens =
            config.Listen is not null || config.Tls is not null || config.WebSocket is not null;
        return isExternal && (config.External is null || listens)
            ? throw new FormatException(
                "mode external needs external, and neither listen, tls nor webSocket.")
            : !isExternal && (config.Listen is null || config.External is not null)
            ? throw new FormatException("mode embedded needs listen, and no external.")
            : config;
    }
}

/// <summary>Where the broker runs.</summary>
public enum MqttMode
{
    /// <summary>In the node's own process.</summary>
    Embedded = 1,

    /// <summary>Elsewhere: any MQTT 5 broker with shared subscriptions.</summary>
    External = 2,
}

/// <summary>
/// A broker that is run elsewhere. Paths are those of the process, or start in the data directory.
/// </summary>
/// <param name="Address">Where it listens for the node.</param>
/// <param name="User">The node's user there; 1 to 200 characters.</param>
/// <param name="PasswordFile">A file with its password and nothing else.</param>
/// <param name="Authority">A PEM file with who may have signed the broker's certificate; default:
/// no TLS.</param>
/// <param name="Group">Of the shared subscription; default "tomada".</param>
/// <param name="Workers">Connections that share the work; 1 to 16, default 2.</param>
public sealed record ExternalMqttConfig(
    HostPort Address,
    string User,
    string PasswordFile,
    string? Authority = null,
    string? Group = null,
    int? Workers = null)
{
    /// <summary>The group where none is given.</summary>
    public const string UsualGroup = "tomada";

    /// <summary>The workers where no number is given.</summary>
    public const int UsualWorkers = 2;

    private const int PathMax = 4_096;

    public static Codec<ExternalMqttConfig> Codec { get; } =
        RecordCodec<ExternalMqttConfig>.Part()
            .Field(1, "address", x => x.Address, HostPort.Codec)
            .Field(2, "user", x => x.User, Codecs.Text(1, 200))
            .Field(3, "passwordFile", x => x.PasswordFile, Codecs.Text(1, PathMax))
            .Optional(4, "authority", x => x.Authority, Codecs.Text(1, PathMax))
            .Optional(5, "group", x => x.Group, Codecs.Text(1, IdRules.NameMax).Convert(
                text => IdRules.IsName(text)
                    ? text
                    : throw new FormatException($"'{text}' is not a name."),
                text => text,
                IdRules.NameAllowed))
            .OptionalValue(
                6, "workers", x => x.Workers, Codecs.Int(1, BrokerLimits.WorkersMax));

    /// <summary>What the node needs, with the files read.</summary>
    /// <param name="dataDirectory">Where relative paths start.</param>
    /// <exception cref="DataDirectoryException">A file cannot be read.</exception>
    public ExternalBrokerOptions Read(string dataDirectory) => new()
    {
        Address = Address,
        User = User,
        Password = ReadText(dataDirectory, PasswordFile).Trim(),
        AuthorityPem = Authority is null ? null : ReadText(dataDirectory, Authority),
        Group = Group ?? UsualGroup,
        Workers = Workers ?? UsualWorkers,
    };

    private static string ReadText(string dataDirectory, string file)
    {
        string path = Path.Combine(dataDirectory, file);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"{path} cannot be read: {unreadable.Message}");
        }
    }
}
