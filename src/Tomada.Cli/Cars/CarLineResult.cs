using System.Globalization;
using System.Text.Json;

namespace Tomada.Cli.Cars;

/// <summary>How a line of a script went.</summary>
/// <param name="Number">Of the line, from 1.</param>
/// <param name="Line">The line.</param>
/// <param name="Command">Its command.</param>
/// <param name="Result">How that ended.</param>
/// <param name="Expected">The code that the line wants; null wants success.</param>
/// <param name="Took">In wall time.</param>
internal sealed record CarLineResult(
    int Number, string Line, string Command, CarResult Result, string? Expected, TimeSpan Took)
{
    public bool IsPassed => Expected is null ? Result.Ok : Result.Code == Expected;

    /// <summary>Why the line failed.</summary>
    public string Why => Expected is null
        ? $"{Result.Code}: {Result.Why}"
        : $"ended with {Result.Code}, not {Expected}{(Result.Why is { } why ? $": {why}" : "")}";

    /// <summary>The file for programs, as every command writes it.</summary>
    public static void Write(
        FileInfo? file, bool passed, IReadOnlyList<CarLineResult> results)
    {
        if (file is null)
        {
            return;
        }

        using FileStream stream = File.Create(file.FullName);
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "car");
        json.WriteBoolean("passed", passed);
        json.WriteStartArray("results");
        foreach (CarLineResult each in results)
        {
            each.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", string.Create(
            CultureInfo.InvariantCulture, $"{Number} {Command}"));
        json.WriteNumber("measured", Math.Round(Took.TotalMilliseconds, 1));
        json.WriteNull("limit");
        json.WriteString("unit", "ms");
        json.WriteNull("peer");
        json.WriteNull("ratio");
        json.WriteBoolean("pass", IsPassed);
        json.WriteString("line", Line);
        json.WriteString("code", Result.Code);
        json.WriteString("why", Result.Why);
        if (Result.Body is { } body)
        {
            json.WritePropertyName("body");
            body.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
