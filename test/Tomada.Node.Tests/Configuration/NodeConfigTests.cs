using System.Net;
using System.Text;
using Tomada.Node.Broker;
using Tomada.Node.Configuration;
using Tomada.Primitives;

namespace Tomada.Node.Tests.Configuration;

public sealed class NodeConfigTests
{
    internal static NodeConfig Example { get; } = new(
        CompanyId.Parse("br-abc"),
        "Alfa Recargas",
        new NetworkConfig("nordeste", "dendê-e-coco", null, 3, Simulated: true),
        new MulticastConfig(IPAddress.Parse("239.255.84.68"), 8468, "lo"),
        new ListenConfig(IPEndPoint.Parse("127.0.0.1:0")),
        new MqttConfig(MqttMode.Embedded, IPEndPoint.Parse("127.0.0.1:0")),
        new ListenConfig(IPEndPoint.Parse("[::1]:8080")),
        new ListenConfig(IPEndPoint.Parse("127.0.0.1:0")),
        Seeds: null,
        Advertise: HostPort.Parse("alfa.example.org:8443"));

    [Theory]
    [InlineData("peer.example.org:8443", "peer.example.org", 8443)]
    [InlineData("192.0.2.7:1", "192.0.2.7", 1)]
    [InlineData("[2001:db8::7]:65535", "2001:db8::7", 65535)]
    public void A_host_and_port_is_read_and_written_alike(string text, string host, int port)
    {
        HostPort read = HostPort.Parse(text);
        Assert.Equal(new HostPort(host, port), read);
        Assert.Equal(text, read.ToString());
    }

    [Fact]
    public void A_node_without_multicast_has_seeds_and_is_saved_with_them()
    {
        NodeConfig seeded = Example with
        {
            Multicast = null,
            Seeds = [HostPort.Parse("b.example.org:1"), HostPort.Parse("192.0.2.7:2")],
        };
        byte[] json = NodeConfig.Codec.EncodeJson(seeded);
        Assert.True(NodeConfig.TryParse(json, out NodeConfig? read, out string? why), why);
        Assert.Null(read.Multicast);
        Assert.Equal(seeded.Seeds.Value.AsEnumerable(), read.Seeds!.Value);
    }

    [Fact]
    public void A_broker_elsewhere_is_named_with_who_the_node_is_there()
    {
        using TempDirectory directory = new();
        NodeConfig distant = Example with
        {
            Mqtt = new MqttConfig(MqttMode.External, null, External: new ExternalMqttConfig(
                HostPort.Parse("mqtt.example.org:8883"), "node", "node.password", "ca.pem",
                Workers: 4)),
        };
        byte[] json = NodeConfig.Codec.EncodeJson(distant);
        Assert.True(NodeConfig.TryParse(json, out NodeConfig? read, out string? why), why);
        Assert.Equal(distant, read);
        Assert.Throws<DataDirectoryException>(() => read.Mqtt.External!.Read(directory.Path));
        File.WriteAllText(Path.Combine(directory.Path, "node.password"), "secret\n");
        File.WriteAllText(Path.Combine(directory.Path, "ca.pem"), "authority");
        ExternalBrokerOptions options = read.Mqtt.External!.Read(directory.Path);
        Assert.Equal(
            ("secret", "authority", "tomada", 4),
            (options.Password, options.AuthorityPem, options.Group, options.Workers));
    }

    [Fact]
    public void A_saved_configuration_is_read_back_and_is_for_its_owner_alone()
    {
        using TempDirectory directory = new();
        Example.Save(directory.Path);

        Assert.True(NodeConfig.TryLoad(directory.Path, out NodeConfig? read, out string? why), why);
        Assert.Equal(Example, read);
        Assert.Equal(
            SafeFile.OwnerOnly,
            File.GetUnixFileMode(System.IO.Path.Combine(directory.Path, NodeConfig.FileName)));
    }

    [Theory]
    [InlineData("\"company\":\"br-abc\"", "\"company\":\"BR-ABC\"", "company", "two letters")]
    [InlineData("\"founders\":3", "\"founders\":0", "network.founders", "1 to 100")]
    [InlineData(
        "\"founders\":3", "\"founders\":3,\"colour\":1", "network",
        "unknown field 'colour'")]
    [InlineData("\"founders\":3", "\"founders\":3,\"founders\":4", "JSON", "founders")]
    [InlineData("\"founders\":3,", "", "network.founders: is missing", "1 to 100")]
    [InlineData("\"code\":\"dend\\u00EA-e-coco\",", "", "network", "codeHash")]
    [InlineData(
        "\"code\":\"dend\\u00EA-e-coco\"", "\"code\":\"short\"", "network.code",
        "8 to 200")]
    [InlineData("239.255.84.68", "10.0.0.1", "multicast.group", "224.0.0.0")]
    [InlineData("\"port\":8468", "\"port\":0", "multicast.port", "1 to 65535")]
    [InlineData("[::1]:8080", "127.0.0.1", "http.listen", "address:port")]
    [InlineData("[::1]:8080", "::1", "http.listen", "address:port")]
    [InlineData("[::1]:8080", "[0::1]:8080", "http.listen", "shortest spelling")]
    [InlineData("[::1]:8080", "127.0.0.1:08080", "http.listen", "shortest spelling")]
    [InlineData("[::1]:8080", "127.1:8080", "http.listen", "shortest spelling")]
    [InlineData("239.255.84.68", "239.255.84.068", "multicast.group", "224.0.0.0")]
    [InlineData("alfa.example.org:8443", "alfa.example.org:08443", "advertise", "host:port")]
    [InlineData("alfa.example.org:8443", "alfa.example.org", "advertise", "host:port")]
    [InlineData("alfa.example.org:8443", "alfa.example.org:0", "advertise", "host:port")]
    [InlineData("alfa.example.org:8443", "::1:8443", "advertise", "host:port")]
    [InlineData("alfa.example.org:8443", "a b:8443", "advertise", "host:port")]
    [InlineData("\"embedded\"", "\"distant\"", "mqtt.mode", "embedded")]
    [InlineData("\"embedded\"", "\"external\"", "mqtt", "external")]
    [InlineData(
        "\"mode\":\"embedded\",", "\"mode\":\"embedded\",\"external\":{},", "mqtt.external",
        "address")]
    [InlineData("{\"company\"", "{,\"company\"", "JSON", "")]
    public void A_wrong_field_is_refused_by_name_with_what_is_allowed(
        string good, string bad, string field, string allowed)
    {
        string json = Encoding.UTF8.GetString(NodeConfig.Codec.EncodeJson(Example));
        Assert.Contains(good, json, StringComparison.Ordinal);

        bool read = NodeConfig.TryParse(
            Encoding.UTF8.GetBytes(
                json.Replace(good, bad, StringComparison.Ordinal)), out _, out string? why);

        Assert.False(read);
        Assert.Contains(field, why, StringComparison.Ordinal);
        Assert.Contains(allowed, why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named_and_so_is_the_command_that_writes_it()
    {
        using TempDirectory directory = new();
        Assert.False(NodeConfig.TryLoad(directory.Path, out _, out string? why));
        Assert.Contains("tomada.json", why, StringComparison.Ordinal);
        Assert.Contains("tomada init", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_and_its_hash_name_the_same_network()
    {
        NetworkConfig byCode = Example.Network;
        NetworkConfig byHash = byCode with
        {
            Code = null,
            CodeHash = new InvitationHash(byCode.InvitationKey),
        };
        Assert.Equal(byCode.InvitationKey, byHash.InvitationKey);
        Assert.NotEqual(byCode.InvitationKey, (byCode with { Code = "other-code" }).InvitationKey);
        Assert.NotEqual(byCode.InvitationKey, (byCode with { Name = "other" }).InvitationKey);
    }
}
