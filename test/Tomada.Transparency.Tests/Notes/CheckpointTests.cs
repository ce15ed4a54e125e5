using CsCheck;
using Tomada.Primitives;
using Xunit;

namespace Tomada.Transparency.Tests;

public class CheckpointTests
{
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    [Fact]
    public void The_text_is_three_lines()
    {
        Checkpoint checkpoint = new(
            "example.com/behind-the-sofa", 20852163, new Digest(Convert.FromBase64String(Root)));
        Assert.Equal($"example.com/behind-the-sofa\n20852163\n{Root}\n", checkpoint.ToText());
    }

    [Fact]
    public void Every_checkpoint_reads_back() =>
        Gen.Select(
            Gen.Byte.Array[32], Gen.Long[0, TreeLimits.LogSizeMax], Gen.Byte.Array[32]).Sample(
            (network, size, root) =>
            {
                Checkpoint written =
                    new(Checkpoint.OriginOf(new Digest(network)), size, new Digest(root));
                Assert.True(Checkpoint.TryParse(written.ToText(), out Checkpoint? read, out _));
                Assert.Equal(written, read);
            });

    [Fact]
    public void The_origin_names_the_network() =>
        Assert.Equal("tomada/" + new string('0', 64), Checkpoint.OriginOf(Digest.Zero));

    [Theory]
    [InlineData("a\n1\n" + Root, "three lines")]
    [InlineData("a\n1\n" + Root + "\nextension\n", "three lines")]
    [InlineData("\n1\n" + Root + "\n", "origin")]
    [InlineData("a b\n1\n" + Root + "\n", "origin")]
    [InlineData("a+b\n1\n" + Root + "\n", "origin")]
    [InlineData("a\n01\n" + Root + "\n", "size")]
    [InlineData("a\n-1\n" + Root + "\n", "size")]
    [InlineData("a\n+1\n" + Root + "\n", "size")]
    [InlineData("a\n 1\n" + Root + "\n", "size")]
    [InlineData("a\n\n" + Root + "\n", "size")]
    [InlineData("a\n281474976710657\n" + Root + "\n", "size")]
    [InlineData("a\n99999999999999999999\n" + Root + "\n", "size")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "root")]
    [InlineData("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", "root")]
    [InlineData("a\n1\nAAAA\n", "root")]
    public void Every_other_form_is_refused_with_its_line(string text, string line)
    {
        Assert.False(Checkpoint.TryParse(text, out _, out string? why));
        Assert.Contains(line, why);
    }
}
