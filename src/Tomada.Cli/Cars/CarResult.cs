using System.Text.Json;
using Tomada.DeviceApi;
using Tomada.Primitives.Encoding;

namespace Tomada.Cli.Cars;

/// <summary>How a command of a car ended.</summary>
/// <param name="Ok">Whether it was done.</param>
/// <param name="Code">OK, the company's reply code, FAILED, or USAGE.</param>
/// <param name="Why">For people, when it was not done.</param>
/// <param name="Body">What came of it, for programs.</param>
internal sealed record CarResult(bool Ok, string Code, string? Why = null, JsonElement? Body = null)
{
    public const string Failed = "FAILED";
    public const string Usage = "USAGE";

    public static CarResult Done { get; } = new(true, "OK");

    public static CarResult Of(Reply reply) => new(
        reply.Ok, EnumNames.UpperSnake(reply.Code.ToString()), reply.Why, reply.Body);

    public static CarResult Fail(string why) => new(false, Failed, why);

    public static CarResult Misused(string why) => new(false, Usage, why);

    /// <summary>What a driver can do about it; null when the reason says it all.</summary>
    public string? Advice
    {
        get => field ?? General;
        init;
    }

    private string? General => Code switch
    {
        "OCCUPIED" => "Somebody has that time. Plan again: the new plan goes around it.",
        "EXPIRED" => "Nothing is held. Reserve again, or plan with --avoid around who is silent.",
        "UNAVAILABLE" => "Nothing is held. Plan again, or ask later.",
        "BUSY" => "Ask again in a moment; the same request is never carried out twice.",
        "UNAUTHORIZED" => "The company does not take this car's credential: enrol it again.",
        _ => null,
    };
}

/// <summary>A command that cannot be done as things are.</summary>
internal sealed class CarRefusedException(CarResult result) : Exception(result.Why)
{
    public CarResult Result => result;
}
