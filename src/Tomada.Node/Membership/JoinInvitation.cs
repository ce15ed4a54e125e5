using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Tomada.Node.Configuration;
using Tomada.Node.Storage;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Replication;

namespace Tomada.Node;

/// <summary>
/// What a person of a member gives to a person of a newcomer: which network it is, a block that its
/// chain passes through, and where to begin. It holds no secret: the code is told apart.
/// </summary>
/// <param name="Name">The network's name.</param>
/// <param name="Network">The network id.</param>
/// <param name="Anchor">The newest block of the member that invited.</param>
/// <param name="Peers">Where members' nodes listen; at most 16.</param>
public sealed record JoinInvitation(
    string Name, Digest Network, TrustAnchor Anchor, ImmutableArray<HostPort> Peers)
{
    /// <summary>Most endpoints of an invitation.</summary>
    public const int PeersMax = 16;

    /// <summary>Longest text of an invitation that is looked at.</summary>
    public const int TextMax = 4_096;

    private const string Prefix = "tomada-join-";
    private const string StoreKey = "join";

    public static Codec<JoinInvitation> Codec { get; } = RecordCodec<JoinInvitation>.Versioned(1)
        .Field(1, "name", x => x.Name, Codecs.Text(1, Ledger.LedgerLimits.TextMax))
        .Field(2, "network", x => x.Network, Digest.Codec)
        .Field(3, "anchor", x => x.Anchor, TrustAnchor.Codec)
        .Field(4, "peers", x => x.Peers, Codecs.List(HostPort.Codec, 0, PeersMax));

    /// <summary>One line that survives a chat window.</summary>
    public string ToText() => Prefix + Base64Url.EncodeToString(Codec.Encode(this));

    /// <summary>Reads the line.</summary>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out JoinInvitation? invitation,
        [NotNullWhen(false)] out string? why)
    {
        invitation = null;
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Length > TextMax || !trimmed.StartsWith(Prefix, StringComparison.Ordinal))
        {
            why = $"an invitation begins with {Prefix} and has at most {TextMax} characters";
            return false;
        }

        ReadOnlySpan<char> body = trimmed.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(body))
        {
            why = "the invitation is damaged; copy all of it";
            return false;
        }

        return Codec.TryDecode(Base64Url.DecodeFromChars(body), out invitation, out why);
    }

    /// <summary>The invitation that this node follows; null for founders.</summary>
    public static JoinInvitation? ReadFrom(NodeStore store) =>
        store.ReadMeta(StoreKey) is { } bytes ? Codec.Decode(bytes) : null;

    /// <summary>Keeps it over a restart.</summary>
    public void WriteTo(NodeStore store) => store.Write(
        new StoreBatch { Meta = [new MetaRecord(StoreKey, Codec.Encode(this))] });
}
