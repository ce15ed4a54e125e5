using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Devices;
using Tomada.Primitives;
using Tomada.Primitives.Encoding;
using Tomada.Routing;

namespace Tomada.Cli;

/// <summary>The file that <c>tomada station</c> reads.</summary>
/// <param name="Company">Whose stations.</param>
/// <param name="Broker">Where the company's broker listens, address:port.</param>
/// <param name="Cables">A folder that cars and stations of this machine share.</param>
/// <param name="Stations">Each with its enrolment secret and a folder of its own.</param>
internal sealed record FleetConfig(
    CompanyId Company, string Broker, string Cables, ImmutableArray<StationConfig> Stations)
{
    private const int StationsMax = 10_000;

    public static Codec<FleetConfig> Codec { get; } = RecordCodec<FleetConfig>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "broker", x => x.Broker, Texts.Path)
        .Field(3, "cables", x => x.Cables, Texts.Path)
        .Field(4, "stations", x => x.Stations, Codecs.List(StationConfig.Codec, 1, StationsMax));

    public ImmutableArray<StationOptions> ToOptions() =>
        [.. Stations.Select(station => new StationOptions
    {
        Link = new LinkOptions
        {
            Address = new DeviceAddress(Company, DeviceKind.Station, station.Id),
            Secret = station.Secret,
            Broker = IPEndPoint.Parse(Broker),
            Folder = station.Folder,
        },
        Evses = station.Evses,
        CableFolder = Cables,
    })];
}

/// <summary>One station of the file.</summary>
internal sealed record StationConfig(
    string Id, string Secret, string Folder, ImmutableArray<StationEvse> Evses)
{
    private const int EvsesMax = 64;

    private static readonly Codec<StationEvse> s_evse = RecordCodec<StationEvse>.Part()
        .Field(1, "id", x => x.Id, EvseId.Codec)
        .Field(2, "powerMaxW", x => x.PowerMaxW, Codecs.Int(1, RoutingLimits.PowerMaxW));

    public static Codec<StationConfig> Codec { get; } = RecordCodec<StationConfig>.Part()
        .Field(1, "id", x => x.Id, Texts.Name)
        .Field(2, "secret", x => x.Secret, Codecs.Text(64, 64))
        .Field(3, "folder", x => x.Folder, Texts.Path)
        .Field(4, "evses", x => x.Evses, Codecs.List(s_evse, 1, EvsesMax));
}

/// <summary>The file that <c>tomada car</c> reads.</summary>
/// <param name="Company">The car's home company.</param>
/// <param name="Broker">Where its broker listens, address:port.</param>
/// <param name="Id">The car's id at its company.</param>
/// <param name="Secret">Of its enrolment.</param>
/// <param name="Folder">The car's own folder.</param>
/// <param name="Cables">A folder that cars and stations of this machine share.</param>
/// <param name="Vehicle">The car model.</param>
/// <param name="StartSocPermille">State of charge at the beginning, 0 to 1000 permille.</param>
internal sealed record CarConfig(
    CompanyId Company,
    string Broker,
    string Id,
    string Secret,
    string Folder,
    string Cables,
    VehicleModel Vehicle,
    int StartSocPermille)
{
    public static Codec<CarConfig> Codec { get; } = RecordCodec<CarConfig>.Part()
        .Field(1, "company", x => x.Company, CompanyId.Codec)
        .Field(2, "broker", x => x.Broker, Texts.Path)
        .Field(3, "id", x => x.Id, Texts.Name)
        .Field(4, "secret", x => x.Secret, Codecs.Text(64, 64))
        .Field(5, "folder", x => x.Folder, Texts.Path)
        .Field(6, "cables", x => x.Cables, Texts.Path)
        .Field(7, "vehicle", x => x.Vehicle, VehicleModel.Codec)
        .Field(8, "startSocPermille", x => x.StartSocPermille, Codecs.Int(0, 1000));

    public CarOptions ToOptions() => new()
    {
        Link = new LinkOptions
        {
            Address = new DeviceAddress(Company, DeviceKind.Car, Id),
            Secret = Secret,
            Broker = IPEndPoint.Parse(Broker),
            Folder = Folder,
        },
        Vehicle = Vehicle,
        StartSocPermille = StartSocPermille,
        CableFolder = Cables,
    };
}

/// <summary>Texts of these files.</summary>
internal static class Texts
{
    public static Codec<string> Path { get; } = Codecs.Text(1, 4_096);

    public static Codec<string> Name { get; } = Codecs.Text(1, IdRules.NameMax).Convert(
        text => IdRules.IsName(text) ? text : throw new FormatException($"'{text}' is not a name."),
        text => text,
        IdRules.NameAllowed);

    /// <summary>Reads a JSON file by its codec.</summary>
    /// <exception cref="CommandException">It cannot be read, or a field is wrong.</exception>
    public static T Read<T>(string file, Codec<T> codec)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { AllowDuplicateProperties = false });
            return codec.TryReadJson(document.RootElement, out T? value, out string? why)
                ? value
                : throw CommandException.Configuration($"{file}: {why}");
        }
        catch (Exception unreadable) when (unreadable
            is IOException or UnauthorizedAccessException or JsonException)
        {
            throw CommandException.Configuration($"{file}: {unreadable.Message}");
        }
    }
}
