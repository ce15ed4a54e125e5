using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Tomada.DeviceApi.Contract;

/// <summary>One message of the interface: where it goes, who says it, what is in it.</summary>
public abstract record DeviceMessage
{
    /// <summary>
    /// Unique, as <c>request-reserve</c>; also the name of its schema and sample.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Below the device's branch, as <c>up/evse/{uid}/state</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Whose branch has it.</summary>
    public required ImmutableArray<DeviceKind> Kinds { get; init; }

    /// <summary>0 where loss is allowed, otherwise 1.</summary>
    public required int Qos { get; init; }

    /// <summary>Whether the last one is kept for late subscribers.</summary>
    public required bool IsRetained { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether the device says it.</summary>
    public bool IsUp => Path.StartsWith("up/", StringComparison.Ordinal);

    /// <summary>Null, or the field of the body and what is allowed there.</summary>
    public abstract string? WhyNot(Envelope envelope);

    /// <summary>JSON Schema of the body.</summary>
    public abstract JsonObject BodySchema();
}

/// <summary>A message with a body of this type.</summary>
public sealed record DeviceMessage<T> : DeviceMessage
    where T : class, IDeviceBody<T>
{
    public override string? WhyNot(Envelope envelope) =>
        envelope.TryRead(out T? _, out string? why) ? null : why;

    public override JsonObject BodySchema() => SchemaWriter.Write(T.Json, T.Rules);
}

/// <summary>A reply that brings something of this type when it is OK.</summary>
public sealed record DeviceReply<TResult> : DeviceMessage
    where TResult : class, IDeviceBody<TResult>
{
    public override string? WhyNot(Envelope envelope)
    {
        if (!envelope.TryRead(out Reply? reply, out string? why) || reply.Body is null)
        {
            return why;
        }

        return reply.TryRead(out TResult? _, out why) ? null : why;
    }

    public override JsonObject BodySchema()
    {
        JsonObject schema = SchemaWriter.Write(Reply.Json, Reply.Rules);
        schema["properties"]!["body"] = SchemaWriter.Write(TResult.Json, TResult.Rules);
        return schema;
    }
}
