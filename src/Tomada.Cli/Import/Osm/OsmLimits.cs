namespace Tomada.Cli.Import.Osm;

/// <summary>Every bound of the import from OpenStreetMap; beyond one the file is refused.</summary>
internal static class OsmLimits
{
    /// <summary>Most nodes of a file: 16 bytes of memory each.</summary>
    public const int NodesMax = 100_000_000;

    /// <summary>Most ways that cars may use.</summary>
    public const int WaysMax = 20_000_000;

    /// <summary>Most turn restrictions; those beyond it are counted and not applied.</summary>
    public const int RestrictionsMax = 500_000;

    /// <summary>Most ways that one restriction names on a side.</summary>
    public const int RestrictionWaysMax = 16;

    /// <summary>
    /// A longer stretch between two junctions gets a node on it, so that a site beside it has one
    /// to stand at.
    /// </summary>
    public const double NodeSpacingMaxM = 2_000;
}
