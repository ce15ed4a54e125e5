using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace Tomada.Api.Tests;

/// <summary>The document that clients are made from says what is really served.</summary>
public sealed class OpenApiTests(OneCompany company)
{
    [Fact]
    public async Task The_document_lists_exactly_the_routes()
    {
        JsonElement document = await company.Client.ReadAsync("/openapi/v1.json");
        string[] documented = [.. document.GetProperty("paths").EnumerateObject()
            .Select(each => each.Name).Order(StringComparer.Ordinal)];
        string[] mapped = [.. company.Host.Routes.OfType<RouteEndpoint>()
            .Select(
                each => each.RoutePattern.RawText!.Replace("{**", "{", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(mapped, documented);
    }

    [Fact]
    public async Task Every_reference_in_the_document_leads_somewhere()
    {
        JsonElement document = await company.Client.ReadAsync("/openapi/v1.json");
        foreach (string reference in References(document).Distinct())
        {
            JsonElement at = document;
            foreach (string step in reference.Split('/').Skip(1))
            {
                Assert.True(at.TryGetProperty(step, out at), reference);
            }
        }
    }

    [Theory]
    [InlineData("/v1/network", "Network")]
    [InlineData("/v1/companies", "CompanyPage")]
    [InlineData("/v1/governance/proposals", "ProposalPage")]
    [InlineData("/v1/locations", "LocationPage")]
    [InlineData("/v1/tariffs", "TariffPage")]
    [InlineData("/v1/blocks", "BlockSummaryPage")]
    [InlineData("/v1/blocks/1", "Block")]
    [InlineData("/v1/blocks/1/certificate", "Certificate")]
    [InlineData("/v1/transactions", "TransactionPage")]
    [InlineData("/v1/trips", "TripPage")]
    [InlineData("/v1/settlements", "SettlementPage")]
    [InlineData("/v1/evidence", "EvidencePage")]
    [InlineData("/v1/export/transactions/manifest", "ExportManifest")]
    [InlineData("/v1/network/genesis", "Genesis")]
    [InlineData("/v1/proofs/consistency?from=3", "Consistency")]
    [InlineData("/v1/state?table=period&key=1", "State")]
    public async Task An_answer_has_what_its_schema_requires_and_nothing_unnamed(
        string path, string schema)
    {
        JsonElement document = await company.Client.ReadAsync("/openapi/v1.json");
        JsonElement schemas = document.GetProperty("components").GetProperty("schemas");
        Check(schemas, schemas.GetProperty(schema), await company.Client.ReadAsync(path), path);
    }

    private static void Check(
        JsonElement schemas, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (schema.TryGetProperty("items", out JsonElement item)
            && value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement each in value.EnumerateArray())
            {
                Check(schemas, item, each, path + "[]");
            }
        }

        if (!schema.TryGetProperty("properties", out JsonElement properties))
        {
            return;
        }

        foreach (JsonElement required in schema.GetProperty("required").EnumerateArray())
        {
            Assert.True(value.TryGetProperty(required.GetString()!, out _), $"{path}.{required}");
        }

        foreach (JsonProperty field in value.EnumerateObject())
        {
            Assert.True(
                properties.TryGetProperty(field.Name, out JsonElement inner),
                $"{path}.{field.Name}");
            Check(schemas, inner, field.Value, $"{path}.{field.Name}");
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(each =>
            each.Name == "$ref" ? [each.Value.GetString()!] : References(each.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
