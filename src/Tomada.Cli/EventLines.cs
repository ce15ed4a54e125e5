using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tomada.Cli;

/// <summary>
/// Writes what happens as one JSON object a line, for programs: {"event": name, …}. Any thread.
/// </summary>
internal sealed class EventLines<T> : IProgress<T>
    where T : notnull
{
    public void Report(T value) => EventLines.Write(value.GetType().Name, value, value.GetType());
}

/// <summary>The lines themselves.</summary>
internal static class EventLines
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(), new TextConverterFactory() },
    };

    private static readonly Lock s_gate = new();

    public static void Write(string name, object value) => Write(name, value, value.GetType());

    public static void Write(string name, object value, Type type)
    {
        JsonElement body = JsonSerializer.SerializeToElement(value, type, s_json);
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            writer.WriteString("event", name);
            foreach (JsonProperty property in body.EnumerateObject())
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        lock (s_gate)
        {
            Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(line.ToArray()));
            Console.Out.Flush();
        }
    }
}
