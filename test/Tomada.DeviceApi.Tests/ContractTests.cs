using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tomada.DeviceApi.Contract;

namespace Tomada.DeviceApi.Tests;

/// <summary>
/// What is published of the interface is what the code makes: docs/asyncapi.yaml, and a schema and
/// a sample of each message in spec/devices. REWRITE=1 writes them anew.
/// </summary>
public class ContractTests
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string s_root = FindRoot();

    public static TheoryData<string> Names() =>
        [.. DeviceContract.Messages.Select(each => each.Name)];

    [Fact]
    public void Every_topic_has_one_message_which_is_said_there()
    {
        List<string> seen = [];
        foreach (string path in TopicTests.UpPaths().Select(row => row.Data))
        {
            Assert.True(UpTopic.TryParse(path, out UpTopic? topic));
            DeviceMessage message = DeviceContract.Of(topic!);
            Assert.Equal(Shape("up/" + path), Shape(message.Path));
            Assert.Equal((topic!.Qos, topic.Retained), (message.Qos, message.IsRetained));
            seen.Add(message.Name);
        }

        foreach (string path in TopicTests.DownPaths().Select(row => row.Data))
        {
            Assert.True(DownTopic.TryParse(path, out DownTopic? topic));
            DeviceMessage message = DeviceContract.Of(topic!);
            Assert.Equal("dn/" + path, message.Path);
            Assert.Equal(topic!.Retained, message.IsRetained);
            seen.Add(message.Name);
        }

        Assert.Equal(
            DeviceContract.Messages.Select(each => each.Name).Order(StringComparer.Ordinal),
            seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_schema_and_sample_are_what_the_code_makes(string name)
    {
        DeviceMessage message = MessageOf(name);
        Envelope sample = SampleOf(message);
        Assert.Null(message.WhyNot(sample));
        JsonObject payload = Payload(sample);
        JsonObject schema = AsyncApi.PayloadSchema(message);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", message.Name);
        schema.Insert(2, "description", message.Summary);
        IsPublished($"spec/devices/schemas/{name}.json", schema.ToJsonString(s_readable) + "\n");
        IsPublished($"spec/devices/samples/{name}.json", payload.ToJsonString(s_readable) + "\n");
    }

    [Fact]
    public void The_document_is_what_the_code_makes() => IsPublished(
        "docs/asyncapi.yaml",
        "# Written by test/Tomada.DeviceApi.Tests from src/Tomada.DeviceApi/Contract.\n"
        + YamlText.Of(AsyncApi.Document()));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_schema_bounds_is_bounded(string name)
    {
        DeviceMessage message = MessageOf(name);
        JsonObject sample = Payload(SampleOf(message));
        foreach ((string field, JsonNode? value) in message.BodySchema()["properties"]?.AsObject()
            ?? [])
        {
            if (value is not JsonObject bound || sample["body"]![field] is null)
            {
                continue;
            }

            if (bound["minimum"] is { } min)
            {
                Assert.Contains(field, WhyNot(message, sample, field, (long)min - 1));
                Assert.Contains(
                    field, WhyNot(message, sample, field, (long)bound["maximum"]! + 1));
            }

            if (bound["maxLength"] is { } longest)
            {
                Assert.Contains(field, WhyNot(message, sample, field, string.Empty));
                Assert.Null(WhyNot(message, sample, field, new string('a', (int)(long)longest)));
                string tooLong = new('a', (int)(long)longest + 1);
                Assert.Contains(field, WhyNot(message, sample, field, tooLong));
            }

            if (bound["enum"] is not null)
            {
                Assert.Contains(field, WhyNot(message, sample, field, "LATER"));
            }
            else if (bound["anyOf"] is not null)
            {
                Assert.Null(WhyNot(message, sample, field, "LATER"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_required_field_is_missed(string name)
    {
        DeviceMessage message = MessageOf(name);
        JsonObject sample = Payload(SampleOf(message));
        foreach (JsonNode? field in message.BodySchema()["required"]?.AsArray() ?? [])
        {
            JsonObject without = sample.DeepClone().AsObject();
            Assert.True(without["body"]!.AsObject().Remove((string)field!), (string)field!);
            Assert.Contains((string)field!, message.WhyNot(Read(without)));
        }
    }

    private static string? WhyNot(
        DeviceMessage message, JsonObject sample, string field, JsonNode value)
    {
        JsonObject changed = sample.DeepClone().AsObject();
        changed["body"]![field] = value;
        return message.WhyNot(Read(changed));
    }

    private static DeviceMessage MessageOf(string name) =>
        DeviceContract.Messages.Single(each => each.Name == name);

    /// <summary>The sample of the body's type; a reply brings its result.</summary>
    private static Envelope SampleOf(DeviceMessage message)
    {
        Envelope? found = null;
        Type body = message.GetType().GetGenericArguments()[0];
        Samples.Check((sample, envelope) => found = sample.GetType() == body ? envelope : found);
        Assert.NotNull(found);
        if (message.GetType().GetGenericTypeDefinition() == typeof(DeviceReply<>))
        {
            Reply reply = new(Samples.Id, true, ReplyCode.Ok, Body: found.Body);
            found = Read(Envelope.Encode(Samples.Id, Samples.Time, 1, 2, reply));
        }

        return found;
    }

    private static JsonObject Payload(Envelope envelope) => new()
    {
        ["v"] = envelope.V,
        ["id"] = envelope.Id.ToString(),
        ["ts"] = envelope.Ts.ToString(),
        ["bs"] = envelope.Bs,
        ["seq"] = envelope.Seq,
        ["body"] = JsonNode.Parse(envelope.Body.GetRawText()),
    };

    private static Envelope Read(JsonObject payload) =>
        Read(JsonSerializer.SerializeToUtf8Bytes(payload));

    private static Envelope Read(byte[] payload)
    {
        Assert.True(Envelope.TryDecode(payload, out Envelope? envelope, out string? why), why);
        return envelope;
    }

    private static string Shape(string path) => string.Join('/', path.Split('/').Select(
        (part, i) => i == 2 && path.Split('/')[1] is "evse" or "meter" or "session" && i == 2
            ? "{}"
            : part));

    private static void IsPublished(string file, string text)
    {
        string path = Path.Combine(s_root, file);
        if (Environment.GetEnvironmentVariable("REWRITE") is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tomada.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Tomada.slnx is in no folder above.");
    }
}
