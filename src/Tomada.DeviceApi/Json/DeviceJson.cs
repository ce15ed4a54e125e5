using System.Text.Json.Serialization;

namespace Tomada.DeviceApi.Json;

/// <summary>
/// How payloads are written: camelCase, absent instead of null, unknown fields ignored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = DeviceLimits.DepthMax,
    Converters =
    [
        typeof(TimestampConverter), typeof(TimeWindowConverter), typeof(MoneyConverter),
        typeof(DigestConverter), typeof(PublicKeyConverter), typeof(EvseIdConverter),
        typeof(LocationIdConverter), typeof(TripIdConverter), typeof(LegIdConverter),
        typeof(SessionIdConverter), typeof(MessageIdConverter),
    ])]
[JsonSerializable(typeof(Envelope))]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(StateBody))]
[JsonSerializable(typeof(EvseStateBody))]
[JsonSerializable(typeof(MeterBody))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(HeartbeatBody))]
[JsonSerializable(typeof(PositionBody))]
[JsonSerializable(typeof(NodeBody))]
[JsonSerializable(typeof(BootRequest))]
[JsonSerializable(typeof(BootReply))]
[JsonSerializable(typeof(EnrollRequest))]
[JsonSerializable(typeof(EnrollReply))]
[JsonSerializable(typeof(PlanRequest))]
[JsonSerializable(typeof(PlanReply))]
[JsonSerializable(typeof(ReserveRequest))]
[JsonSerializable(typeof(ReserveReply))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(ReceiptRequest))]
[JsonSerializable(typeof(ReceiptBody))]
[JsonSerializable(typeof(HoldCommand))]
[JsonSerializable(typeof(ReserveCommand))]
[JsonSerializable(typeof(ReleaseCommand))]
[JsonSerializable(typeof(ResendCommand))]
[JsonSerializable(typeof(ReservationBody))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StartReply))]
[JsonSerializable(typeof(LegBrokenBody))]
internal sealed partial class DeviceJson : JsonSerializerContext;
