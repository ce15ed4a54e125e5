using System.CommandLine;
using System.Text;
using System.Text.Json;
using Tomada.Ledger;
using Tomada.Node;
using Tomada.Primitives.Encoding;

namespace Tomada.Cli.Commands;

/// <summary><c>tomada company</c>: what a company's operator asks of its own node.</summary>
internal static class CompanyCommand
{
    public static Command Create()
    {
        Command command =
            new("company", "Publishes and settles in the company's name, through its own node.")
        {
            Submit("put-location", PutLocation.Codec, "Publishes or changes a site."),
            Submit("put-tariff", PutTariff.Codec, "Publishes or changes a price list."),
            Submit(
                "put-ocpi-tariff",
                PutOcpiTariff.Codec,
                "Publishes or changes a price list with all that OCPI knows."),
            Submit("put-evse", PutEvse.Codec, "Publishes or changes an EVSE."),
            Submit(
                "set-availability",
                SetEvseAvailability.Codec,
                "Offers an EVSE to the network, or takes it back."),
            Submit(
                "set-rules",
                SetRules.Codec,
                "Votes for new network rules; a quorum puts them in force."),
            Submit("close-period", ClosePeriod.Codec, "Closes the open settlement period."),
            Submit(
                "report-payment", ReportPayment.Codec, "Says that a settlement payment was made."),
            Submit(
                "confirm-payment",
                ConfirmPayment.Codec,
                "Says that a settlement payment has come."),
            AddDevice(),
        };
        return command;
    }

    private static Command Submit<T>(string name, Codec<T> codec, string what)
        where T : Body
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> file =
            new("file") { Description = "A JSON file with the content, or - for standard input." };
        Command command = new(name, $"{what} The content is {codec.Allowed}.") { data, file };
        command.SetAction(async (parsed, stop) =>
        {
            T body = Read(parsed.GetRequiredValue(file), codec);
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            SubmitAnswer answer = await control.SubmitAsync(body, stop);
            Console.WriteLine($"{answer.Id} {answer.Explanation}");
            return answer.Outcome == nameof(OutcomeCode.Applied)
                ? ExitCodes.Passed
                : ExitCodes.Failed;
        });
        return command;
    }

    private static Command AddDevice()
    {
        Option<DirectoryInfo> data = Options.Data();
        Argument<string> kind = new("kind") { Description = "car or station." };
        Argument<string> id = new("id") { Description = "1 to 40 characters of a-z, 0-9 and '-'." };
        Command command =
            new("add-device", "Enrols a device and prints its secret, once.") { data, kind, id };
        command.SetAction(async (parsed, stop) =>
        {
            using ControlClient control =
                ControlClient.Open(parsed.GetRequiredValue(data).FullName);
            EnrolAnswer answer = await control.EnrolAsync(
                parsed.GetRequiredValue(kind), parsed.GetRequiredValue(id), stop);
            Console.WriteLine(answer.Secret);
            return ExitCodes.Passed;
        });
        return command;
    }

    private static T Read<T>(string file, Codec<T> codec)
    {
        try
        {
            string text = file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file);
            using JsonDocument document = JsonDocument.Parse(
                Encoding.UTF8.GetBytes(text),
                new JsonDocumentOptions { AllowDuplicateProperties = false });
            return codec.TryReadJson(document.RootElement, out T? value, out string? why)
                ? value
                : throw new CommandException(ExitCodes.Usage, $"{file}: {why}");
        }
        catch (Exception unreadable) when (unreadable
            is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException(ExitCodes.Usage, $"{file}: {unreadable.Message}");
        }
    }
}
