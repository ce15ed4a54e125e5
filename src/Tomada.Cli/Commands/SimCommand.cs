using System.CommandLine;
namespace Tomada.Cli.Commands;
internal static class SimCommand { public static Command Create() => new("sim", "x"); }
