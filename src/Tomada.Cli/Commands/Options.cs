using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Tomada.Primitives;

namespace Tomada.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    public static Option<DirectoryInfo> Data() => new("--data")
    {
        Description = "The company's data directory.",
        Required = true,
    };

    public static Option<CompanyId> Company() => new("--company")
    {
        Description = $"The company's id: {CompanyId.Allowed}.",
        Required = true,
        CustomParser = result => Parse(result, CompanyId.Parse),
    };

    public static Option<IPEndPoint> Listen(string name, string what) => new(name)
    {
        Description = $"Address and port for {what}; port 0 takes a free one.",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 0),
        CustomParser = result => Parse(result, IPEndPoint.Parse),
    };

    /// <summary>A node's public address.</summary>
    public static Uri? Address(ArgumentResult result) => Parse(
        result,
        text => Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed)
            && parsed.Scheme is "http" or "https"
                ? parsed
                : throw new FormatException($"'{text}' is not an http or https address."));

    /// <summary>Turns a format error into a usage error that names the option.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T> parse) =>
        Parse(result, parse, result.Tokens[0].Value);

    /// <summary>The same for one of several values.</summary>
    public static T? Parse<T>(ArgumentResult result, Func<string, T> parse, string value)
    {
        try
        {
            return parse(value);
        }
        catch (FormatException refused)
        {
            result.AddError(
                $"{(result.Parent as OptionResult)?.IdentifierToken?.Value}: {refused.Message}");
            return default;
        }
    }
}
