using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Tomada.DeviceApi.Json;

namespace Tomada.DeviceApi.Contract;

/// <summary>The AsyncAPI 3.0 document of the interface, written from the contract.</summary>
public static class AsyncApi
{
    private const string Envelopes = "#/components/schemas/";

    /// <summary>JSON Schema of the envelope around every body.</summary>
    public static JsonObject EnvelopeSchema() =>
        SchemaWriter.Write(DeviceJson.Default.Envelope, Envelope.Rules);

    /// <summary>JSON Schema of a whole payload.</summary>
    public static JsonObject PayloadSchema(DeviceMessage message)
    {
        JsonObject schema = EnvelopeSchema();
        schema["properties"]!["body"] = message.BodySchema();
        return schema;
    }

    /// <summary>The document.</summary>
    public static JsonObject Document() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = Info(),
        ["defaultContentType"] = "application/json",
        ["channels"] = Each(message => new JsonObject
        {
            ["address"] = $"{DeviceAddress.Root}{{company}}/{{kind}}/{{id}}/{message.Path}",
            ["messages"] = new JsonObject
            {
                [message.Name] = Ref($"#/components/messages/{message.Name}"),
            },
            ["parameters"] = Parameters(message),
        }),
        ["operations"] = Each(message => new JsonObject
        {
            // As the device sees it.
            ["action"] = message.IsUp ? "send" : "receive",
            ["channel"] = Ref($"#/channels/{message.Name}"),
            ["summary"] = message.Summary,
            ["bindings"] = new JsonObject
            {
                ["mqtt"] = new JsonObject
                {
                    ["qos"] = message.Qos,
                    ["retain"] = message.IsRetained,
                    ["bindingVersion"] = "0.2.0",
                },
            },
        }),
        ["components"] = new JsonObject
        {
            ["messages"] = Each(message => new JsonObject
            {
                ["name"] = message.Name,
                ["summary"] = message.Summary,
                ["payload"] = new JsonObject
                {
                    ["allOf"] = new JsonArray(
                        Ref(Envelopes + "envelope"),
                        new JsonObject
                        {
                            ["properties"] = new JsonObject
                            {
                                ["body"] = Ref(Envelopes + message.Name),
                            },
                        }),
                },
            }),
            ["schemas"] = Schemas(),
        },
    };

    private static JsonObject Info() => new()
    {
        ["title"] = "Tomada device interface",
        ["version"] = $"{DeviceAddress.Major}.{Envelope.Version}",
        ["description"] =
            "What cars and stations say to their company over MQTT 5 or 3.1.1. A device "
            + "publishes below its own up/ and subscribes below its own dn/, and nowhere else. "
            + "See docs/devices.md.",
        ["license"] = new JsonObject { ["name"] = "MIT" },
    };

    private static JsonObject Schemas()
    {
        JsonObject all = Each(message => message.BodySchema());
        all.Insert(0, "envelope", EnvelopeSchema());
        return all;
    }

    private static JsonObject Each(Func<DeviceMessage, JsonObject> write) => new(
        DeviceContract.Messages.Select(
            message => KeyValuePair.Create(message.Name, (JsonNode?)write(message))));

    private static JsonObject Parameters(DeviceMessage message)
    {
        JsonObject all = new()
        {
            ["company"] = Described("The device's company, as br-abc."),
            ["kind"] = new JsonObject
            {
                ["description"] = "What the device is.",
                ["enum"] = Kinds(message.Kinds),
            },
            ["id"] = Described("The device's id: 1 to 40 characters of a-z, 0-9 and '-'."),
        };
        if (message.Path.Contains("{uid}", StringComparison.Ordinal))
        {
            all["uid"] = Described("The EVSE's name without the company.");
        }

        if (message.Path.Contains("{session}", StringComparison.Ordinal))
        {
            all["session"] = Described("The session's id with '-' in place of '/'.");
        }

        return all;
    }

    private static JsonArray Kinds(ImmutableArray<DeviceKind> kinds) =>
        new([.. kinds.Select(kind => (JsonNode)DeviceAddress.KindName(kind))]);

    private static JsonObject Described(string text) => new() { ["description"] = text };

    private static JsonObject Ref(string target) => new() { ["$ref"] = target };
}
