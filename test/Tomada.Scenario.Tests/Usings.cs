global using System.Text.Json.Nodes;
using Tomada.Scenario.Tests.Outside;

// Three nodes, their stations and a demo share two cores: one test at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(OutsideNetwork))]
