using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node.Peers;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;

namespace Tomada.Node.Configuration;

/// <summary>What one company's node is told: <c>tomada.json</c> in its data directory.</summary>
/// <param name="Company">The company's id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Network">The network it belongs to, or founds.</param>
/// <param name="Multicast">Where nodes of one network find each other; null: nowhere.</param>
/// <param name="Peer">Where other companies' nodes connect.</param>
/// <param name="Mqtt">Where the company's devices connect.</param>
/// <param name="Http">Where the public API and the explorer listen.</param>
/// <param name="Control">Where the company's own control API listens; loopback unless you know why
/// not.</param>
/// <param name="Seeds">Peer endpoints that are dialled without having been announced; at most
/// <see cref="PeerLimits.SeedsMax"/>; null: none.</param>
/// <param name="Advertise">Where others shall connect, when that is not where the node listens:
/// behind a router that translates addresses, or by name. Null: where it listens.</param>
public sealed record NodeConfig(
    CompanyId Company,
    string Name,
    NetworkConfig Network,
    MulticastConfig? Multicast,
    ListenConfig Peer,
    MqttConfig Mqtt,
    ListenConfig Http,
    ListenConfig Control,
    ImmutableArray<HostPort>? Seeds = null,
    HostPort? Advertise = null)
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "tomada.json";

    private static readonly JsonDocumentOptions s_strict =
        new() { AllowDuplicateProperties = false };

    /// <summary>The file's form; nothing unknown, nothing twice.</summary>
    public static Codec<NodeConfig> Codec { get; } = RecordCodec<NodeConfig>.Versioned(1)
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "name", x => x.Name, Codecs.Text(1, LedgerLimits.TextMax))
        .Field(3, "network", x => x.Network, NetworkConfig.Codec)
        .Optional(4, "multicast", x => x.Multicast, MulticastConfig.Codec)
        .Field(5, "peer", x => x.Peer, ListenConfig.Codec)
        .Field(6, "mqtt", x => x.Mqtt, MqttConfig.Codec)
        .Field(7, "http", x => x.Http, ListenConfig.Codec)
        .Field(8, "control", x => x.Control, ListenConfig.Codec)
        .OptionalValue(
            9, "seeds", x => x.Seeds, Codecs.List(HostPort.Codec, 1, PeerLimits.SeedsMax))
        .Optional(10, "advertise", x => x.Advertise, HostPort.Codec);

    /// <summary>The same with the ports that were bound, for a node that opens anew.</summary>
    public NodeConfig ListeningAt(NodeEndpoints bound) => this with
    {
        Peer = new ListenConfig(IPEndPoint.Parse(bound.Peer!)),
        Mqtt = Mqtt.Mode == MqttMode.Embedded
            ? Mqtt with { Listen = IPEndPoint.Parse(bound.Mqtt!) }
            : Mqtt,
        Http = new ListenConfig(IPEndPoint.Parse(bound.Http!)),
        Control = new ListenConfig(IPEndPoint.Parse(bound.Control!)),
    };

    /// <summary>Reads the text of a configuration.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="config">The configuration, when the answer is true.</param>
    /// <param name="why">Otherwise the field and what is allowed there.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out NodeConfig? config,
        [NotNullWhen(false)] out string? why)
    {
        config = null;
        if (json.Length > NodeLimits.ConfigBytesMax)
        {
            why = $"{json.Length} bytes are more than the {NodeLimits.ConfigBytesMax} allowed";
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_strict);
            return Codec.TryReadJson(document.RootElement, out config, out why);
        }
        catch (JsonException malformed)
        {
            why = $"not JSON: {malformed.Message}";
            return false;
        }
    }

    /// <summary>Reads <c>tomada.json</c> of a data directory; the reason names the file.</summary>
    public static bool TryLoad(
        string dataDirectory,
        [NotNullWhen(true)] out NodeConfig? config,
        [NotNullWhen(false)] out string? why)
    {
        config = null;
        string path = Path.Combine(dataDirectory, FileName);
        try
        {
            if (!TryParse(File.ReadAllBytes(path), out config, out why))
            {
                why = $"{path}: {why}";
                return false;
            }

            return true;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            why = $"{path} cannot be read: {unreadable.Message} 'tomada init' writes one.";
            return false;
        }
    }

    /// <summary>
    /// Writes <c>tomada.json</c>, indented for people; the directory is created if missing.
    /// </summary>
    public void Save(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        using MemoryStream text = new();
        using (JsonDocument document = JsonDocument.Parse(Codec.EncodeJson(this)))
        using (Utf8JsonWriter writer = new(
            text, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            document.WriteTo(writer);
        }

        text.WriteByte((byte)'\n');
        // The code invites into the network, so the file is not for everybody's eyes.
        SafeFile.Replace(Path.Combine(dataDirectory, FileName), text.ToArray());
    }
}

/// <summary>The network a node belongs to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Code">The invitation code that founders share; absent when only its hash is
/// kept.</param>
/// <param name="CodeHash">What the code and the name hash to; absent when the code is
/// given.</param>
/// <param name="Founders">How many companies found it; 1 to 100.</param>
/// <param name="Simulated">Whether the network's clock may run faster than the world's; demos
/// only.</param>
/// <param name="Admission">Who lets newcomers in; the operator when absent.</param>
public sealed record NetworkConfig(
    string Name,
    string? Code,
    InvitationHash? CodeHash,
    int Founders,
    bool Simulated,
    AdmissionPolicy? Admission = null)
{
    /// <summary>Shortest invitation code; whoever guesses it may take a founder's place.</summary>
    public const int CodeBytesMin = 8;

    public static Codec<NetworkConfig> Codec { get; } = RecordCodec<NetworkConfig>.Part()
        .Field(1, "name", x => x.Name, Codecs.Text(1, LedgerLimits.TextMax))
        .Optional(2, "code", x => x.Code, Codecs.Text(CodeBytesMin, LedgerLimits.TextMax))
        .Optional(3, "codeHash", x => x.CodeHash, InvitationHash.Codec)
        .Field(4, "founders", x => x.Founders, Codecs.Int(1, NodeLimits.FoundersMax))
        .Field(5, "simulated", x => x.Simulated, Codecs.Bool)
        .OptionalValue(
            6,
            "admission",
            x => x.Admission,
            Codecs.Enum<AdmissionPolicy>(each => each.ToString().ToLowerInvariant()))
        .Convert(RequireOneCode, x => x);

    /// <summary>
    /// What proves an invitation: the hash of name and code. As secret as the code.
    /// </summary>
    public Digest InvitationKey => CodeHash?.Hash ?? InvitationHash.Of(Name, Code!).Hash;

    private static NetworkConfig RequireOneCode(NetworkConfig config) =>
        (config.Code is null) != (config.CodeHash is null)
            ? config
            : throw new FormatException(
                "has both or neither of code and codeHash; exactly one is needed.");
}

/// <summary>Who lets newcomers into the network, as far as this company's vote goes.</summary>
public enum AdmissionPolicy
{
    /// <summary>Its operator, by <c>tomada network approve</c>.</summary>
    Operator = 1,

    /// <summary>Whoever proves the invitation code, unless it was a member before.</summary>
    Invited = 2,
}

/// <summary>
/// The hash of a network's name and invitation code, for who would rather not write the code down.
/// </summary>
public sealed record InvitationHash(Digest Hash)
{
    private const string Domain = "tomada/v1/invitation";

    public static Codec<InvitationHash> Codec { get; } = Digest.Codec.Convert(
        hash => new InvitationHash(hash), x => x.Hash, "64 hexadecimal digits");

    /// <summary>
    /// SHA-256 over both texts, each hashed first so that no two pairs run together.
    /// </summary>
    public static InvitationHash Of(string name, string code) => new(Digest.Tagged(
        Domain,
        Digest.Of(System.Text.Encoding.UTF8.GetBytes(name)).ToArray(),
        Digest.Of(System.Text.Encoding.UTF8.GetBytes(code)).ToArray()));
}

/// <summary>Where nodes announce themselves.</summary>
/// <param name="Group">IPv4 multicast address, 224.0.0.0 to 239.255.255.255.</param>
/// <param name="Port">UDP port shared by all nodes of the group; 1 to 65,535.</param>
/// <param name="Interface">
/// Name (lo, eth0) or IPv4 address of the local interface. There is no default: without one the
/// system would pick the default route, which on a laptop is the café's network.
/// </param>
public sealed record MulticastConfig(IPAddress Group, int Port, string Interface)
{
    public static Codec<MulticastConfig> Codec { get; } = RecordCodec<MulticastConfig>.Part()
        .Field(1, "group", x => x.Group, AddressCodec.Multicast)
        .Field(2, "port", x => x.Port, Codecs.Int(1, ushort.MaxValue))
        .Field(3, "interface", x => x.Interface, Codecs.Text(1, 64));
}

/// <summary>An endpoint to listen on.</summary>
/// <param name="Listen">Address and port; port 0 takes a free one, told in endpoints.json.</param>
public sealed record ListenConfig(IPEndPoint Listen)
{
    public static Codec<ListenConfig> Codec { get; } = RecordCodec<ListenConfig>.Part()
        .Field(1, "listen", x => x.Listen, AddressCodec.EndPoint);
}
